"""An authenticator in software: it makes keys and answers as a browser brings its answers, and lies where a test asks.

Written from WebAuthn 2 (6.1 authenticator data, 6.5 attestation, 5.8.1 client data) and RFC 9053 (keys): nothing of the
library that checks it is used, but its encoder of CBOR.
"""

import base64
import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN, RP_ID = "http://testserver", "testserver"
UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40
ES256, EDDSA, RS256 = -7, -8, -257
Private = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def b64(raw: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Return the bytes of base64url."""
    return base64.urlsafe_b64decode(text + "==")


def new_key(algorithm: int) -> Private:
    """Return a private key for a COSE algorithm."""
    if algorithm == ES256:
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm == EDDSA:
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def cose(key: Private, algorithm: int) -> dict[int, Any]:
    """Return the public key as COSE."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return {1: 1, 3: algorithm, -1: 6, -2: key.public_key().public_bytes_raw()}
    if isinstance(key, ec.EllipticCurvePrivateKey):
        point = key.public_key().public_numbers()
        curve = {"secp256r1": 1, "secp384r1": 2}[key.curve.name]
        size = key.key_size // 8
        return {1: 2, 3: algorithm, -1: curve, -2: point.x.to_bytes(size, "big"), -3: point.y.to_bytes(size, "big")}
    numbers = key.public_key().public_numbers()
    n, e = (value.to_bytes((value.bit_length() + 7) // 8, "big") for value in (numbers.n, numbers.e))
    return {1: 3, 3: algorithm, -1: n, -2: e}


def sign(key: Private, data: bytes) -> bytes:
    """Return the signature that the key's usual algorithm makes."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(SHA256()))
    return key.sign(data, padding.PKCS1v15(), SHA256())


@dataclass
class Authenticator:
    """One key, and what its holder and its browser are. Change a field to make it lie."""

    algorithm: int = ES256
    flags: int = UP | UV
    counter: int = 0
    steps: int = 1
    origin: str = ORIGIN
    rp_id: str = RP_ID
    more: dict[str, Any] = field(default_factory=lambda: {"crossOrigin": False})
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: Private = field(init=False)
    handle: bytes = b""

    def __post_init__(self) -> None:
        self.key = new_key(self.algorithm)

    def create(self, options: str, **lies: Any) -> str:
        """Answer a creation. Lies: `public`, `fmt`, `statement`, `type`, `challenge`, `extra`."""
        asked = json.loads(options)
        self.handle = unb64(asked["user"]["id"])
        public = cbor2.dumps(lies.get("public", cose(self.key, self.algorithm)))
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + public
        data = self._data(self.flags | AT) + attested + lies.get("extra", b"")
        statement = {"fmt": lies.get("fmt", "none"), "attStmt": lies.get("statement", {}), "authData": data}
        client = self._client(lies.get("type", "webauthn.create"), lies.get("challenge", asked["challenge"]))
        response = {
            "clientDataJSON": b64(client),
            "attestationObject": b64(cbor2.dumps(statement)),
            "transports": ["internal", "hybrid", "telepathy"],
        }
        return self._answer(response, clientExtensionResults={"credProps": {"rk": True}})

    def get(self, options: str, **lies: Any) -> str:
        """Answer a request. Lies: `signature`, `type`, `challenge`, `handle` (None: not said)."""
        asked = json.loads(options)
        self.counter += self.steps
        client = self._client(lies.get("type", "webauthn.get"), lies.get("challenge", asked["challenge"]))
        data = self._data(self.flags)
        signed = sign(self.key, data + hashlib.sha256(client).digest())
        handle = lies.get("handle", self.handle)
        response = {
            "clientDataJSON": b64(client),
            "authenticatorData": b64(data),
            "signature": b64(lies.get("signature", signed)),
            "userHandle": b64(handle) if handle else None,
        }
        return self._answer(response)

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + struct.pack(">BI", flags, self.counter)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, **self.more}).encode()

    def _answer(self, response: dict[str, Any], **more: Any) -> str:
        name = b64(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response, **more})


def self_attested(authenticator: Authenticator, options: str) -> str:
    """Answer a creation with a statement that the new key signs itself (WebAuthn 2, 8.2)."""
    answer = json.loads(authenticator.create(options))
    made = cbor2.loads(unb64(answer["response"]["attestationObject"]))
    client = hashlib.sha256(unb64(answer["response"]["clientDataJSON"])).digest()
    signature = sign(authenticator.key, made["authData"] + client)
    made |= {"fmt": "packed", "attStmt": {"alg": authenticator.algorithm, "sig": signature}}
    answer["response"]["attestationObject"] = b64(cbor2.dumps(made))
    return json.dumps(answer)
