"""From a database address to Django's settings."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

KEPT_SECONDS = 600
PREPARED = {"yes": True, "no": False}


def database_settings(url: str) -> dict[str, dict[str, Any]]:
    """Return Django's `DATABASES` for `sqlite:///…` or `postgresql://…`; raises `ValueError` for anything else."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {"default": _sqlite(parts.path)}
    if parts.scheme in {"postgres", "postgresql"}:
        return {"default": _postgresql(url)}
    raise ValueError("DATABASE_URL must start with sqlite:/// or postgresql://")


def _sqlite(path: str) -> dict[str, Any]:
    name = path[1:]  # sqlite:///relative, sqlite:////absolute
    return {
        "ENGINE": "convergences.foundations.sqlite",
        "NAME": name or ":memory:",
        # Opening the file and its three PRAGMAs cost more than a query: one connection per thread, kept.
        "CONN_MAX_AGE": KEPT_SECONDS,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    options: dict[str, Any] = {
        "connect_timeout": "10",
        "application_name": "convergences",
        **dict(parse_qsl(parts.query)),
    }
    host = options.pop("host", parts.hostname or "")
    prepared = options.get("prepared_statements", "yes")
    if prepared not in PREPARED:
        raise ValueError("DATABASE_URL: prepared_statements is yes or no")
    return {
        "ENGINE": "convergences.foundations.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        # One connection per thread, kept, as for SQLite; a server that restarted must not fail one request for each.
        "CONN_MAX_AGE": KEPT_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**options, "prepared_statements": PREPARED[prepared]},
    }
