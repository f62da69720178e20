"""What was sent to the people of a chapter, and their reminders."""
