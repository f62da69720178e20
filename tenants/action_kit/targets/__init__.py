"""Step 6, monitoring and evaluation: targets of a year and the progress towards them."""
