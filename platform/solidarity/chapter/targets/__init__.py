"""Step 6: the targets of a chapter."""
