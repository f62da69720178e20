"""Queries over all six steps: what is due, how far the steps are, what waits and what is overdue."""
