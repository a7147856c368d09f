"""Logs: one line per event, JSON for machines or coloured for people, never a secret.

Whatever a library writes goes through the same sieve: names that sound like a secret, values that look like one, and
every query string are masked, in messages and in tracebacks.
"""

import json
import logging
import logging.config
import re
import sys
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any, TextIO

import structlog
from structlog.types import Processor

MASKED = "[masqué]"
_DEPTH = 6

_SECRET_NAME = re.compile(
    r"passw|passe\b|pwd|secret|token|jeton|authorization|cookie|credential|assertion|private|api_?key"
    r"|(?:^|_)(?:code|otp|pin|ticket|dsn|csrf\w*|verifier|hash|digest)$",
    re.IGNORECASE,
)
_HARMLESS_NAMES = frozenset({"status_code", "exit_code", "error_code", "token_type", "token_endpoint_auth_method"})

_WORDS = (
    r"password|passwd|pwd|mot_de_passe|secret|client_secret|secret_key|\w*token|id_token_hint|code|code_verifier"
    r"|client_assertion|samlresponse|samlrequest|ticket|otp|api_?key|csrf\w*|session|sessionid"
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), MASKED),
    (re.compile(r"\b(?:authorization|(?:set-)?cookie|x-api-key)['\"]?\s*[:=]\s*[^\r\n]+", re.IGNORECASE), MASKED),
    (re.compile(r"\b(bearer|basic|dpop)\s+[\w.~+/=-]{6,}", re.IGNORECASE), rf"\1 {MASKED}"),
    (re.compile(r"(\w+://)[^\s/@'\"]+@"), rf"\1{MASKED}@"),
    # A query string whole: whatever its names, a code, a token or somebody's address may be in it.
    (re.compile(r"((?:\w+://|/)[^\s?'\"<>]*)\?[^\s'\"<>]+"), r"\1?…"),
    (
        re.compile(
            rf"(?<![\w-])['\"]?(?:{_WORDS})['\"]?\s*[:=]\s*(?:b?'[^']*'|\"[^\"]*\"|[^\s,;&)}}\]]+)", re.IGNORECASE
        ),
        MASKED,
    ),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.?[\w.-]*"), MASKED),
    # A link of a single mail is a secret in a path: long, and no UUID.
    (re.compile(r"/(?![0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-)[A-Za-z0-9_-]{32,}(?=[/\s'\"?]|$)"), f"/{MASKED}"),
)
# What every pattern needs somewhere: most words of most lines are spared the rest.
_SUSPECT = re.compile(r"[=:?@]|/[\w-]{32}|eyJ|-----|bearer|basic|dpop", re.IGNORECASE)
_OURS = frozenset({"timestamp", "level", "logger"})
# What a terminal would obey, or would show in another order: a path may hold anything.
_ORDERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_LINES = frozenset({"exception", "stack"})


class StandardError(logging.StreamHandler[TextIO]):
    """Writes where standard error is at that moment: output is for a command's answer, which may be JSON."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:
        """Return the standard error of now."""
        return sys.stderr

    @stream.setter
    def stream(self, _value: TextIO) -> None:
        raise AttributeError("standard error is not chosen here")


def clean(value: Any, depth: int = 0) -> Any:
    """Return the value without what looks like a secret; nested too deep, it is masked whole."""
    if isinstance(value, str):
        if _SUSPECT.search(value):
            for pattern, replacement in _PATTERNS:
                value = pattern.sub(replacement, value)
        return value
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if depth >= _DEPTH or isinstance(value, (bytes, bytearray, memoryview)):
        return MASKED
    if isinstance(value, Mapping):
        return {str(name): _named(str(name), item, depth + 1) for name, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [clean(item, depth + 1) for item in value]
    return clean(str(value), depth + 1)


def sieve(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take secrets out of an event: the last word before it is written."""
    return {name: item if name in _OURS else _named(name, item, 0) for name, item in event.items()}


def tame(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Write what a terminal would obey as `\\x1b`: a line stays one line, and colours nothing."""
    return {name: _tamed(name, item) if isinstance(item, str) else item for name, item in event.items()}


def _tamed(name: str, said: str) -> str:
    kept = "\n" if name in _LINES else ""
    return _ORDERS.sub(lambda found: found[0] if found[0] == kept else found[0].encode("unicode_escape").decode(), said)


class Line(structlog.stdlib.ProcessorFormatter):
    """Writes a line of ours without the copies that others' lines are given first: one is written at each request."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of an event."""
        if not hasattr(record, "_logger"):  # another's than structlog's
            return super().format(record)
        said: Any = {**record.msg, "_record": record, "_from_structlog": True}  # type: ignore[dict-item]  # an event
        for process in self.processors:
            said = process(None, record.levelname, said)
        return str(said)


def _encoded(event: Any, **_given: Any) -> str:
    return _ENCODER.encode(event)


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)


def dict_config(log_format: str) -> dict[str, Any]:
    """Return the standard library's configuration: everything on standard error, through the sieve."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "house": {
                "()": Line,
                "foreign_pre_chain": _before(),
                "processors": _writing(log_format),
            }
        },
        "handlers": {"error": {"()": StandardError, "formatter": "house"}},
        "root": {"handlers": ["error"], "level": "INFO"},
        "loggers": {
            "_granian": {"handlers": [], "propagate": True, "level": "WARNING"},
            "granian.access": {"handlers": [], "propagate": False},  # the house says it itself, without query strings
            "django.server": {"handlers": [], "propagate": False},
            "django.request": {"level": "ERROR"},  # a 404 is an answer: the line of the request tells it
            "django.security.DisallowedHost": {"level": "CRITICAL"},  # anybody may send one: the line of the request
            "django.db.backends": {"level": "WARNING"},  # statements hold what people typed
            "django_tasks": {"level": "INFO"},
            "django_tasks_db": {"level": "WARNING"},
            "PIL": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
        },
    }


def configure(config: dict[str, Any]) -> None:
    """Configure both the standard library and structlog; Django calls it with `settings.LOGGING`."""
    logging.config.dictConfig(config)
    # No line of ours names a thread, a process or the place of its call, which is looked for through the whole stack.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # noqa: SLF001 - as the manual of `logging` has it, « Optimization »
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_before(),
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _named(name: str, value: Any, depth: int) -> Any:
    if value and not isinstance(value, bool) and _sounds_secret(name):
        return MASKED
    return clean(value, depth)


@lru_cache(maxsize=512)
def _sounds_secret(name: str) -> bool:
    """The same few names come at each line."""
    return name not in _HARMLESS_NAMES and bool(_SECRET_NAME.search(name))


def _before() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _writing(log_format: str) -> list[Processor]:
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    # Plain tracebacks: the pretty ones show the value of every variable.
    if log_format == "json":
        rendering: list[Processor] = [structlog.processors.JSONRenderer(serializer=_encoded)]
    else:
        plain = structlog.dev.plain_traceback
        rendering = [tame, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    return [remove, structlog.processors.format_exc_info, sieve, *rendering]
