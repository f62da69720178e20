"""The first page of the desk, and its map of countries."""
