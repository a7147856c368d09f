"""CBOR that costs its reader dear, sent by a stranger to the page of connexion or by an agent who adds a passkey."""

import json
from typing import Any

import cbor2
import pytest

from convergences.authentication import cbor, webauthn_answers
from convergences.authentication.errors import PasskeyNotAdded, PasskeyRefused
from convergences.authentication.services import passkey_proofs, passkeys
from convergences.authentication.services.passkeys import Created
from tests.authentication.doing import HERE
from tests.authentication.passkeying import acting_here, enrol, session_of
from tests.authenticator import Authenticator
from tests.cast import Cast

pytestmark = pytest.mark.database

# Compiled, each of these classes takes milliseconds, and an answer holds 1,500 of them.
PATTERN = cbor2.dumps(cbor2.CBORTag(35, "(?i)[\x01-\uf000][\x01-\uf001]"))
SHARED = bytes.fromhex("d81c81d81d00")
HOSTILE = [
    PATTERN,
    SHARED,
    b"\x81" * 9000 + b"\x00",
    b"\x9a\xff\xff\xff\xff",
    b"\x5b" + b"\xff" * 8,
    b"\x9f\x00\xff",
    b"",
]


class Hostile(Authenticator):
    """An authenticator that says more than it was asked."""

    extensions = b""

    def _data(self, flags: int) -> bytes:
        return super()._data(flags | 0x80) + self.extensions


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the library was given to read."""
    given: list[str] = []
    for name in ("verify_authentication_response", "verify_registration_response", "parse_attestation_object"):
        real = getattr(webauthn_answers, name)

        def spied(*arguments: Any, _real: Any = real, _name: str = name, **named: Any) -> Any:
            given.append(_name)
            return _real(*arguments, **named)

        monkeypatch.setattr(webauthn_answers, name, spied)
    return given


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_stranger_s_extensions_are_not_read(cast: Cast, read: list[str], hostile: bytes) -> None:
    asked = passkey_proofs.options_to_sign_in()
    liar = Hostile(handle=b"x" * 36)
    liar.extensions = hostile
    with pytest.raises(PasskeyRefused):
        passkey_proofs.identify(asked.sealed, liar.get(asked.json), browser=HERE)
    assert read == []


@pytest.mark.parametrize("place", ["statement", "extra", "public"])
def test_nor_is_any_part_of_a_new_passkey(cast: Cast, read: list[str], place: str) -> None:
    tag = cbor2.CBORTag(35, "a")
    lie = {"statement": {"sig": tag}, "extra": PATTERN, "public": {1: tag}}[place]
    session = session_of(cast.claire.agent)
    asked = passkeys.options_to_add(cast.claire.agent, session)
    created = Created(asked.sealed, Authenticator().create(asked.json, **{place: lie}), "Poste")
    with pytest.raises(PasskeyNotAdded):
        passkeys.add(cast.claire.agent, created, session=session, actor=acting_here(cast.claire.agent))
    assert read == []


def test_extensions_as_authenticators_write_them_pass(cast: Cast) -> None:
    """`credProtect` and `hmac-secret` come unasked from some keys."""
    agent, key = cast.claire.agent, Hostile()
    enrol(agent, key_maker := Authenticator())
    key.key, key.credential_id, key.handle = key_maker.key, key_maker.credential_id, key_maker.handle
    key.extensions = cbor2.dumps({"credProtect": 2, "hmac-secret": True, "minPinLength": 4})
    asked = passkey_proofs.options_to_sign_in()
    assert passkey_proofs.identify(asked.sealed, key.get(asked.json), browser=HERE).kind == "passkey"


@pytest.mark.parametrize(
    "value",
    [{"fmt": "packed", "attStmt": {"alg": -7, "sig": b"s" * 300, "x5c": [b"c" * 70_000]}}, [1.5, None, -3, "é"]],
)
def test_what_is_plain_is_taken_to_its_last_byte(value: object) -> None:
    written = cbor2.dumps(value)
    cbor.check(written)
    for cut in (written[:-1], written + b"\x00"):
        with pytest.raises((ValueError, IndexError)):
            cbor.check(cut)


def test_an_answer_without_authenticator_data_is_a_wrong_one(cast: Cast) -> None:
    asked = passkey_proofs.options_to_sign_in()
    answer = json.loads(Authenticator(handle=b"x").get(asked.json))
    for data in ("", "AA", None, 5):
        answer["response"]["authenticatorData"] = data
        with pytest.raises(PasskeyRefused):
            passkey_proofs.identify(asked.sealed, json.dumps(answer), browser=HERE)
