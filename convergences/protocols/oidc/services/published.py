"""What an application publishes at an address of its own: its keys, kept by us for all processes; its requests.

Whoever may send us a token may have us read: hence one reading a minute for each address, whoever asks, by whichever
process. `foundations.outbound` holds where it leads, how long it lasts and how much it answers.
"""

import datetime as dt
import json
import time
from typing import Any

from django.db import transaction

from convergences.foundations import clock, outbound
from convergences.foundations.outbound import Answer, Forbidden, OutboundError
from convergences.protocols.oidc import key_sets
from convergences.protocols.oidc.models import RemoteDocument

PAUSE = dt.timedelta(minutes=1)
FRESH = dt.timedelta(minutes=10)  # a key that the application withdrew stops within this time
KEPT = dt.timedelta(days=1)  # while it does not answer: beyond, nobody knows what it would say
LEFT_ALONE = dt.timedelta(seconds=30)  # an address that did not answer, or late, when a browser came
SLOW = 2.0
OK = 200
REDIRECTIONS = range(300, 400)
NOT_OURS_TO_REACH = (
    "cette adresse mène à l’intérieur d’un réseau, ou n’est pas en https ; "
    "l’exploitant ouvre un réseau par OUTBOUND_NETWORKS"
)


class NotRead(Exception):  # noqa: N818 - an answer
    """What should be at an address was not had."""


def keys(address: str, *, again: bool = False) -> dict[str, Any]:
    """Return the keys published at this address, none when nothing lately read is known of it.

    `again`: what is known does not do, though it is fresh. Call it outside a transaction: it may speak to the Web.
    """
    now = clock.now()
    known = RemoteDocument.objects.filter(address=address).first()
    read_at = known.read_at if known is not None else None
    if (again or read_at is None or now - read_at > FRESH) and _is_ours_to_read(address, now):
        found = _read_keys(address)
        if found is not None:
            RemoteDocument.objects.filter(address=address).update(content=found, read_at=now)
            return found
    if known is None or read_at is None or now - read_at > KEPT:
        return {}
    content: dict[str, Any] = known.content or {}
    return content


def problem_with_keys(address: str) -> str:
    """Return why this address may not be registered for keys, in French, or nothing; it asks the application.

    An application that does not answer yet may be described: its keys are read when it first signs.
    """
    try:
        answer = outbound.get(address, accept="application/json")
    except Forbidden:
        return NOT_OURS_TO_REACH
    except OutboundError:
        return ""
    if answer.status in REDIRECTIONS:
        return "cette adresse renvoie à une autre : donnez celle-ci"
    if answer.status == OK and not (_keys_in(answer) or {}).get("keys"):
        return "aucune clé publique utilisable n’est publiée à cette adresse"
    return ""


def request_object(address: str) -> bytes:
    """Return the request that an application keeps at this address, as it is now; raises `NotRead`.

    Any browser may have us read: an address that did not answer, or late, is left alone, or a slow application would
    hold our processes one after the other.
    """
    now = clock.now()
    if RemoteDocument.objects.filter(address=address, tried_at__gt=now - LEFT_ALONE).exists():
        raise NotRead
    started = time.monotonic()
    try:
        answer = outbound.get(address, accept="application/oauth-authz-req+jwt, application/jwt")
    except OutboundError:
        answer = None
    found = answer.body if answer is not None and answer.status == OK else None
    if found is None or time.monotonic() - started > SLOW:
        RemoteDocument.objects.update_or_create(address=address, defaults={"tried_at": now})
    if found is None:
        raise NotRead
    return found


def problem_with_place(address: str) -> str:
    """Return why an address may not be registered for requests, in French, or nothing."""
    try:
        outbound.judge(address)
    except Forbidden:
        return NOT_OURS_TO_REACH
    except OutboundError:
        return ""
    return ""


def problem_with_sector(address: str, redirect_uris: list[str]) -> str:
    """Return why this document does not join these addresses in one sector, in French, or nothing.

    It is a JSON array that holds each of them, to the letter (OpenID Connect Core, section 8.1).
    """
    try:
        answer = outbound.get(address, accept="application/json")
    except Forbidden:
        return NOT_OURS_TO_REACH
    except OutboundError:
        return "cette adresse ne répond pas : publiez-y la liste de vos adresses de retour"
    listed = _json_in(answer) if answer.status == OK else None
    if not isinstance(listed, list):
        return "cette adresse ne publie pas une liste d’adresses de retour, en JSON"
    missing = [uri for uri in redirect_uris if uri not in listed]
    return f"la liste publiée à cette adresse ne contient pas {missing[0]}" if missing else ""


def _is_ours_to_read(address: str, now: dt.datetime) -> bool:
    """Tell whether this process is the one that reads now: of all, one, once a minute."""
    if RemoteDocument.objects.filter(address=address, tried_at__lte=now - PAUSE).update(tried_at=now):
        return True
    with transaction.atomic():
        return RemoteDocument.objects.get_or_create(address=address, defaults={"tried_at": now})[1]


def _read_keys(address: str) -> dict[str, Any] | None:
    try:
        answer = outbound.get(address, accept="application/json")
    except OutboundError:
        return None
    return _keys_in(answer) if answer.status == OK else None


def _keys_in(answer: Answer) -> dict[str, Any] | None:
    return key_sets.usable(_json_in(answer))


def _json_in(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
