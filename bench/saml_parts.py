"""What `bench.saml` measures: a response as the product writes it, for an agent who is nowhere in a table."""

import datetime as dt
from dataclasses import dataclass
from functools import partial
from unittest import mock

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from convergences.authentication.models import Session
from convergences.foundations import clock
from convergences.protocols.saml import bindings, certificates, names, responses
from convergences.protocols.saml.metadata_in import Described, Endpoint
from convergences.protocols.saml.models import ServiceProvider
from convergences.protocols.saml.naming import USUAL, Attribute, Name

CONSUMER = "https://bench.example/acs"


@dataclass(frozen=True)
class Parts:
    """A key of ours, and two applications: one reads what is signed, the other what is encrypted too."""

    signer: certificates.Signer
    signed: responses.Told
    hidden: responses.Told

    @classmethod
    def of(cls, size: int) -> "Parts":
        """Return parts whose key has so many bits."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=size)
        now = clock.now()
        made = certificates._certificate(key, now, now + dt.timedelta(days=1))  # noqa: SLF001 - the product's own
        certificate = made.public_bytes(serialization.Encoding.PEM).decode()
        return cls(certificates.Signer(key, certificate), _told(()), _told((certificate,)))

    def bare(self) -> object:
        """Sign as many bytes as a SignedInfo has."""
        return self.signer.key.sign(b"x" * 800, padding.PKCS1v15(), hashes.SHA256())

    def response(self) -> dict[str, str]:
        """Write, sign twice, and encode."""
        return self._written(self.signed)

    def encrypted(self) -> dict[str, str]:
        """Write, sign twice, encrypt between, and encode."""
        return self._written(self.hidden)

    def _written(self, told: responses.Told) -> dict[str, str]:
        with mock.patch.object(certificates, "signer", partial(lambda held: held, self.signer)):
            return bindings.to_form("SAMLResponse", responses.success(told), "/deep")


def _told(encryption: tuple[str, ...]) -> responses.Told:
    described = Described("https://bench.example/", (Endpoint(names.POST, CONSUMER),), encryption=encryption)
    now = clock.now()
    return responses.Told(
        provider=ServiceProvider(entity_id=described.entity_id, described=described.kept()),
        consumer=CONSUMER,
        name=Name(names.PERSISTENT, "a" * 64),
        attributes=[Attribute(name, friendly, ("Ville de Pantin",)) for name, friendly in USUAL.items()],
        session=Session(authenticated_at=now, expires_at=now + dt.timedelta(hours=10)),
        session_index="_index",
        context=names.PASSWORD,
        request_id="_asked",
    )
