"""Papers about people that carry no money."""
