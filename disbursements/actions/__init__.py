"""The only writers of the money's tables."""
