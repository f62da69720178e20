"""Step 4, launch: the event, what must be ready before it, and how many people came."""
