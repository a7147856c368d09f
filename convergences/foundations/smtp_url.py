"""Reading `EMAIL_URL`: `smtp://user:password@host:25?starttls=1`, `smtps://host:465?timeout=20`, `mailbox:`."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT = 20.0
PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Smtp:
    """The address of an SMTP server and how to speak to it."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    starttls: bool
    timeout: float


def is_mailbox(url: str) -> bool:
    """Say whether the mail goes to the demo's page."""
    return url == "mailbox:"


def smtp_of(url: str) -> Smtp:
    """Return the server that an address names; raises `ValueError`, in French, for anything else."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("attendu : smtp://…, smtps://… ou mailbox:")
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    unknown = set(options) - {"starttls", "timeout"}
    if unknown:
        raise ValueError(f"options inconnues : {', '.join(sorted(unknown))}")
    return Smtp(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=parts.scheme == "smtps",
        starttls=options.get("starttls", "") in {"1", "true", "yes"},
        timeout=float(options.get("timeout", TIMEOUT)),
    )
