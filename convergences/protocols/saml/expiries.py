"""What will soon be out of date: our certificates, applications' documents and certificates."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography import x509

from convergences.foundations import clock
from convergences.protocols.saml import certificates
from convergences.protocols.saml.metadata_in import Described
from convergences.protocols.saml.models import ServiceProvider

SOON = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Expiry:
    """Something that is, or will soon be, out of date; `application` is a slug, or empty for ours."""

    application: str
    what: str
    at: dt.datetime


def soon(within: dt.timedelta = SOON) -> list[Expiry]:
    """Return what is out of date within this time, or already, the first first."""
    limit = clock.now() + within
    return sorted((one for one in _all() if one.at <= limit), key=lambda one: (one.at, one.application))


def _all() -> Iterator[Expiry]:
    last = max(certificates.published(), key=lambda row: row.signs_from, default=None)
    if last is not None:  # the others leave when this one signs
        yield Expiry("", "certificat du portail", last.expires_at)
    for provider in ServiceProvider.objects.select_related("application"):
        slug, described = provider.application.slug, Described.of(provider.described)
        # One that is read at its address may live for a week only: it is watched when it is no longer renewed.
        if provider.expires_at is not None and (provider.read_error or not provider.metadata_url):
            yield Expiry(slug, "description", provider.expires_at)
        for what, held in (("signature", described.signing), ("chiffrement", described.encryption)):
            if held:  # a rollover publishes two: the one that lasts longest counts
                yield Expiry(slug, f"certificat de {what}", max(map(_end_of, held)))


def _end_of(certificate: str) -> dt.datetime:
    return x509.load_pem_x509_certificate(certificate.encode()).not_valid_after_utc
