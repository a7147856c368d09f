"""Writing in the directory: one transaction a verb, the rule first, the journal inside."""

from convergences.directory.services import agents, memberships, organizations, photos, staff

__all__ = ["agents", "memberships", "organizations", "photos", "staff"]
