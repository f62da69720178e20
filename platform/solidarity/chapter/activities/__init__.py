"""Step 5: the activity log."""
