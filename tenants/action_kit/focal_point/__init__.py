"""Step 1, focal point: who is responsible for the chapter, for how long, and who comes next."""
