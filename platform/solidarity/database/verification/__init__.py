"""Compare the walls of the database with those that the migrations of this version made."""
