"""Errors while starting. Their messages are for the person at the terminal."""

from __future__ import annotations


class StartError(Exception):
    """Solidarity could not start. The message gives the reason and its correction."""
