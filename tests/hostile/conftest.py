"""The world of the route matrix, to attack."""

from isolation.conftest import matrix_world

__all__ = ["matrix_world"]
