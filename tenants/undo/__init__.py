"""Taking back what was done, as long as nobody has built on it (README.md)."""
