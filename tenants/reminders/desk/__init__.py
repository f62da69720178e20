"""The mails of UN Women's desk: when they are due, and their contents."""
