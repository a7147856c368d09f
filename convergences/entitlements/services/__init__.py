"""Verbs on rights: each checks the rule, writes, records the audit event and posts the mail, in one transaction."""

from convergences.entitlements.services.change import change
from convergences.entitlements.services.close_expired import close_expired
from convergences.entitlements.services.grant import grant
from convergences.entitlements.services.revoke import revoke, revoke_all
from convergences.entitlements.services.seats import assign_seats
from convergences.entitlements.services.several import grant_several
from convergences.entitlements.services.sheet import set_rights
from convergences.entitlements.services.take_over import take_over
from convergences.entitlements.terms import Act, Change, Terms, Wish

__all__ = [
    "Act",
    "Change",
    "Terms",
    "Wish",
    "assign_seats",
    "change",
    "close_expired",
    "grant",
    "grant_several",
    "revoke",
    "revoke_all",
    "set_rights",
    "take_over",
]
