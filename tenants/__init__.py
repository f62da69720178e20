"""Chapters, their data and their rules, and the isolation between them. Imports no web page and no task schedule."""
