"""Template tags of the whole project: page parts (ui) and Indonesian forms of values (formats)."""
