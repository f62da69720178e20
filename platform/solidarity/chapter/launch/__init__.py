"""Step 4: the launch event."""
