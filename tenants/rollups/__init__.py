"""Roll-ups: sums over chapters, with their coverage and their evidence."""
