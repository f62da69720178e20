"""The settings of a chapter: languages, working days, and its life cycle."""
