"""Chapters: the organisations that carry the movement, their countries and areas."""
