"""Trying, for real, what the product leans on: database, mail, cache, clock, keys, files, workers."""

import datetime as dt
import os
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection

from convergences.audit import triggers
from convergences.audit.models import AuditEvent
from convergences.authentication import seeds
from convergences.authentication.models import Totp
from convergences.cli.answers import counted
from convergences.cli.schema import pending_migrations
from convergences.foundations import clock, delivery, heartbeats, keys
from convergences.foundations.mail_transports import SmtpTransport, Unreachable
from convergences.foundations.models import SigningKey
from convergences.foundations.sandbox import measures
from convergences.foundations.sealing import unseal
from convergences.foundations.smtp_url import is_mailbox, smtp_of
from convergences.protocols.oidc.queries import without_pkce
from convergences.protocols.saml import certificates, expiries

log = structlog.get_logger(__name__)

DRIFT = dt.timedelta(seconds=5)
LATE = dt.timedelta(minutes=5)
_MEASURES = {
    "limits": "limites de ressources",
    "no_privilege": "renoncement aux privilèges",
    "no_network": "réseau à part",
    "no_file": "Landlock (fichiers)",
    "few_calls": "filtre d’appels (seccomp)",
}


class Failed(Exception):  # noqa: N818 - the answer of a trial
    """A trial did not succeed; its text is the French sentence to show."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The outcome of one trial."""

    name: str
    succeeded: bool
    sentence: str


def trials() -> list[Trial]:
    """Try everything, each on its own, and return the outcomes."""
    return [_tried(name, attempt) for name, attempt in TRIALS.items()]


def _tried(name: str, attempt: Callable[[], str]) -> Trial:
    try:
        return Trial(name, succeeded=True, sentence=attempt())
    except Failed as failure:
        return Trial(name, succeeded=False, sentence=str(failure))
    except Exception as error:
        log.warning("doctor.trial_failed", trial=name, exc_info=True)
        first = (str(error).splitlines() or [""])[0]
        return Trial(name, succeeded=False, sentence=f"{type(error).__name__} : {first}")


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return f"{connection.display_name} {'.'.join(str(n) for n in connection.get_database_version())} répond."


def _schema() -> str:
    waiting = pending_migrations()
    if waiting:
        raise Failed("Des mises à jour attendent : lancez « convergences migrate ».")
    gone = triggers.missing(connection)
    if gone:
        raise Failed(f"Le journal n’est plus protégé, déclencheurs absents : {', '.join(gone)}.")
    return "La base est à jour, le journal est protégé."


def _mail() -> str:
    if is_mailbox(settings.EMAIL_URL):
        return "Les courriers restent sur la page de la démonstration."
    server = smtp_of(settings.EMAIL_URL)
    transport = SmtpTransport(server)
    try:
        transport.check()
    except Unreachable as failure:
        raise Failed(f"{server.host}:{server.port} ne répond pas comme attendu : {failure}") from failure
    finally:
        transport.close()
    return f"{server.host}:{server.port} répond."


def _outbox() -> str:
    dead, late = delivery.dead_letters().count(), delivery.waiting().filter(created_at__lt=clock.now() - LATE).count()
    if dead or late:
        raise Failed(f"{counted(dead, 'courrier abandonné')}, {late} en retard : « convergences outbox list ».")
    return "Aucun courrier n’est en retard."


def _cache() -> str:
    key, value = f"doctor-{secrets.token_hex(8)}", secrets.token_hex(8)
    cache.set(key, value, 10)
    found = cache.get(key)
    cache.delete(key)
    if found != value:
        raise Failed("Le cache n’a pas rendu ce qui lui était confié.")
    return "Le cache répond." if settings.CONFIGURATION.cache_url else "Cache en mémoire de chaque processus."


def _clock() -> str:
    if connection.vendor != "postgresql":
        return f"Il est {clock.now().astimezone(clock.PARIS):%H:%M:%S} à Paris."
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        [theirs] = cursor.fetchone() or [clock.now()]
    drift = abs(clock.now() - theirs)
    if drift > DRIFT:
        raise Failed(f"L’horloge s’écarte de {drift.total_seconds():.0f} s de celle de la base : réglez NTP.")
    return "L’horloge s’accorde avec celle de la base."


def _keys() -> str:
    missing = [
        algorithm for algorithm in keys.ALGORITHMS if not SigningKey.objects.filter(algorithm=algorithm).exists()
    ]
    if missing:
        raise Failed(f"Pas de clé de signature {', '.join(missing)} : lancez « convergences migrate ».")
    for key in keys.all_keys():
        try:
            unseal(key.sealed_private_jwk, use="signing-key")
        except InvalidToken as error:
            raise Failed(f"La clé {key.kid} ne s’ouvre pas : SECRET_KEY a changé sans SECRET_KEY_FALLBACKS.") from error
    return f"{len(keys.published_jwks()['keys'])} clés publiées, toutes s’ouvrent."


def _seeds() -> str:
    if not seeds.keys():
        if Totp.objects.exists():
            raise Failed("SECOND_FACTOR_KEY manque : les codes des applications ne peuvent plus être vérifiés.")
        return "Sans SECOND_FACTOR_KEY, les applications de codes ne sont pas proposées."
    found = seeds.survey()
    if found.unreadable:
        sentence = f"{counted(found.unreadable, 'application')} de codes sous une clé inconnue : remettez-la dans "
        raise Failed(f"{sentence}SECOND_FACTOR_KEY_FALLBACKS.")
    if found.former:
        return f"{found.former} encore sous une ancienne clé : « convergences key reseal-seeds » avant de la retirer."
    return f"{counted(found.present, 'application')} de codes, toutes sous la clé du jour."


def _saml() -> str:
    published = certificates.published()
    if not all(map(certificates.opens, published)):
        raise Failed("La clé de SAML ne s’ouvre pas : SECRET_KEY a changé sans SECRET_KEY_FALLBACKS.")
    found = expiries.soon()
    if found:
        first = found[0]
        named = f"{first.what} ({first.application or 'portail'}), le {first.at.astimezone(clock.PARIS):%d/%m/%Y}"
        raise Failed(f"{counted(len(found), 'échéance')} d’ici 30 jours : {named} ; « convergences saml expiries ».")
    return f"{counted(len(published), 'certificat publié')}, rien n’arrive à échéance."


def _openid() -> str:
    bare = without_pkce()
    if not bare:
        return "PKCE est exigée de toutes les applications."
    # Not a breakdown: what was connected before goes on as it was.
    return f"PKCE n’est pas exigée de : {', '.join(bare)}. Exigez-la (pkce: required) de celles qui l’emploient."


def _files() -> str:
    folder = settings.MEDIA_ROOT
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(b"doctor")
    except OSError as error:
        raise Failed(f"MEDIA_ROOT ({folder}) ne s’écrit pas depuis ce compte ({os.getuid()}).") from error
    return f"{folder} s’écrit."


def _foreign_files() -> str:
    missing = measures.missing()
    if "few_calls" in missing and "no_file" in missing:
        raise Failed(
            "Les fichiers reçus sont lus à part, mais ce système ne confine pas qui les lit : ni filtre d’appels "
            "(seccomp), ni Landlock. Autorisez l’un des deux, ou prenez un noyau plus récent (5.13)."
        )
    lacking = f" Sans : {', '.join(_MEASURES[name] for name in missing)}." if missing else ""
    return f"Lus à part, par un processus confiné.{lacking}"


def _workers() -> str:
    try:
        living = heartbeats.living()
        behind = AuditEvent.objects.filter(sequence__isnull=True, at__lt=clock.now() - LATE).count()
    except DatabaseError as error:
        raise Failed("La base ne dit pas si le travail de fond est fait.") from error
    if not living:
        raise Failed("Aucun travail de fond en cours : lancez « convergences worker ».")
    if behind:
        raise Failed(f"{behind} événements du journal attendent leur sceau depuis plus de 5 minutes.")
    return f"{counted(len(living), 'travailleur')} en vie."


TRIALS: dict[str, Callable[[], str]] = {
    "base": _database,
    "schéma": _schema,
    "courrier": _mail,
    "courriers en attente": _outbox,
    "cache": _cache,
    "horloge": _clock,
    "clés": _keys,
    "applications de codes": _seeds,
    "OpenID Connect": _openid,
    "SAML": _saml,
    "fichiers": _files,
    "fichiers reçus": _foreign_files,
    "travail de fond": _workers,
}
