"""Languages: locale, message catalogues, and the language a chapter writes in."""
