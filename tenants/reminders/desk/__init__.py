"""The mails of UN Women's desk: when they are due, what they say, and their readings."""
