"""The papers of the way home: 9 to 13, and the report of a journey."""
