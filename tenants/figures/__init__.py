"""Figures: what may be summed, their rows, and the marks that say which sums of a chapter are out of date."""
