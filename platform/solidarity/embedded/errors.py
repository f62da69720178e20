"""What may go wrong while starting, each said in one plain sentence for the person at the terminal."""

from __future__ import annotations


class StartError(Exception):
    """Solidarity could not start; the text says why and how to mend it."""
