"""Undo: every kind of change that can be undone, and the act of undoing one."""
