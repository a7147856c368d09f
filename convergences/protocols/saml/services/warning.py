"""The engineers of the centre are told that a description ends, before nobody enters any more: four times at most."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from convergences.directory import staff
from convergences.foundations import clock
from convergences.foundations.mail import compose
from convergences.foundations.outbox import post
from convergences.foundations.text import day_in_words
from convergences.protocols.saml.models import ServiceProvider

BEFORE = tuple(dt.timedelta(days=days) for days in (30, 7, 1, 0))


def warn_due() -> int:
    """Write to the engineers about each description whose time has come; return about how many.

    One that is read at its address is renewed there, often each week: it is told of once it could not be read.
    """
    unread = Q(metadata_url="") | ~Q(read_error="")
    ending = ServiceProvider.objects.filter(unread, expires_at__lte=clock.now() + BEFORE[0])
    return sum(_warn(provider) for provider in ending.select_related("application"))


def _warn(provider: ServiceProvider) -> bool:
    now, ends = clock.now(), provider.expires_at
    if ends is None:
        return False
    passed = [moment for before in BEFORE if (moment := ends - before) <= now]
    if provider.warned_at is not None and provider.warned_at >= max(passed):
        return False
    with transaction.atomic():
        known = ServiceProvider.objects.filter(pk=provider.pk, warned_at=provider.warned_at)
        if not known.update(warned_at=now):  # another worker has
            return False
        for engineer in staff.engineers():
            if engineer.email:
                post(compose("saml_metadata", engineer.email, "saml/mail/metadata_ends", _told(provider, ends)))
    return True


def _told(provider: ServiceProvider, ends: dt.datetime) -> dict[str, object]:
    return {
        "application": provider.application.name,
        "slug": provider.application.slug,
        "until": day_in_words(clock.day_of(ends)),
        "over": ends <= clock.now(),
        "address": provider.metadata_url,
        "error": provider.read_error if provider.metadata_url else "",
    }
