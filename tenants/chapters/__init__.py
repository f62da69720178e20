"""Chapters: the local organisations of the movement, with their countries and areas."""
