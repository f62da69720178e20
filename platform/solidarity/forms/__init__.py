"""Shared parts of forms: fields, problems, conflicts, submission and the undo message."""
