"""Obligations: their model, their reminder schedule, and the statements that find them."""
