"""Step 6: the reports of a chapter."""
