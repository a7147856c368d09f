"""Passkeys (WebAuthn 2): added, renamed, removed by their agent. Using one is in `passkey_proofs`."""

import json
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from webauthn import generate_registration_options
from webauthn.helpers import base64url_to_bytes, options_to_json_dict
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from convergences.audit.services import About, Actor, record
from convergences.authentication import naming, queries, relying_party, webauthn_answers
from convergences.authentication.actions import Action
from convergences.authentication.errors import (
    PasskeyKnown,
    PasskeyNotAdded,
    PasskeysNeedAName,
    TooManyFactors,
)
from convergences.authentication.models import ChangeKind, Passkey, Recovery, Session
from convergences.authentication.proofs import FactorProof
from convergences.authentication.services import challenges, changes, renewing
from convergences.authentication.services.challenges import For
from convergences.authentication.webauthn_answers import ALGORITHMS, BadAnswer, Enrolled
from convergences.directory.models import Agent
from convergences.directory.services import locks
from convergences.foundations import clock

MOST = 20
PATIENCE_MS = 5 * 60 * 1000
UNNAMED = "Clé d’accès"


@dataclass(frozen=True, slots=True, repr=False)
class Options:
    """What the browser is given: the options of the ceremony in JSON, and the challenge sealed, to be sent back."""

    json: str
    sealed: str


def handle_of(agent: Agent) -> bytes:
    """Return the agent's name inside authenticators: opaque, and the same for ever (WebAuthn 2, 14.6.1)."""
    return agent.subject.encode()


def counting(agent_id: int) -> QuerySet[Passkey]:
    """Return the agent's passkeys that count: neither removed nor frozen."""
    return Passkey.objects.filter(agent_id=agent_id, removed_at__isnull=True, frozen_at__isnull=True)


def descriptors(rows: QuerySet[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    """Return passkeys as a browser is told of them."""
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(row.credential_id),
            transports=[AuthenticatorTransport(word) for word in row.transports],
        )
        for row in rows
    ]


def options_to_add(agent: Agent, session: Session) -> Options:
    """Return what a browser needs to create a passkey. Nothing is written.

    Raises `ProofNeeded` without a fresh proof, `TooManyFactors`, `PasskeysNeedAName`.
    """
    _require(agent, session)
    challenge, sealed = challenges.give(For.ADD, session)
    options = options_to_json_dict(
        generate_registration_options(
            rp_id=relying_party.rp_id(),
            rp_name="CONVERGENCES",
            user_name=agent.email or agent.full_name,
            user_id=handle_of(agent),
            user_display_name=agent.full_name,
            challenge=challenge,
            timeout=PATIENCE_MS,
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
            exclude_credentials=descriptors(counting(agent.pk)),
            supported_pub_key_algs=ALGORITHMS,
        )
    )
    return Options(json.dumps({**options, "extensions": {"credProps": True}}), sealed)


@dataclass(frozen=True, slots=True, repr=False)
class Created:
    """What a page of creation sent: the challenge as it was given, the browser's answer, the name typed."""

    sealed: str
    answer: str
    name: str


@dataclass(frozen=True, slots=True)
class Added:
    """A new passkey, and what creating it has proved: its holder touched it, and was verified or not."""

    passkey: Passkey
    proof: FactorProof


def add(agent: Agent, created: Created, *, session: Session, actor: Actor) -> Added:
    """Keep the passkey that this session's browser has just created, and tell the agent by mail.

    Raises `ProofNeeded`, `ChallengeOver`, `PasskeyNotAdded`, `PasskeyKnown`, `TooManyFactors`, `PasskeysNeedAName`.
    """
    challenge = challenges.opened(created.sealed, For.ADD, session)
    try:
        answer = webauthn_answers.read(created.answer)
        enrolled = webauthn_answers.enrolled(answer, challenge=challenge.value)
    except BadAnswer:
        raise PasskeyNotAdded from None
    with transaction.atomic():
        agent = locks.hold_agent(agent.pk)
        recovery = _require(agent, session)
        challenges.spend(challenge)
        passkey = _write(agent, enrolled, naming.cleaned(created.name, default=UNNAMED))
        added = {"passkey": [passkey.pk]}
        removed = renewing.finish(recovery, passkey, session=session, actor=actor) if recovery else {}
        changes.told(agent, ChangeKind.PASSKEY_ADDED, added=added, removed=removed, actor=actor)
        record(Action.PASSKEY_ADDED, actor=actor, about=_about(agent), name=passkey.name, factor=str(passkey.uid))
    return Added(passkey, FactorProof("passkey" if enrolled.user_verified else "passkey_unverified", agent.pk))


def _require(agent: Agent, session: Session) -> Recovery | None:
    if not relying_party.has_a_name():
        raise PasskeysNeedAName
    recovery = renewing.require_to_add(session, queries.methods_of(agent))
    if recovery is None and counting(agent.pk).count() >= MOST:
        raise TooManyFactors(MOST)
    return recovery


def _write(agent: Agent, enrolled: Enrolled, name: str) -> Passkey:
    try:
        with transaction.atomic():
            return Passkey.objects.create(
                agent=agent,
                name=name,
                credential_id=enrolled.credential_id,
                public_key=enrolled.public_key,
                sign_count=enrolled.sign_count,
                transports=enrolled.transports,
                discoverable=enrolled.discoverable,
                synced=enrolled.synced,
                created_at=clock.now(),
            )
    except IntegrityError:
        raise PasskeyKnown from None


def _about(agent: Agent) -> About:
    return About(subject_id=agent.pk, subject_label=agent.full_name)
