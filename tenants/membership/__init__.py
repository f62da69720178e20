"""Joining and leaving: accounts, invitations, memberships and desk appointments."""
