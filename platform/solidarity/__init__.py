"""The web application. The folder above it is a source root and not a package: see platform/README.md."""

__version__ = "0.1.0"
