"""Reminders: digests, their schedule, and the actions of their links."""
