"""What forms share: fields, problems, conflicts, submission and the undo message."""
