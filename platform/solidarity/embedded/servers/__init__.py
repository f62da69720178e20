"""The servers of `solidarity up`: PostgreSQL and Valkey from wheels."""
