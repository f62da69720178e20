"""Reminders: the digest and the delivery ledger."""
