"""Writing in the catalogue: one transaction a verb, the rule first, the journal inside."""

from convergences.catalog.services import applications, openings, pilots, subscriptions

__all__ = ["applications", "openings", "pilots", "subscriptions"]
