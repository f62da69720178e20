"""Step 3: sources, budget lines and transactions."""
