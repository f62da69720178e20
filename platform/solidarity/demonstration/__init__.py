"""The demonstration: a simulated year of invented chapters, created through the services that pages use."""

from solidarity.demonstration.year import demonstration_password, simulate

__all__ = ["demonstration_password", "simulate"]
