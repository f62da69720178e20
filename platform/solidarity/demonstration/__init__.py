"""The demonstration year: invented chapters, lived through the services as their people would."""

from solidarity.demonstration.year import demonstration_password, simulate

__all__ = ["demonstration_password", "simulate"]
