"""The command line `solidarity`."""
