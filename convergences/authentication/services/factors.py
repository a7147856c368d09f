"""A second factor renamed or removed by its agent, whatever its kind."""

import uuid
from dataclasses import dataclass

from django.db import transaction

from convergences.audit.services import About, Actor, record
from convergences.authentication import naming, queries
from convergences.authentication.actions import Action
from convergences.authentication.errors import UnknownFactor
from convergences.authentication.models import ChangeKind, Passkey, Session, Totp
from convergences.authentication.services import changes, fresh, keeping, passkeys, totp
from convergences.directory.models import Agent
from convergences.directory.services import locks
from convergences.foundations import clock

Factor = Totp | Passkey


@dataclass(frozen=True, slots=True)
class _Kind:
    key: str
    unnamed: str
    renamed: Action
    removed: Action
    told: ChangeKind


_KINDS: dict[type[Factor], _Kind] = {
    Totp: _Kind("totp", totp.UNNAMED, Action.TOTP_RENAMED, Action.TOTP_REMOVED, ChangeKind.TOTP_REMOVED),
    Passkey: _Kind(
        "passkey", passkeys.UNNAMED, Action.PASSKEY_RENAMED, Action.PASSKEY_REMOVED, ChangeKind.PASSKEY_REMOVED
    ),
}


@transaction.atomic
def rename(agent: Agent, uid: uuid.UUID, name: str, *, session: Session, actor: Actor) -> None:
    """Give a factor of the agent another name: by its name the agent will know which one to remove.

    Raises `ProofNeeded`, `UnknownFactor`.
    """
    agent = locks.hold_agent(agent.pk)
    methods = queries.methods_of(agent)
    fresh.require(session, methods)
    factor = _of(methods, uid)
    kind = _KINDS[type(factor)]
    given = naming.cleaned(name, default=kind.unnamed)
    type(factor).objects.filter(pk=factor.pk).update(name=given)
    record(kind.renamed, actor=actor, about=_about(agent), name=given, factor=str(uid))


@transaction.atomic
def remove(agent: Agent, uid: uuid.UUID, *, session: Session, actor: Actor) -> None:
    """Remove a factor of the agent. Trusted devices go with it; after the last factor, recovery codes too.

    Raises `ProofNeeded`, `UnknownFactor`, `LastFactor`.
    """
    agent = locks.hold_agent(agent.pk)
    methods = queries.methods_of(agent)
    fresh.require(session, methods)
    factor = _of(methods, uid)
    kind = _KINDS[type(factor)]
    keeping.refuse_last(agent, but=factor)
    type(factor).objects.filter(pk=factor.pk).update(removed_at=clock.now())
    record(kind.removed, actor=actor, about=_about(agent), name=factor.name, factor=str(uid))
    removed = {kind.key: [factor.pk], **keeping.drop_what_stood_by_it(agent, actor=actor)}
    changes.told(agent, kind.told, removed=removed, actor=actor)


def _of(methods: queries.Methods, uid: uuid.UUID) -> Factor:
    held: list[Factor] = [*methods.totps, *methods.passkeys]
    found = next((factor for factor in held if factor.uid == uid), None)
    if found is None:
        raise UnknownFactor
    return found


def _about(agent: Agent) -> About:
    return About(subject_id=agent.pk, subject_label=agent.full_name)
