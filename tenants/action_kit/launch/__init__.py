"""Step 4, launch: the event, what must be ready before it, and who came."""
