"""The database engines of the application, one a login, and migrations."""
