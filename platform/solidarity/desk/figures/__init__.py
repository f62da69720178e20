"""The pages of a figure: its value, its coverage and its source rows."""
