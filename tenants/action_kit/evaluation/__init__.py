"""Step 6, monitoring and evaluation: indicators, targets, reporting periods and reports."""
