"""Step 2: the implementation plan."""
