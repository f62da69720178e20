"""People: identity, membership, roles and permissions."""
