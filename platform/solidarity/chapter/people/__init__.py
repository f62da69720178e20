"""The people of a chapter: members, invitations, addresses that no mail reaches."""
