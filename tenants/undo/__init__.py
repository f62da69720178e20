"""Storage of changes that can be undone, as long as no later change builds on them (README.md)."""
