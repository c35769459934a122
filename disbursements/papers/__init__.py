"""Papers of the money."""
