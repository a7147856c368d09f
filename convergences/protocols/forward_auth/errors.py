"""Refusals: for engineers the field at fault, for agents an address that is not followed."""

from convergences.foundations.errors import Refusal


class InvalidGate(Refusal):
    """A description that may not be registered; `field` is the name at fault."""


class RefusedAddress(Refusal):
    """An address that is no application's, or that two readers could take for two: it is not followed."""
