"""Mails. Each has a subject, a text and an HTML template in this folder, and is in its recipient's language."""
