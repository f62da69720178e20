"""The people of a chapter: members, invitations and unreachable email addresses."""
