"""What a chapter is and does, and the walls between chapters. Knows no screen and no timetable."""
