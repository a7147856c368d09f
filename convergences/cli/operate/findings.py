"""What may be dangerous in the settings: a list of rules, each with its sentence and its remedy."""

import ipaddress
import math
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from convergences.foundations.smtp_url import is_mailbox, smtp_of

WIDEST = {4: 8, 6: 32}
LEAST_BITS = 120
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Level(StrEnum):
    """How bad it is."""

    DANGER = "danger"
    WARNING = "attention"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to set right."""

    level: Level
    code: str
    sentence: str


Rule = Callable[[Any], Iterator[Finding]]


def findings() -> list[Finding]:
    """Return what is unsafe in the settings of this installation, the worst first."""
    found = [finding for rule in RULES for finding in rule(settings.CONFIGURATION)]
    return sorted(found, key=lambda finding: finding.level != Level.DANGER)


def _is_local(url: str) -> bool:
    return (urlsplit(url).hostname or "") in LOOPBACK


def _address(said: Any) -> Iterator[Finding]:
    if not said.base_url.startswith("https://") and not _is_local(said.base_url):
        sentence = "BASE_URL n’est pas en https:// : mots de passe et cookies circuleraient en clair."
        yield Finding(Level.DANGER, "base_url_http", sentence)
    if "*" in said.allowed_hosts:
        sentence = "ALLOWED_HOSTS contient « * » : n’importe quel nom d’hôte serait accepté. Citez les vôtres."
        yield Finding(Level.DANGER, "any_host", sentence)


def _secrets(said: Any) -> Iterator[Finding]:
    for name, secret in [
        ("SECRET_KEY", said.secret_key),
        *[("SECRET_KEY_FALLBACKS", s) for s in said.secret_key_fallbacks],
    ]:
        if _bits(secret) < LEAST_BITS:
            sentence = f"{name} se devine : créez-en un avec « openssl rand -base64 48 »."
            yield Finding(Level.DANGER, "weak_secret", sentence)
    if said.secret_key in said.secret_key_fallbacks:
        yield Finding(Level.WARNING, "same_fallback", "SECRET_KEY figure aussi dans SECRET_KEY_FALLBACKS : retirez-le.")


def _second_factors(said: Any) -> Iterator[Finding]:
    key, former = said.second_factor_key, said.second_factor_key_fallbacks
    if not key:
        sentence = (
            "SECOND_FACTOR_KEY manque : les applications de codes ne sont pas proposées aux agents. "
            "Créez-en une avec « openssl rand -base64 48 »."
        )
        yield Finding(Level.WARNING, "no_second_factor_key", sentence)
    if {key, *former} & {said.secret_key, *said.secret_key_fallbacks}:
        sentence = "SECOND_FACTOR_KEY est aussi un SECRET_KEY : qui lit l’un ouvrirait tout. Créez-en une autre."
        yield Finding(Level.DANGER, "shared_second_factor_key", sentence)
    for name, secret in [("SECOND_FACTOR_KEY", key), *[("SECOND_FACTOR_KEY_FALLBACKS", each) for each in former]]:
        if secret and _bits(secret) < LEAST_BITS:
            sentence = f"{name} se devine : créez-en un avec « openssl rand -base64 48 »."
            yield Finding(Level.DANGER, "weak_second_factor_key", sentence)
    if key and key in former:
        sentence = "SECOND_FACTOR_KEY figure aussi dans SECOND_FACTOR_KEY_FALLBACKS : retirez-le."
        yield Finding(Level.WARNING, "same_second_factor_fallback", sentence)


def _demonstration(said: Any) -> Iterator[Finding]:
    if said.demo and not _is_local(said.base_url):
        sentence = "DEMO est actif : le courrier de tous se lit sur une page ouverte. À couper hors d’un essai."
        yield Finding(Level.DANGER, "demo", sentence)


def _mail(said: Any) -> Iterator[Finding]:
    if is_mailbox(said.email_url):
        if not said.demo:
            sentence = "EMAIL_URL vaut « mailbox: » : aucun courrier ne part, personne ne recevra de code."
            yield Finding(Level.DANGER, "no_mail", sentence)
        return
    server = smtp_of(said.email_url)
    if not (server.tls or server.starttls) and server.host not in LOOPBACK:
        level = Level.DANGER if server.user else Level.WARNING
        sentence = "EMAIL_URL n’est pas chiffré : les codes circuleraient en clair. Employez smtps:// ou ?starttls=1."
        yield Finding(level, "clear_mail", sentence)


def _proxies(said: Any) -> Iterator[Finding]:
    for network in [network for network in said.trusted_proxies if network != "unix"]:
        parsed = ipaddress.ip_network(network, strict=False)
        if parsed.prefixlen < WIDEST[parsed.version]:
            sentence = f"TRUSTED_PROXIES fait confiance à {network} : n’importe qui pourrait choisir son adresse IP."
            yield Finding(Level.DANGER, "wide_proxies", sentence)
    if said.base_url.startswith("https://") and not said.trusted_proxies:
        sentence = "TRUSTED_PROXIES est vide : derrière un relais HTTPS, le journal n’aurait que l’adresse du relais."
        yield Finding(Level.WARNING, "no_proxies", sentence)
    for network in said.outbound_networks:
        if network != "unix" and ipaddress.ip_network(network, strict=False).prefixlen < WIDEST[4]:
            sentence = f"OUTBOUND_NETWORKS ouvre {network} : une application pourrait faire visiter tout le réseau."
            yield Finding(Level.DANGER, "wide_outbound", sentence)


def _database(said: Any) -> Iterator[Finding]:
    if said.database_url.startswith("sqlite:"):
        path = Path(settings.DATABASES["default"]["NAME"])
        if path.exists() and path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            sentence = f"{path} se lit depuis tout compte de la machine : chmod 600."
            yield Finding(Level.DANGER, "readable_database", sentence)
        return
    parts = urlsplit(said.database_url)
    if parts.hostname and parts.hostname not in LOOPBACK and "sslmode=" not in parts.query:
        sentence = "DATABASE_URL ne demande pas de chiffrement : ajoutez ?sslmode=verify-full (ou require)."
        yield Finding(Level.WARNING, "clear_database", sentence)


def _files(_said: Any) -> Iterator[Finding]:
    for name, path in os.environ.items():
        if name.startswith("CONVERGENCES_") and name.endswith(("_FILE", "_CONFIG")):
            file = Path(path)
            if file.exists() and file.stat().st_mode & stat.S_IROTH:
                sentence = f"{path} ({name}) se lit depuis tout compte de la machine : chmod 600."
                yield Finding(Level.DANGER, "readable_secret", sentence)


def _names(_said: Any) -> Iterator[Finding]:
    for name in settings.UNKNOWN_VARIABLES:
        sentence = f"{name} n’est pas un réglage connu : faute de frappe ?"
        yield Finding(Level.WARNING, "unknown_variable", sentence)


def _examples(said: Any) -> Iterator[Finding]:
    names = ("support_email", "dpo_email", "accessibility_email", "email_from")
    left = [name.upper() for name in names if ".example" in getattr(said, name)]
    if left and not said.demo:
        sentence = f"Des adresses d’exemple sont restées : {', '.join(left)}."
        yield Finding(Level.WARNING, "examples", sentence)


def _metrics(said: Any) -> Iterator[Finding]:
    if said.metrics_token and _bits(said.metrics_token) < LEAST_BITS / 2:
        yield Finding(Level.WARNING, "weak_metrics_token", "METRICS_TOKEN se devine : prenez-en un plus long.")


RULES: tuple[Rule, ...] = (
    _address,
    _secrets,
    _second_factors,
    _demonstration,
    _mail,
    _proxies,
    _database,
    _files,
    _names,
    _examples,
    _metrics,
)


def _bits(secret: str) -> float:
    """Estimate how hard a secret is to guess: its length times the variety of its characters (Shannon)."""
    counts = Counter(secret)
    size = len(secret)
    return -size * sum(count / size * math.log2(count / size) for count in counts.values()) if size else 0.0
