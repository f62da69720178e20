"""Mails: each has a subject, a text and an HTML template beside this file, and is written in its reader's language."""
