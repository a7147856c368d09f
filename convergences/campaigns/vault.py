"""Where files that hold codes are kept: sealed, under names that say nothing, as long as they serve."""

import datetime as dt
import uuid
import zlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from convergences.foundations import clock
from convergences.foundations.sealing import seal_bytes, unseal_bytes

FOLDER = "letters"
_USE = "campaigns/letters"
_QUICK = 1  # the tags of a document are nine tenths of it, and any compression removes them


def keep(content: bytes) -> str:
    """Write a file and return its name, which nobody can guess."""
    sealed = seal_bytes(zlib.compress(content, _QUICK), use=_USE)
    return default_storage.save(f"{FOLDER}/{uuid.uuid4()}.sealed", ContentFile(sealed))


def read(name: str) -> bytes:
    """Return what was kept; raises `FileNotFoundError`, or `InvalidToken` when it was altered."""
    with default_storage.open(name, "rb") as file:
        return zlib.decompress(unseal_bytes(file.read(), use=_USE))


def remove(name: str) -> None:
    """Remove a file; nothing when it has gone already."""
    default_storage.delete(name)


def names() -> list[str]:
    """Return the names of all files kept."""
    if not default_storage.exists(FOLDER):
        return []
    return [f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]]


def age(name: str) -> dt.timedelta:
    """Return how long ago a file was written."""
    return clock.now() - default_storage.get_modified_time(name)
