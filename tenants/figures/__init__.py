"""Figures: the rules for summing, their rows, and the marks for chapters whose sums are out of date."""
