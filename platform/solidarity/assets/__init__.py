"""Files that a browser fetches once: the style sheet, the script, and what comes from npm."""
