"""Step 6, monitoring and evaluation: the reports of a chapter, from assembly to approval."""
