"""The encrypted private store of uploads and issued papers."""
