"""RFC 7591, sections 2 and 3.2.2: what an application may say of itself, by the table that reads the engineer."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from convergences.protocols.oidc import metadata, self_description
from convergences.protocols.oidc.models import Client, RegistrationToken
from convergences.protocols.oidc.services import published
from tests.cast import Cast, build_cast
from tests.oidc.registering import ADDRESS, HONEST, KEYS, allowed, post, put, registered, told
from tests.oidc.relying import CALLBACK, define
from tests.oidc.test_clients import REFUSED

AS_APPLY = [(field, value) for field, value in REFUSED if field in self_description.OWN and value is not None]
ENGINEERS: list[tuple[str, Any]] = [
    ("consent_required", True),
    ("resources", ["https://bip.example/api"]),
    ("allowed_resources", ["https://rival.example/api"]),
    ("grant_types", ["client_credentials"]),
    ("grant_types", ["authorization_code", "client_credentials"]),
    ("scope", "openid payroll.read"),
    ("client_secret", "a-secret-that-the-client-chose-itself"),
    ("client_secret", "weak"),
    ("client_id", "bip"),
    ("registration_access_token", "x" * 43),
    ("client_secret_expires_at", 0),
]
UNSERVED: list[tuple[str, Any]] = [
    ("id_token_encrypted_response_alg", "RSA-OAEP"),
    ("userinfo_encrypted_response_alg", "ECDH-ES"),
    ("tls_client_certificate_bound_access_tokens", True),
    ("default_max_age", 60),
    ("token_endpoint_auth_method", "client_secret_jwt"),
    ("token_endpoint_auth_method", "tls_client_auth"),
    ("token_endpoint_auth_method", ["none"]),
    ("response_types", ["code id_token"]),
    ("grant_types", ["implicit"]),
    ("grant_types", [["authorization_code"], {}]),
    ("id_token_signed_response_alg", {"alg": "none"}),
    ("redirect_uris", {"0": CALLBACK}),
    ("redirect_uris", [[CALLBACK]]),
    ("jwks", {"keys": [{"kty": ["EC"], "crv": {}}]}),
]
TRICKS = [
    "https://bip.example@thief.example/cb",
    "https://bip.example\\@thief.example/cb",
    "https://bip.example/cb%0d%0aX: y",
    "https://bip.example/\u202ecb",
    "https://bip.exampl\u0435/cb",
    "http://127.0.0.1.thief.example/cb",
    "http://localhost.thief.example/cb",
    "data:text/html,<script>alert(1)</script>",
    "//thief.example/cb",
    "https:thief.example",
    "https://[::1/cb",
    " https://bip.example/cb",
]


@pytest.mark.parametrize(("field", "value"), [*AS_APPLY, *UNSERVED, *ENGINEERS])
def test_what_may_not_be_said_is_refused_by_its_name_and_the_token_stays_good(
    cast: Cast, field: str, value: Any
) -> None:
    token = allowed(cast.bip)
    answer = told(post(token, {**HONEST, field: value}), 400)
    expected = "invalid_redirect_uri" if field == "redirect_uris" else "invalid_client_metadata"
    assert answer["error"] == expected
    assert answer["error_description"] == f"{field} cannot be registered as given"
    assert not Client.objects.exists()
    told(post(token, HONEST), 201)


@pytest.mark.parametrize("uri", TRICKS)
def test_a_redirection_that_leads_astray_is_refused(cast: Cast, uri: str) -> None:
    answer = told(post(allowed(cast.bip), {**HONEST, "redirect_uris": [CALLBACK, uri]}), 400)
    assert answer["error"] == "invalid_redirect_uri"
    assert not Client.objects.exists()


def test_a_statement_of_somebody_else_is_not_approved(cast: Cast) -> None:
    """RFC 7591, 3.2.2: what it says would win over the rest; nobody's statements are believed here."""
    statement = "eyJhbGciOiJub25lIn0.eyJyZWRpcmVjdF91cmlzIjpbXX0."
    answer = told(post(allowed(cast.bip), {**HONEST, "software_statement": statement}), 400)
    assert answer["error"] == "unapproved_software_statement"


def test_a_private_key_is_refused_and_not_repeated(cast: Cast) -> None:
    private = {"keys": [{**KEYS["keys"][0], "d": "a-secret-number"}]}
    sent = {**HONEST, "token_endpoint_auth_method": "private_key_jwt", "jwks": private}
    answer = told(post(allowed(cast.bip), sent), 400)
    assert "clé privée" in answer["detail"]
    assert "a-secret-number" not in json.dumps(answer)
    assert not Client.objects.exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "localhost"])
def test_an_address_that_leads_inside_is_refused(cast: Cast, host: str) -> None:
    answer = told(post(allowed(cast.bip), {**HONEST, "jwks_uri": f"https://{host}/jwks"}), 400)
    assert answer["error_description"].startswith("jwks_uri")
    assert not Client.objects.exists()


def test_the_application_is_asked_outside_of_any_transaction(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of theirs that takes its time would otherwise hold the tables, which are everybody's."""
    depths: list[int] = []

    def ask(_address: str) -> str:
        depths.append(len(connection.atomic_blocks))
        return ""

    monkeypatch.setattr(published, "problem_with_keys", ask)
    signing = {"token_endpoint_auth_method": "private_key_jwt"}
    answer = registered(cast.bip, **signing, jwks_uri="https://bip.example/jwks")
    sent = {**HONEST, **signing, "client_id": answer["client_id"], "jwks_uri": "https://bip.example/keys"}
    told(put(answer["registration_access_token"], answer["registration_client_uri"], sent), 200)
    assert depths == [len(connection.atomic_blocks)] * 2


def test_what_is_refused_for_everybody_is_no_longer_than_it_must(cast: Cast) -> None:
    answer = told(post(allowed(cast.bip), {**HONEST, "scope": f"openid {'<b>' * 5000}"}), 400)
    assert len(answer["detail"]) <= 300


MALFORMED: dict[str, bytes] = {
    "nothing": b"",
    "a list": b"[]",
    "a text": b'"openid"',
    "null": b"null",
    "two objects": b"{}{}",
    "a name twice": b'{"redirect_uris": ["https://bip.example/callback"], "redirect_uris": ["https://thief.example/"]}',
    "a name twice, deep": b'{"jwks": {"keys": [], "keys": [1]}}',
    "no number": b'{"x": NaN}',
    "endless": b'{"x": -Infinity}',
    "too large a number": b'{"x": 1e999}',
    "too long a number": b'{"x": ' + b"9" * 6000 + b"}",
    "deep": b'{"x":' + b"[" * 9 + b"]" * 9 + b"}",
    "very deep": b"[" * 30_000,
    "latin": '{"client_name": "é"}'.encode("latin-1"),
    "utf-16": json.dumps(HONEST).encode("utf-16"),
    "with a mark": b"\xef\xbb\xbf" + json.dumps(HONEST).encode(),
    "half a character": b'{"client_name": "\\ud800"}',
    "half a character in a name": b'{"\\ud800": 1}',
    "a null character": b'{"jwks": {"keys": [{"x": "\\u0000"}]}}',
    "huge": json.dumps({**HONEST, "client_name": "x" * 33_000}).encode(),
    "a comment": b'{} // {"redirect_uris": []}',
    "a form": b"redirect_uris=https%3A%2F%2Fbip.example%2Fcallback",
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_body_that_is_no_strict_json_object_is_refused(cast: Cast, body: bytes) -> None:
    assert told(post(allowed(cast.bip), body), 400)["error"] == "invalid_request"
    assert not Client.objects.exists()


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_read(cast: Cast, content_type: str) -> None:
    answer = told(post(allowed(cast.bip), HONEST, content_type=content_type), 400)
    assert answer["error"] == "invalid_request"
    assert not Client.objects.exists()


def test_a_length_that_is_no_number_is_refused(cast: Cast) -> None:
    headers = {"Authorization": f"Bearer {allowed(cast.bip)}"}
    for length in ("-1", "1e3", "99999"):
        response = Browser().post(
            ADDRESS, HONEST, content_type="application/json", headers=headers, CONTENT_LENGTH=length
        )
        assert response.status_code == 400


def test_what_the_engineer_set_stays_when_the_application_changes_itself(cast: Cast) -> None:
    answer = registered(cast.bip)
    set_by_engineer = {
        "consent_required": True,
        "resources": ["https://bip.example/api"],
        "allowed_resources": ["https://rival.example/api"],
        "grant_types": ["authorization_code", "client_credentials"],
        "scope": "openid payroll.read",
        "pkce": "required",
    }
    define(cast.bip, client_id=answer["client_id"], client_secret=None, **set_by_engineer)
    sent = {"client_id": answer["client_id"], "redirect_uris": [CALLBACK], "scope": "openid payroll.read"}
    sent["grant_types"] = ["authorization_code", "client_credentials"]
    changed = told(put(answer["registration_access_token"], answer["registration_client_uri"], sent), 200)
    assert {name: changed[name] for name in set_by_engineer} == set_by_engineer
    token = changed["registration_access_token"]
    for name, value in [("consent_required", False), ("pkce", "optional"), ("scope", "openid payroll.write")]:
        refused = told(put(token, answer["registration_client_uri"], {**sent, name: value}), 400)
        assert refused["error_description"].startswith(name)


def test_every_setting_is_the_application_s_or_the_engineer_s(cast: Cast) -> None:
    """A setting that comes later is the engineer's until somebody decides otherwise, here."""
    described = self_description.OWN | self_description.OWN_ONCE | self_description.OURS
    engineers = {
        "consent_required",
        "resources",
        "allowed_resources",
        "access_token_signed_response_alg",
        "pkce",
    }
    assert metadata.FIELDS.keys() - described <= engineers


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from([CALLBACK, "openid", "none"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(sorted(metadata.FIELDS.keys() | self_description.UNSERVED | self_description.OURS))


class AnyDescription(TestCase):
    """Hypothesis looks for the description that breaks something."""

    @given(changes=st.dictionaries(NAMES, ANY_JSON, max_size=4), raw=st.none() | st.binary(max_size=40))
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_no_description_breaks_the_server_nor_passes_for_another(
        self, changes: dict[str, Any], raw: bytes | None
    ) -> None:
        cast = build_cast()
        token = allowed(cast.bip)
        response = post(token, raw if raw is not None else {**HONEST, **changes})
        assert response.status_code in {201, 400}, response.content
        assert (response.status_code == 201) == Client.objects.filter(application=cast.bip).exists()
        assert RegistrationToken.objects.filter(used_at=None).exists() == (response.status_code == 400)
        client = Client.objects.first()
        assert client is None or (client.client_id != "bip" and "client_credentials" not in client.grant_types)
