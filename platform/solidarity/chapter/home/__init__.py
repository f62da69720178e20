"""The first page of a chapter, and help inside it."""
