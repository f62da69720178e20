"""The database engines of the application, one per login, and migrations."""
