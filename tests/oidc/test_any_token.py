"""RFC 8725: whatever is shown as a key or as a token, reading it ends by its being refused, never by a breakdown."""

import base64
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convergences.protocols.oidc import jose, key_sets
from convergences.protocols.oidc.jose import NotValid
from tests.oidc.holding import fresh_key
from tests.oidc.signing import public

LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from(jose.THEIRS)
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))
WORDS = st.sampled_from(["EC", "RSA", "OKP", "oct", "P-256", "P-384", "Ed25519", "X25519", "AQAB", "sig", "A" * 43])
PARTS = st.sampled_from(["kty", "crv", "x", "y", "n", "e", "d", "k", "kid", "use", "alg"])
KEYS = st.dictionaries(PARTS, st.one_of(WORDS, VALUES), max_size=6)
NAMES = st.sampled_from(["alg", "kid", "typ", "crit", "jwk", "jku", "b64", "zip", "enc"])
HEADERS = st.dictionaries(NAMES, st.one_of(st.sampled_from(jose.THEIRS), VALUES), max_size=5)
KNOWN = {"keys": [public(fresh_key(), kid="one")]}


def segment(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@given(token=st.one_of(st.text(max_size=80), st.builds(lambda h, c: f"{segment(h)}.{segment(c)}.AA", HEADERS, VALUES)))
@settings(max_examples=200, deadline=None)
def test_any_token_is_refused(token: str) -> None:
    """3.1: a header is what the sender wrote."""
    refused = False
    try:
        key_sets.verify(token, KNOWN)
    except NotValid:
        refused = True
    assert refused
    with contextlib.suppress(NotValid):
        jose.unverified_claims(token)


@pytest.mark.django_db
@pytest.mark.parametrize("crit", [None, 7, "exp", [], [["exp"]], ["b64"], {"b64": True}])
def test_a_demand_that_is_not_understood_is_refused(crit: Any) -> None:
    """RFC 7515, section 4.1.11: whatever the list is, even one that the library would break down on."""
    token = f"{segment({'alg': 'ES256', 'kid': 'one', 'b64': False, 'crit': crit})}.{segment({})}.AA"
    with pytest.raises(NotValid):
        key_sets.verify(token, KNOWN)
    assert jose.read_ours(token) is None
    jose.sign("ES256", {})
    assert jose.read_ours(token) is None


@given(key=KEYS)
@settings(max_examples=200, deadline=None)
def test_any_key_is_read_or_refused(key: dict[str, Any]) -> None:
    """RFC 7517, section 4: members that are not what they should be make no key."""
    said = key_sets.problem({"keys": [key]})
    if not said:
        assert jose.imported(key).thumbprint()


@given(value=VALUES)
@settings(max_examples=200, deadline=None)
def test_any_instant_is_read_or_refused(value: Any) -> None:
    """RFC 7519, section 2: a numeric date."""
    with contextlib.suppress(NotValid):
        assert jose.instant(value).tzinfo
