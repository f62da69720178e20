"""Static files: the style sheet, the script, and their npm packages."""
