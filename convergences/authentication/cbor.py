"""What authenticators write in CBOR, looked at before a library reads it: no tag, four levels at most, known lengths.

Authenticators write nothing else (CTAP 2.1, section 8). A tag names an object to be made of what follows, of which one
is a regular expression: ten thousand bytes of it take ten seconds to compile, and anybody may send them to the page of
connexion. Errors here are `ValueError` and `IndexError`.
"""

DEPTH = 4
_HEAD = 37  # the name's digest, flags, counter (WebAuthn 2, section 6.1)
_FLAGS, _KEY, _EXTENSIONS = 32, 0x40, 0x80
_ID_LENGTH = slice(_HEAD + 16, _HEAD + 18)
_BYTES, _TEXT, _LIST, _MAP, _TAG = 2, 3, 4, 5, 6
_IN_HEAD, _LONGEST_HEAD = 24, 27


def check(data: bytes) -> None:
    """Refuse what is not one plain item, and nothing after it."""
    if _after(data, 0) != len(data):
        raise ValueError("something follows")


def check_authenticator_data(data: bytes) -> None:
    """Refuse authenticator data whose key or extensions are no plain items, or which say more than their flags."""
    flags, at = data[_FLAGS], _HEAD
    if flags & _KEY:
        at = _after(data, _ID_LENGTH.stop + int.from_bytes(data[_ID_LENGTH], "big"))
    if flags & _EXTENSIONS:
        at = _after(data, at)
    if at != len(data):
        raise ValueError("something follows")


def _after(data: bytes, at: int, depth: int = 0) -> int:
    """Return where the item that begins here ends."""
    kind, number, at = _head(data, at)
    if kind == _TAG or depth > DEPTH:
        raise ValueError("a tag, or too deep")
    if kind in (_BYTES, _TEXT):
        at += number
    elif kind in (_LIST, _MAP):
        inside = number * 2 if kind == _MAP else number
        if inside > len(data) - at:  # each takes a byte at least
            raise ValueError("more items than bytes")
        for _ in range(inside):
            at = _after(data, at, depth + 1)
    if at > len(data):
        raise ValueError("too short")
    return at


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Return the kind of an item, its number, and where its content begins."""
    kind, number = data[at] >> 5, data[at] & 0x1F
    at += 1
    if number < _IN_HEAD:
        return kind, number, at
    if number > _LONGEST_HEAD:
        raise ValueError("of unknown length")
    size = 1 << (number - _IN_HEAD)
    if at + size > len(data):
        raise ValueError("too short")
    return kind, int.from_bytes(data[at : at + size], "big"), at + size
