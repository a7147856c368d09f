"""Devices of confidence: for thirty days, a browser in which a second step was made need not make it again.

The browser holds a secret of 256 bits, the table its digest; the secret opens nothing without the password.
"""

import datetime as dt
import secrets
import uuid

from django.db import transaction
from django.db.models import QuerySet

from convergences.audit.services import About, Actor, record
from convergences.authentication.actions import Action
from convergences.authentication.browsers import Browser, acting
from convergences.authentication.errors import UnknownFactor
from convergences.authentication.models import RememberedDevice, Session
from convergences.authentication.services.sessions import ABSOLUTE
from convergences.directory.models import Agent
from convergences.foundations import clock
from convergences.foundations.sealing import digest

LASTS = dt.timedelta(days=30)
TOKEN_BYTES = 32


def remember(agent: Agent, browser: Browser, *, instead_of: int | None = None) -> tuple[RememberedDevice, str]:
    """Remember this browser, in which the agent has just made a second step; return the device and its secret.

    `instead_of`: the row of what this browser was remembered as until now.
    """
    now, token = clock.now(), secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        if instead_of is not None:
            _end(RememberedDevice.objects.filter(agent=agent, pk=instead_of, ended_at__isnull=True))
        device = RememberedDevice.objects.create(
            agent=agent,
            token_digest=digest(token),
            browser=browser.name[:80],
            created_at=now,
            last_used_at=now,
            expires_at=now + LASTS,
        )
        record(Action.DEVICE_REMEMBERED, actor=acting(agent, browser), about=_about(agent), device=str(device.uid))
    return device, token


def find(agent: Agent, token: str) -> RememberedDevice | None:
    """Return this agent's living device of this secret, noted as used; None for a stranger's, ended or over.

    One that ends before a session of now would is over already: no session outlives the device that opened it.
    """
    if not token:
        return None
    lasting = _living().filter(expires_at__gt=clock.now() + ABSOLUTE)
    device = lasting.filter(agent=agent, token_digest=digest(token)).first()
    if device is None:
        return None
    device.last_used_at = clock.now()
    # Ended at this very moment by another request, it is found no more: what was read before may be over.
    used = _living().filter(pk=device.pk).update(last_used_at=device.last_used_at)
    return device if used else None


def of(agent: Agent) -> list[RememberedDevice]:
    """Return the agent's living devices, last used first."""
    return list(_living().filter(agent=agent).order_by("-last_used_at", "-pk"))


@transaction.atomic
def end(agent: Agent, uid: uuid.UUID, *, actor: Actor) -> None:
    """Trust a device no more, from this moment: its secret opens nothing, and its sessions lose what it stood for.

    Raises `UnknownFactor` when it is not this agent's, or has ended.
    """
    device = _living().filter(agent=agent, uid=uid).first()
    if device is None:
        raise UnknownFactor
    _end(RememberedDevice.objects.filter(pk=device.pk, ended_at__isnull=True))
    record(Action.DEVICE_ENDED, actor=actor, about=_about(agent), device=str(device.uid), where=device.browser)


@transaction.atomic
def end_all(agent: Agent, *, actor: Actor, reason: str = "") -> int:
    """Trust none of the agent's devices any more; return how many there were."""
    ended = _end(RememberedDevice.objects.filter(agent=agent, ended_at__isnull=True))
    if ended:
        record(Action.DEVICES_ENDED, actor=actor, about=_about(agent), reason=reason, number=ended)
    return ended


def _end(devices: QuerySet[RememberedDevice]) -> int:
    keys = list(devices.values_list("pk", flat=True))
    if not keys:
        return 0
    ended = devices.filter(pk__in=keys).update(ended_at=clock.now())
    Session.objects.filter(remembered_device__in=keys).update(remembered_device=None)
    return ended


def _living() -> QuerySet[RememberedDevice]:
    return RememberedDevice.objects.filter(ended_at__isnull=True, expires_at__gt=clock.now())


def _about(agent: Agent) -> About:
    return About(subject_id=agent.pk, subject_label=agent.full_name)
