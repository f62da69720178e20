"""Step 1, focal point: who answers for the chapter, for how long, and who comes after."""
