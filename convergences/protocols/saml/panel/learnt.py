"""What was read of an application's description, in words, and what of it will soon be wrong."""

import datetime as dt
from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from convergences.foundations import clock
from convergences.foundations.text import french
from convergences.protocols.saml import names
from convergences.protocols.saml.errors import BadMessage
from convergences.protocols.saml.metadata_in import Described, bounded, parsed_instant
from convergences.protocols.saml.models import ServiceProvider
from convergences.protocols.saml.panel import words
from convergences.web.panels.facts import About, Fact
from convergences.web.wording.dates import day

SOON = dt.timedelta(days=60)
# Many publish for a week, and renew at their address: what is not renewed in time is seen a day before.
RENEWED = dt.timedelta(days=1)
_USES = (("signing", "Certificat de signature"), ("encryption", "Certificat de chiffrement"))


def about(provider: ServiceProvider) -> About:
    """Return what is known of an application that is registered."""
    described = Described.of(provider.described)
    facts = list(facts_of(described))
    if provider.metadata_url:
        facts.append(Fact("Relue toutes les six heures à", provider.metadata_url))
    facts.append(Fact("Lue le", day(clock.day_of(provider.read_at))))
    renewed = bool(provider.metadata_url and not provider.read_error)
    found = list(warnings_of(described, encrypted=provider.encrypted_assertions, renewed=renewed))
    if provider.read_error:
        said = f"La description n'a pas été renouvelée ; l'ancienne sert jusqu'à sa fin : {provider.read_error}"
        found.insert(0, french(said))
    return About(tuple(facts), tuple(found))


def facts_of(described: Described) -> Iterator[Fact]:
    """Yield what a description says: who, where to answer, how to sign out, with which certificates."""
    yield Fact("Son nom (entityID)", described.entity_id)
    for one in described.consumers:
        main = " (principale)" if one.default and len(described.consumers) > 1 else ""
        yield Fact(f"Adresse de retour{main}", one.location)
    for one in described.logouts:
        yield Fact(f"Déconnexion {words.BINDINGS[one.binding]}", one.location)
    for name, label in _USES:
        for each in getattr(described, name):
            yield Fact(label, said_of(each))
    if described.signs_requests:
        yield Fact("Ses demandes", "Signées")
    if described.valid_until:
        yield Fact("Valable jusqu’au", _until(described))


def to_watch() -> frozenset[int]:
    """Return the applications with something that is, or will soon be, out of date, or that is no longer read."""
    found = set()
    for provider in ServiceProvider.objects.only("application_id", "described", "metadata_url", "read_error"):
        renewed = bool(provider.metadata_url and not provider.read_error)
        dated = _out_of_date(Described.of(provider.described), renewed=renewed)
        if provider.read_error or next(dated, ""):
            found.add(provider.application_id)
    return frozenset(found)


def warnings_of(described: Described, *, encrypted: bool, renewed: bool = False) -> Iterator[str]:
    """Yield what an engineer should look after, the most pressing first; `renewed`: it is read at its address."""
    yield from _out_of_date(described, renewed=renewed)
    if encrypted and not described.encryption:
        said = "Elle ne publie pas de clé de chiffrement : le navigateur de l'agent peut lire ce qui est dit de lui."
        yield french(said)
    if not any(one.binding == names.SOAP for one in described.logouts):
        yield french("Elle ne peut pas être prévenue de serveur à serveur : un droit retiré y prend effet en trente "
                     "minutes au plus, si elle respecte la durée que nous lui donnons.")  # fmt: skip


def _out_of_date(described: Described, *, renewed: bool) -> Iterator[str]:
    now = clock.now()
    for name, label in _USES:
        for each in getattr(described, name):
            expires = certificate(each).not_valid_after_utc
            if expires <= now:
                yield french(f"{label} : expiré depuis le {day(clock.day_of(expires))}. Demandez-en un autre.")
            elif expires <= now + SOON:
                yield french(f"{label} : expire le {day(clock.day_of(expires))}. Préparez son remplacement.")
    until = _instant(described)
    if until is not None and until <= now + (RENEWED if renewed else SOON):
        over = "n'est plus valable depuis" if until <= now else "n'est valable que jusqu'"
        said = f"{over} le {_until(described)}" if until <= now else f"{over}au {_until(described)}"
        shut = "Personne n'entre plus. " if until <= now else "Ensuite, plus personne n'entrera. "
        yield french(f"La description {said}. {shut}Remplacez-la, ou donnez l'adresse où elle est tenue à jour.")


def certificate(pem: str) -> x509.Certificate:
    """Return a certificate that was read already."""
    return x509.load_pem_x509_certificate(pem.encode())


def bare(pem: str) -> str:
    """Return a certificate without the lines of PEM."""
    return "".join(line for line in pem.splitlines() if not line.startswith("-----"))


def fingerprint(pem: str) -> str:
    """Return the SHA-256 of a certificate, as engineers compare it."""
    return certificate(pem).fingerprint(hashes.SHA256()).hex(":").upper()


def said_of(pem: str) -> str:
    """Return a certificate in words: until when, and its fingerprint."""
    expires = bounded(certificate(pem).not_valid_after_utc)
    word = "Expiré depuis le" if expires <= clock.now() else "Jusqu’au"
    return f"{word} {day(clock.day_of(expires))}\nSHA-256 {fingerprint(pem)}"


def _instant(described: Described) -> dt.datetime | None:
    try:
        return parsed_instant(described.valid_until) if described.valid_until else None
    except BadMessage:
        return None


def _until(described: Described) -> str:
    until = _instant(described)
    return day(clock.day_of(until)) if until is not None else described.valid_until
