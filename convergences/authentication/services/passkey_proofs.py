"""Passkeys that answer: beside a password, or as the whole sign-in (WebAuthn 2, 7.2).

Call these verbs outside a transaction: a copied passkey must stay frozen when they refuse.
"""

import json
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction
from webauthn import generate_authentication_options
from webauthn.helpers import encode_cbor, options_to_json_dict
from webauthn.helpers.cose import COSECRV, COSEKTY, COSEAlgorithmIdentifier, COSEKey
from webauthn.helpers.structs import PublicKeyCredentialDescriptor, UserVerificationRequirement

from convergences.audit.services import About, record
from convergences.authentication import letters, limits, queries, relying_party, rules, webauthn_answers
from convergences.authentication.actions import Action
from convergences.authentication.browsers import Browser, acting, stranger
from convergences.authentication.errors import PasskeyFrozen, PasskeyRefused, TooManyAttempts
from convergences.authentication.models import Passkey
from convergences.authentication.proofs import FactorProof, Who
from convergences.authentication.services import attempts, challenges, devices, passwords, sessions
from convergences.authentication.services.challenges import Challenge, For
from convergences.authentication.services.passkeys import PATIENCE_MS, Options, counting, descriptors, handle_of
from convergences.authentication.webauthn_answers import Answer, Asserted, BadAnswer
from convergences.directory.models import Agent
from convergences.foundations import clock, outbox


def options_to_prove(who: Who) -> Options:
    """Return what a browser needs to ask one of this agent's passkeys. Nothing is written."""
    verification = UserVerificationRequirement.PREFERRED
    return _options(For.PROVE, who, descriptors(counting(who.agent_id)), verification)


def options_to_sign_in() -> Options:
    """Return what a browser needs to ask any passkey that it has for the portal. Nothing is written."""
    return _options(For.SIGN_IN, None, [], UserVerificationRequirement.REQUIRED)


def prove(who: Who, sealed: str, answer: str, *, browser: Browser) -> FactorProof:
    """Return what a passkey of this agent has proved; its holder may have been verified or not.

    Raises `ChallengeOver`, `PasskeyRefused` (another's, removed, altered…), `PasskeyFrozen` (copied).
    """
    challenge = challenges.opened(sealed, For.PROVE, who)
    try:
        read = webauthn_answers.read(answer)
        passkey = _known(read)
        asserted = webauthn_answers.asserted(
            read, challenge=challenge.value, public_key=_key_of(passkey), verified=False
        )
        if passkey is None or passkey.agent_id != who.agent_id or not _goes_with(passkey, read, asserted):
            raise BadAnswer
    except BadAnswer:
        _tell_refused(Agent.objects.get(pk=who.agent_id), browser)
        raise PasskeyRefused from None
    return _taken(passkey, challenge, asserted, browser)


def identify(sealed: str, answer: str, *, browser: Browser) -> FactorProof:
    """Return whose passkey has answered, when it verified its holder: it is the whole sign-in.

    An unknown passkey, one removed, a suspended account, an altered answer: the same refusal, after the same work. Only
    failures are counted, against the address, and they never block a passkey that is right.

    Raises `ChallengeOver`, `PasskeyRefused`, `PasskeyFrozen`.
    """
    challenge = challenges.opened(sealed, For.SIGN_IN, None)
    passkey = None
    try:
        read = webauthn_answers.read(answer)
        passkey = _known(read)
        asserted = webauthn_answers.asserted(
            read, challenge=challenge.value, public_key=_key_of(passkey), verified=True
        )
        if passkey is None or read.user_handle is None or not _goes_with(passkey, read, asserted):
            raise BadAnswer
        if not rules.may_sign_in(passkey.agent):
            raise BadAnswer
    except BadAnswer:
        _count_refused(passkey.agent if passkey else None, browser)
        raise PasskeyRefused from None
    return _taken(passkey, challenge, asserted, browser)


def _options(
    purpose: For,
    who: Who | None,
    allowed: list[PublicKeyCredentialDescriptor],
    verification: UserVerificationRequirement,
) -> Options:
    challenge, sealed = challenges.give(purpose, who)
    options = generate_authentication_options(
        rp_id=relying_party.rp_id(),
        challenge=challenge,
        timeout=PATIENCE_MS,
        allow_credentials=allowed,
        user_verification=verification,
    )
    return Options(json.dumps(options_to_json_dict(options)), sealed)


def _known(answer: Answer) -> Passkey | None:
    rows = Passkey.objects.filter(credential_id=answer.credential_id, removed_at__isnull=True, frozen_at__isnull=True)
    return rows.select_related("agent").first()


def _key_of(passkey: Passkey | None) -> bytes:
    return bytes(passkey.public_key) if passkey else _key_of_nobody()


@lru_cache(maxsize=1)
def _key_of_nobody() -> bytes:
    """Return a key against which answers of unknown passkeys are checked: the work tells nothing."""
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    named = {
        COSEKey.KTY: COSEKTY.EC2,
        COSEKey.ALG: COSEAlgorithmIdentifier.ECDSA_SHA_256,
        COSEKey.CRV: COSECRV.P256,
        COSEKey.X: numbers.x.to_bytes(32, "big"),
        COSEKey.Y: numbers.y.to_bytes(32, "big"),
    }
    return encode_cbor({int(name): int(value) if isinstance(value, int) else value for name, value in named.items()})


def _goes_with(passkey: Passkey, answer: Answer, asserted: Asserted) -> bool:
    """Say whether the answer names the same agent as the passkey, which may be copied, or not, as it was when made."""
    same_agent = answer.user_handle is None or answer.user_handle == handle_of(passkey.agent)
    return same_agent and asserted.synced == passkey.synced


def _taken(passkey: Passkey, challenge: Challenge, asserted: Asserted, browser: Browser) -> FactorProof:
    """Spend the challenge and move the counter; a counter that goes back freezes the passkey (WebAuthn 2, 6.1.1)."""
    now = clock.now()
    with transaction.atomic():
        challenges.spend(challenge)
        held = Passkey.objects.select_for_update(no_key=True).get(pk=passkey.pk)
        if held.removed_at is not None or held.frozen_at is not None:
            raise PasskeyRefused
        copied = asserted.sign_count <= held.sign_count and (asserted.sign_count > 0 or held.sign_count > 0)
        if copied:
            _freeze(held, passkey.agent, browser)
        else:
            held.sign_count, held.last_used_at = asserted.sign_count, now
            held.save(update_fields=["sign_count", "last_used_at"])
    if copied:
        raise PasskeyFrozen
    return FactorProof("passkey" if asserted.user_verified else "passkey_unverified", passkey.agent_id)


def _freeze(passkey: Passkey, agent: Agent, browser: Browser) -> None:
    passkey.frozen_at = clock.now()
    passkey.save(update_fields=["frozen_at"])
    closed = not queries.has_second_factor(agent.pk)
    if closed:
        _close(agent, browser)
    if agent.email:
        outbox.post(letters.passkey_frozen(agent, passkey.name, browser, closed=closed))
    record(Action.PASSKEY_FROZEN, actor=acting(agent, browser), about=_about(agent), name=passkey.name)


def _close(agent: Agent, browser: Browser) -> None:
    """Let the present password open nothing: with the last means gone it would be enough, for who copied that too."""
    actor = stranger(browser)
    passwords.close(agent)
    sessions.end_all(agent, reason="passkey_copied", actor=actor)
    devices.end_all(agent, reason="passkey_copied", actor=actor)


def _count_refused(agent: Agent | None, browser: Browser) -> None:
    address = limits.of_address(browser.address)
    try:
        attempts.refuse_when_blocked(address)
    except TooManyAttempts:
        return  # beyond these, the journal says no more: it must not be filled at will
    attempts.count(address)
    _tell_refused(agent, browser)


def _tell_refused(agent: Agent | None, browser: Browser) -> None:
    with transaction.atomic():
        record(Action.PASSKEY_REFUSED, actor=stranger(browser), about=_about(agent) if agent else About())


def _about(agent: Agent) -> About:
    return About(subject_id=agent.pk, subject_label=agent.full_name)
