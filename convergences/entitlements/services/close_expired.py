"""The worker's round: rights whose last day is past are closed, and what they leave is given."""

import datetime as dt

from django.db import transaction

from convergences.audit.services import SYSTEM
from convergences.entitlements.services.expiry import close_spent, spent_pairs
from convergences.entitlements.services.seats import begun_pairs, settle
from convergences.foundations.clock import day_of


def close_expired(now: dt.datetime) -> int:
    """Close the rights that no longer serve, one short transaction for each subscription, and return how many.

    Their seats go to the rights that wait for one, as do those of a contract that has just begun.
    """
    today = day_of(now)
    closed = 0
    for organization_id, application_id in spent_pairs(today):
        with transaction.atomic():
            closed += close_spent(organization_id, application_id, today=today)
            settle(organization_id, application_id, today=today, actor=SYSTEM)
    for organization_id, application_id in begun_pairs(today):
        with transaction.atomic():
            settle(organization_id, application_id, today=today, actor=SYSTEM)
    return closed
