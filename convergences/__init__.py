"""Convergences: the identity and access system of a centre de gestion."""

__version__ = "0.1.0"
