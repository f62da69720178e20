"""The activity history of a chapter, and undo."""
