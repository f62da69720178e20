"""The invented chapters of the demonstration, area by area."""
