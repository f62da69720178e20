"""Languages: locale, message catalogues, and the language of a chapter's own texts."""
