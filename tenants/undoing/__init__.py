"""Undo: every kind of change that can be undone, and the undoing of one."""
