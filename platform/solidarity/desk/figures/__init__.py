"""The pages of a figure: its value, its coverage and the rows it is the sum of."""
