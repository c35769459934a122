"""Backups: taken in one snapshot, checked by restoring, encrypted to a key that is on paper."""
