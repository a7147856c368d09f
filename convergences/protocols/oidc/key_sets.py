"""The public keys of a client: by value in its description, or as it publishes them (RFC 7517; RFC 7591, section 2)."""

from typing import Any

from convergences.protocols.oidc import jose
from convergences.protocols.oidc.jose import NotValid

MANY_KEYS = 10
MANY_PUBLISHED = 30
LONGEST_KID = 200
_NAMES = frozenset({"kty", "kid", "use", "alg", "crv", "x", "y", "n", "e"})
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def problem(value: object) -> str:
    """Return why these keys may not be registered, in French, or nothing when they may."""
    if not isinstance(value, dict) or not isinstance(value.get("keys"), list):
        return "donnez un jeu de clés : un objet dont « keys » est une liste"
    found: list[Any] = value["keys"]
    if not 0 < len(found) <= MANY_KEYS:
        return f"donnez de une à {MANY_KEYS} clés"
    if problems := [said for key in found if (said := problem_of(key))]:
        return problems[0]
    names = [key.get("kid") for key in found]
    if len(found) > 1 and (None in names or len(set(names)) != len(names)):
        return "chaque clé porte un « kid » qui n’est que le sien"
    return ""


def problem_of(key: object) -> str:
    """Return why this is no public key that signs by an algorithm we read, in French, or nothing."""
    if not isinstance(key, dict):
        return "une clé est un objet"
    if _PRIVATE & set(key):
        return "une clé privée n’a rien à faire ici : donnez la clé publique, et remplacez celle-ci"
    kid = key.get("kid")
    if kid is not None and (not isinstance(kid, str) or not kid.isprintable() or not 0 < len(kid) <= LONGEST_KID):
        return f"un « kid » est un texte de {LONGEST_KID} caractères au plus"
    if key.get("use", "sig") != "sig" or key.get("alg", "ES256") not in jose.THEIRS or not jose.accepts(key):
        return f"une clé signe par l’un de {', '.join(jose.THEIRS)}"
    try:
        jose.imported(key)
    except NotValid:
        return f"une clé est illisible, ou ne compte pas de {jose.SHORTEST_RSA} à {jose.LONGEST_RSA} bits"
    return ""


def usable(content: object) -> dict[str, Any] | None:
    """Return, of what an application publishes, the keys that may sign; None when it is no set of keys.

    Unlike a set in a description, one that is published is for others too: keys that are not for us are left aside.
    """
    found = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(found, list) or len(found) > MANY_PUBLISHED:
        return None
    fit = [key for key in found if not problem_of(key)]
    return {"keys": [{name: value for name, value in key.items() if name in _NAMES} for key in fit]}


def verify(token: str, key_set: dict[str, Any]) -> dict[str, Any]:
    """Return the claims of a token that a key of this set signed; raises `NotValid`.

    The header's `kid` chooses among these keys, compared to the letter; without one there must be no choice. Its `alg`
    must be one that we read and that the key is for. A header that brings or names a key elsewhere is refused, not
    ignored: no honest client of ours sends one.
    """
    algorithm, kid = named(token)
    chosen = chosen_by(kid, key_set)
    if len(chosen) != 1 or chosen[0].get("alg", algorithm) != algorithm:
        raise NotValid("key")
    return jose.verify(token, chosen[0], algorithm=algorithm)


def named(token: str) -> tuple[str, object]:
    """Return the algorithm and the key that a token names; raises `NotValid` for what no client of ours would send."""
    header = jose.header_of(token)
    if jose.BRINGS_A_KEY & set(header):
        raise NotValid("header")
    algorithm = header.get("alg")
    if algorithm not in jose.THEIRS:
        raise NotValid("algorithm")
    return str(algorithm), header.get("kid")


def chosen_by(kid: object, key_set: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the keys of a set that a token may mean by this name, or by none."""
    known: list[dict[str, Any]] = key_set.get("keys", [])
    return [key for key in known if kid is None or key.get("kid") == kid]
