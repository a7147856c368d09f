"""Adding a passkey: what is asked of the browser, and every answer that is not one (WebAuthn 2, 7.1)."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from convergences.authentication.errors import (
    ChallengeOver,
    PasskeyKnown,
    PasskeyNotAdded,
    PasskeysNeedAName,
    ProofNeeded,
    TooManyFactors,
)
from convergences.authentication.models import Passkey, SecurityChange, Session
from convergences.authentication.services import passkey_proofs, passkeys
from convergences.authentication.services.passkeys import Created
from convergences.foundations import clock
from tests.authentication.doing import letters, told
from tests.authentication.passkeying import acting_here, enrol, session_of
from tests.authenticator import BE, BS, EDDSA, ES256, RS256, UP, UV, Authenticator, b64, cose, new_key, self_attested
from tests.cast import Cast

pytestmark = pytest.mark.database

LIARS: dict[str, Callable[[], Authenticator]] = {
    "another site": lambda: Authenticator(origin="http://testserver.evil.example"),
    "another scheme": lambda: Authenticator(origin="https://testserver"),
    "another port": lambda: Authenticator(origin="http://testserver:8000"),
    "another name": lambda: Authenticator(rp_id="evil.example"),
    "inside a frame": lambda: Authenticator(more={"crossOrigin": True}),
    "below another site": lambda: Authenticator(more={"crossOrigin": False, "topOrigin": "https://evil.example"}),
    "nobody present": lambda: Authenticator(flags=UV),
    "copied but not copyable": lambda: Authenticator(flags=UP | UV | BS),
    "a name too short": lambda: Authenticator(credential_id=b"short"),
    "a name too long": lambda: Authenticator(credential_id=b"x" * 1024),
}
P384 = ec.generate_private_key(ec.SECP384R1())
SMALL_RSA = rsa.generate_private_key(public_exponent=65537, key_size=1024)
EC_KEY = cose(new_key(ES256), ES256)
LIES: dict[str, dict[str, Any]] = {
    "an answer to a request": {"type": "webauthn.get"},
    "its own challenge": {"challenge": b64(b"x" * 32)},
    "bytes left over": {"extra": b"\x00"},
    "an algorithm nobody asked for": {"public": {**EC_KEY, 3: -36}},
    "no algorithm": {"public": {**EC_KEY, 3: 0}},
    "an elliptic key that says RSA": {"public": {**EC_KEY, 3: RS256}},
    "an elliptic key that says EdDSA": {"public": {**EC_KEY, 3: EDDSA}},
    "another curve": {"public": cose(P384, ES256)},
    "a point off its curve": {"public": {**EC_KEY, -3: b"\x01" * 32}},
    "a small RSA key": {"public": cose(SMALL_RSA, RS256)},
    "a huge exponent": {"public": {**cose(SMALL_RSA, RS256), -1: b"\xff" * 256, -2: b"\xff" * 256}},
    "no key": {"public": {}},
    "a list for a key": {"public": [1, 2, 3]},
    "a statement where there is none": {"statement": {"sig": b"x"}},
    "a statement that is no map": {"statement": b"x"},
    "a statement of a maker": {"fmt": "packed", "statement": {"alg": ES256, "sig": b"x", "x5c": [b"x"]}},
    "a statement it did not sign": {"fmt": "packed", "statement": {"alg": ES256, "sig": b"x"}},
    "a statement of a kind not asked for": {"fmt": "fido-u2f", "statement": {"sig": b"x", "x5c": [b"x"]}},
    "a statement of no kind": {"fmt": "bogus"},
    "a kind that is a number": {"fmt": 4},
}
GARBAGE = [
    "", "null", "[]", "{}", "x" * 20_001, "[" * 15_000, '{"id":1,"response":{}}', '{"id":"\\ud800","response":{}}',
    '{"id":"AAAA","rawId":"AAAA","type":"public-key","response":[]}', '{"id":"AAAA","response":{"userHandle":"é"}}',
    '{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{"clientDataJSON":"AAAA","attestationObject":"oA"}}',
]  # fmt: skip


def add(cast: Cast, authenticator: Authenticator, **lies: Any) -> Passkey:
    """Add Claire's passkey, with an authenticator that lies."""
    session = session_of(cast.claire.agent)
    options = passkeys.options_to_add(cast.claire.agent, session)
    created = Created(options.sealed, authenticator.create(options.json, **lies), "Poste")
    return keep(cast, created, session)


def keep(cast: Cast, created: Created, session: Session) -> Passkey:
    """Keep what Claire's browser brings."""
    return passkeys.add(cast.claire.agent, created, session=session, actor=acting_here(cast.claire.agent)).passkey


@pytest.mark.parametrize("liar", LIARS.values(), ids=LIARS)
def test_an_answer_given_elsewhere_or_by_nobody_adds_nothing(cast: Cast, liar: Callable[[], Authenticator]) -> None:
    with pytest.raises(PasskeyNotAdded):
        add(cast, liar())
    assert not Passkey.objects.exists()


@pytest.mark.parametrize("lies", LIES.values(), ids=LIES)
def test_a_key_or_a_statement_that_is_not_what_was_asked_for_adds_nothing(cast: Cast, lies: dict[str, Any]) -> None:
    with pytest.raises(PasskeyNotAdded):
        add(cast, Authenticator(), **lies)
    assert not Passkey.objects.exists()


@pytest.mark.parametrize("garbage", GARBAGE)
def test_what_is_no_answer_adds_nothing(cast: Cast, garbage: str) -> None:
    session = session_of(cast.claire.agent)
    sealed = passkeys.options_to_add(cast.claire.agent, session).sealed
    with pytest.raises(PasskeyNotAdded):
        keep(cast, Created(sealed, garbage, ""), session)


def test_the_name_in_the_answer_is_the_name_of_the_key(cast: Cast) -> None:
    session, authenticator = session_of(cast.claire.agent), Authenticator()
    options = passkeys.options_to_add(cast.claire.agent, session)
    other = b64(b"y" * 32)
    answer = json.dumps({**json.loads(authenticator.create(options.json)), "id": other, "rawId": other})
    with pytest.raises(PasskeyNotAdded):
        passkeys.add(
            cast.claire.agent,
            Created(options.sealed, answer, ""),
            session=session,
            actor=acting_here(cast.claire.agent),
        )


@pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])
def test_a_passkey_of_each_algorithm_is_kept_and_told(cast: Cast, algorithm: int) -> None:
    passkey, _ = enrol(cast.claire.agent, Authenticator(algorithm=algorithm, flags=UP | UV | BE | BS, counter=7))
    assert (passkey.name, passkey.sign_count, passkey.synced, passkey.discoverable) == ("Poste", 7, True, True)
    assert passkey.transports == ["hybrid", "internal"]
    assert told("passkey_added")[0].subject_id == cast.claire.agent.pk
    letter = letters()[-1]
    assert (letter.kind, letter.recipient) == ("authentication.security_change", cast.claire.agent.email)
    assert "« Poste »" in letter.text.replace("\u00a0", " ")
    assert SecurityChange.objects.get().added == {"passkey": [passkey.pk]}


def test_a_key_that_signs_for_itself_is_kept(cast: Cast) -> None:
    session, authenticator = session_of(cast.claire.agent), Authenticator()
    options = passkeys.options_to_add(cast.claire.agent, session)
    created = Created(options.sealed, self_attested(authenticator, options.json), "Poste")
    assert keep(cast, created, session).pk


def test_the_options_say_what_is_wanted_and_no_more(cast: Cast) -> None:
    first, _ = enrol(cast.claire.agent)
    asked = json.loads(passkeys.options_to_add(cast.claire.agent, session_of(cast.claire.agent)).json)
    assert asked["rp"] == {"name": "CONVERGENCES", "id": "testserver"}
    assert asked["attestation"] == "none"
    assert [one["alg"] for one in asked["pubKeyCredParams"]] == [ES256, EDDSA, RS256]
    assert asked["authenticatorSelection"] == {
        "residentKey": "preferred",
        "requireResidentKey": False,
        "userVerification": "preferred",
    }
    assert [one["id"] for one in asked["excludeCredentials"]] == [first.credential_id]
    assert asked["user"]["id"] == b64(cast.claire.agent.subject.encode())
    assert len(asked["challenge"]) >= 43


def test_a_passkey_of_another_agent_is_not_taken_over(cast: Cast) -> None:
    _, authenticator = enrol(cast.lucie.agent)
    with pytest.raises(PasskeyKnown):
        add(cast, authenticator)
    assert Passkey.objects.get().agent == cast.lucie.agent
    assert len(letters()) == 1


def test_without_a_fresh_proof_neither_options_nor_passkey(cast: Cast) -> None:
    session, authenticator = session_of(cast.claire.agent), Authenticator()
    options = passkeys.options_to_add(cast.claire.agent, session)
    answer = authenticator.create(options.json)
    session.password_at = session.second_factor_at = clock.now() - dt.timedelta(minutes=6)
    with pytest.raises(ProofNeeded):
        passkeys.options_to_add(cast.claire.agent, session)
    with pytest.raises(ProofNeeded):
        passkeys.add(
            cast.claire.agent,
            Created(options.sealed, answer, ""),
            session=session,
            actor=acting_here(cast.claire.agent),
        )
    assert not Passkey.objects.exists()


def test_a_password_is_no_fresh_proof_for_who_has_a_second_factor(cast: Cast) -> None:
    enrol(cast.claire.agent)
    session = session_of(cast.claire.agent)
    session.second_factor_at = None
    with pytest.raises(ProofNeeded):
        passkeys.options_to_add(cast.claire.agent, session)


def test_a_challenge_serves_one_session_one_purpose_once_and_not_for_long(cast: Cast) -> None:
    agent, session, authenticator = cast.claire.agent, session_of(cast.claire.agent), Authenticator()
    options = passkeys.options_to_add(agent, session)
    answer = authenticator.create(options.json)
    other, actor = session_of(agent), acting_here(agent)
    to_sign_in = passkey_proofs.options_to_sign_in().sealed
    for sealed, of in (
        (options.sealed, other),
        (to_sign_in, session),
        ("", session),
        ("é", session),
        ("x" * 99, other),
    ):
        with pytest.raises(ChallengeOver):
            passkeys.add(agent, Created(sealed, answer, ""), session=of, actor=actor)
    created = Created(options.sealed, answer, "")
    with time_machine.travel(clock.now() + dt.timedelta(minutes=11), tick=False), pytest.raises(ChallengeOver):
        passkeys.add(agent, created, session=session, actor=actor)
    assert passkeys.add(agent, created, session=session, actor=actor).passkey.name == "Clé d’accès"
    with pytest.raises(ChallengeOver):
        passkeys.add(agent, created, session=session, actor=actor)


def test_twenty_are_enough(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passkeys, "MOST", 1)
    enrol(cast.claire.agent)
    with pytest.raises(TooManyFactors):
        add(cast, Authenticator())


def test_a_portal_without_a_name_offers_none(cast: Cast, settings: Any) -> None:
    settings.BASE_URL = "http://192.0.2.1:8000"
    with pytest.raises(PasskeysNeedAName):
        add(cast, Authenticator())


def test_a_name_is_one_line_of_sixty_characters(cast: Cast) -> None:
    passkey, _ = enrol(cast.claire.agent, name=" Mon\u2028 poste\x00\x1b[31m " + "é" * 80)
    assert passkey.name == ("Mon poste [31m " + "é" * 80)[:60]
