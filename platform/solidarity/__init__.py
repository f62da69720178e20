"""Solidarity's web application. The folder above is a source root, not a package: see platform/README.md."""

__version__ = "0.1.0"
