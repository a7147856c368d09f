"""What an authenticator answers, checked (WebAuthn 2, 7.1 and 7.2). No query here: bytes in, facts out.

The library `webauthn` does the reading and the cryptography. Added here: a bound on what is read, CBOR looked at
before it is read (`cbor`), keys judged before they are kept, no answer from a frame of another site, and the counter
left to the caller, who must not believe it before the signature (the library looks at it first).
"""

import json
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_attestation_object,
    parse_cbor,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import AuthenticatorTransport, CredentialDeviceType

from convergences.authentication import cbor, relying_party

ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
LONGEST_ANSWER = 20_000
LONGEST_ID = 1023  # bytes (WebAuthn 2, 4, Credential ID)
SHORTEST_ID = 16
RSA_BITS = range(2048, 4097)
RSA_EXPONENT_BITS = 32
# Asked for « none »: what comes back is no statement, or one that the key makes of itself (7.1, 5.1.3).
ATTESTATIONS = ("none", "packed")


class BadAnswer(Exception):  # noqa: N818 - somebody else's doing
    """The answer is not one that our page, this challenge and this key could have brought. Why stays with us."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was read, and nothing more."""

    fields: dict[str, Any]
    credential_id: str
    user_handle: bytes | None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A new key, as its authenticator describes it."""

    credential_id: str
    public_key: bytes
    sign_count: int
    user_verified: bool
    synced: bool
    transports: list[str]
    discoverable: bool


@dataclass(frozen=True, slots=True)
class Asserted:
    """What a key has signed: its counter, whether its holder was verified, whether it may be copied (flag BE)."""

    sign_count: int
    user_verified: bool
    synced: bool


def read(text: str) -> Answer:
    """Return the answer that a page sent; raises `BadAnswer` when it is no JSON, too long, or not made as one."""
    if len(text) > LONGEST_ANSWER:
        raise BadAnswer
    try:
        fields = json.loads(text)
        credential_id, response = fields["id"], fields["response"]
        handle = response.get("userHandle")
        user_handle = base64url_to_bytes(handle) if isinstance(handle, str) else None
        same = bytes_to_base64url(base64url_to_bytes(credential_id)) == credential_id
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadAnswer from error
    if not same or not isinstance(fields, dict):
        raise BadAnswer
    return Answer(fields, credential_id, user_handle)


def enrolled(answer: Answer, *, challenge: bytes) -> Enrolled:
    """Check the answer to a creation (7.1); raises `BadAnswer`."""
    try:
        _refuse_frames(answer)
        attestation = parse_attestation_object(_plain_attestation(answer))
        if attestation.fmt not in ATTESTATIONS or attestation.att_stmt.x5c:
            raise BadAnswer
        checked = verify_registration_response(
            credential=answer.fields,
            expected_challenge=challenge,
            expected_rp_id=relying_party.rp_id(),
            expected_origin=relying_party.origin(),
            require_user_presence=True,
            supported_pub_key_algs=ALGORITHMS,
        )
        _judge_key(checked.credential_public_key)
    except Exception as error:  # the library lets errors of every kind through on hostile bytes
        raise BadAnswer from error
    kept = bytes_to_base64url(checked.credential_id)
    if kept != answer.credential_id or not SHORTEST_ID <= len(checked.credential_id) <= LONGEST_ID:
        raise BadAnswer
    return Enrolled(
        credential_id=kept,
        public_key=checked.credential_public_key,
        sign_count=checked.sign_count,
        user_verified=checked.user_verified,
        synced=checked.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
        transports=_transports(answer.fields["response"].get("transports")),
        discoverable=_is_discoverable(answer.fields.get("clientExtensionResults")),
    )


def asserted(answer: Answer, *, challenge: bytes, public_key: bytes, verified: bool) -> Asserted:
    """Check the answer to a request (7.2) but for its counter; `verified` asks that its holder was. Or `BadAnswer`."""
    try:
        _refuse_frames(answer)
        cbor.check_authenticator_data(base64url_to_bytes(answer.fields["response"]["authenticatorData"]))
        checked = verify_authentication_response(
            credential=answer.fields,
            expected_challenge=challenge,
            expected_rp_id=relying_party.rp_id(),
            expected_origin=relying_party.origin(),
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=verified,
        )
    except Exception as error:  # the library lets errors of every kind through on hostile bytes
        raise BadAnswer from error
    return Asserted(
        sign_count=checked.new_sign_count,
        user_verified=checked.user_verified,
        synced=checked.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
    )


def _plain_attestation(answer: Answer) -> bytes:
    """Return what the authenticator says of a new key, once it is seen to be nothing but plain CBOR."""
    written = base64url_to_bytes(answer.fields["response"]["attestationObject"])
    cbor.check(written)
    cbor.check_authenticator_data(parse_cbor(written)["authData"])
    return written


def _refuse_frames(answer: Answer) -> None:
    """Refuse an answer given to our page inside another site's (7.1, step 10): a click may have been stolen there."""
    client_data = json.loads(base64url_to_bytes(answer.fields["response"]["clientDataJSON"]))
    if client_data.get("crossOrigin") or client_data.get("topOrigin"):
        raise BadAnswer


def _judge_key(cose: bytes) -> None:
    """Refuse a key that its algorithm does not go with: what cannot be checked later must not be kept."""
    decoded = decode_credential_public_key(cose)
    key = decoded_public_key_to_cryptography(decoded)
    if isinstance(key, EllipticCurvePublicKey):
        good = decoded.alg == COSEAlgorithmIdentifier.ECDSA_SHA_256 and isinstance(key.curve, SECP256R1)
    elif isinstance(key, Ed25519PublicKey):
        good = decoded.alg == COSEAlgorithmIdentifier.EDDSA
    elif isinstance(key, RSAPublicKey):
        small = key.public_numbers().e.bit_length() <= RSA_EXPONENT_BITS
        good = decoded.alg == COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256 and key.key_size in RSA_BITS and small
    else:
        good = False
    if not good:
        raise BadAnswer


def _transports(given: object) -> list[str]:
    known = {transport.value for transport in AuthenticatorTransport}
    return (
        sorted({word for word in given if isinstance(word, str) and word in known}) if isinstance(given, list) else []
    )


def _is_discoverable(extensions: object) -> bool:
    properties = extensions.get("credProps") if isinstance(extensions, dict) else None
    return isinstance(properties, dict) and properties.get("rk") is True
