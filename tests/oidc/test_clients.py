"""RFC 7591, section 2: a client's description is read strictly; its secrets are kept as digests."""

from typing import Any

import pytest

from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM
from convergences.foundations.sealing import digest
from convergences.protocols.oidc import metadata, queries
from convergences.protocols.oidc.errors import InvalidClientMetadata
from convergences.protocols.oidc.models import Client
from convergences.protocols.oidc.services import clients
from tests.cast import Cast
from tests.oidc.relying import CALLBACK, SECRET, define

pytestmark = pytest.mark.database

REFUSED: list[tuple[str, Any]] = [
    ("client_id", ""),
    ("client_id", None),
    ("client_id", "with space"),
    ("client_id", "é"),
    ("client_id", "x" * 121),
    ("client_secret", "too short"),
    ("client_secret", None),
    ("client_secret", ["a" * 24, "b" * 24, "c" * 24]),
    ("client_secret", {"env": "X"}),
    ("redirect_uris", []),
    ("redirect_uris", None),
    ("redirect_uris", "https://bip.example/"),
    ("redirect_uris", ["http://bip.example/cb"]),
    ("redirect_uris", ["https://bip.example/cb#x"]),
    ("redirect_uris", ["https://*.bip.example/cb"]),
    ("redirect_uris", ["https://user:word@bip.example/cb"]),
    ("redirect_uris", ["https://bip.example/é"]),
    ("redirect_uris", ["https://bip.example/a b"]),
    ("redirect_uris", ["https://bip.example:port/"]),
    ("redirect_uris", ["https:///cb"]),
    ("redirect_uris", ["/cb"]),
    ("redirect_uris", ["javascript:alert(1)"]),
    ("redirect_uris", ["ftp://bip.example/"]),
    ("redirect_uris", ["com.example.bip:/cb"]),
    ("redirect_uris", [7]),
    ("redirect_uris", [CALLBACK, CALLBACK]),
    ("redirect_uris", [f"https://bip.example/{'x' * 500}"]),
    ("redirect_uris", [f"https://bip.example/{n}" for n in range(21)]),
    ("post_logout_redirect_uris", ["//bip.example/"]),
    ("backchannel_logout_uri", "http://10.0.0.1/"),
    ("frontchannel_logout_uri", 3),
    ("token_endpoint_auth_method", "client_secret_jwt"),
    ("grant_types", ["password"]),
    ("grant_types", ["refresh_token"]),
    ("grant_types", "authorization_code"),
    ("response_types", ["token"]),
    ("scope", "profile"),
    ("scope", "openid everything"),
    ("scope", ["openid"]),
    ("id_token_signed_response_alg", "none"),
    ("id_token_signed_response_alg", "HS256"),
    ("subject_type", "other"),
    ("dpop_bound_access_tokens", "yes"),
    ("jwks_uri", "http://10.0.0.1/jwks"),
    ("require_pushed_authorization_requests", "yes"),
    ("consent_required", "no"),
    ("pkce", "S256"),
    ("pkce", True),
    ("request_object_signing_alg", "none"),
    ("request_object_signing_alg", "HS256"),
    ("userinfo_signed_response_alg", "none"),
    ("unheard_of", 1),
]


@pytest.mark.parametrize(("field", "value"), REFUSED)
def test_a_description_at_fault_is_refused_by_the_name_of_its_field(cast: Cast, field: str, value: Any) -> None:
    with pytest.raises(InvalidClientMetadata) as refusal:
        define(cast.bip, **{field: value})
    assert refusal.value.field == field
    assert refusal.value.sentence.startswith(f"{field} : ")
    assert not Client.objects.exists()
    assert not AuditEvent.objects.filter(action__startswith="oidc.").exists()


def test_a_refused_secret_is_not_repeated(cast: Cast) -> None:
    with pytest.raises(InvalidClientMetadata) as refusal:
        define(cast.bip, client_secret="hunter2")
    assert "hunter2" not in refusal.value.sentence


def test_a_client_is_created_once_and_told(cast: Cast) -> None:
    first = define(cast.bip)
    again = define(cast.bip)
    assert first.pk == again.pk
    event = AuditEvent.objects.get(action__startswith="oidc.")
    assert (event.action, event.application) == ("oidc.client_created", "bip")


def test_only_digests_are_kept(cast: Cast) -> None:
    define(cast.bip)
    assert Client.objects.get().secret_digests == [digest(SECRET)]
    assert SECRET not in repr(list(Client.objects.values())) + repr(list(AuditEvent.objects.values()))


def test_what_changed_is_said_and_told(cast: Cast) -> None:
    define(cast.bip)
    metadata = {**queries.metadata_of(Client.objects.get()), "scope": "openid", "grant_types": ["authorization_code"]}
    defined = clients.define(cast.bip, metadata, actor=SYSTEM)
    assert (defined.created, set(defined.changed)) == (False, {"scope", "grant_types"})
    told = AuditEvent.objects.get(action="oidc.client_changed")
    assert set(told.details["fields"]) == {"scope", "grant_types"}


def test_a_description_without_a_secret_keeps_the_one_there(cast: Cast) -> None:
    define(cast.bip)
    define(cast.bip, client_secret=None, scope="openid")
    assert Client.objects.get().secret_digests == [digest(SECRET)]


def test_a_client_made_public_loses_its_secret(cast: Cast) -> None:
    define(cast.bip)
    define(cast.bip, client_secret=None, token_endpoint_auth_method="none")
    assert Client.objects.get().secret_digests == []


def test_a_public_client_has_no_secret(cast: Cast) -> None:
    with pytest.raises(InvalidClientMetadata, match="client public"):
        define(cast.bip, token_endpoint_auth_method="none")


def test_a_new_secret_is_told_apart_from_the_rest(cast: Cast) -> None:
    define(cast.bip)
    define(cast.bip, client_secret="another secret, as long as need be")
    actions = AuditEvent.objects.filter(action__startswith="oidc.").order_by("id")
    assert [event.action for event in actions] == ["oidc.client_created", "oidc.secret_changed"]


def test_an_identifier_belongs_to_one_application(cast: Cast) -> None:
    define(cast.bip)
    with pytest.raises(InvalidClientMetadata, match="autre application"):
        define(cast.cotisations, client_id="bip")


def test_settings_left_at_nothing_are_no_fault(cast: Cast) -> None:
    assert define(cast.bip, dpop_bound_access_tokens=False, jwks=None, response_types=["code"])


def test_loopback_may_be_plain_http(cast: Cast) -> None:
    uris = ["http://127.0.0.1:8001/cb", "http://[::1]:8001/cb", "http://localhost:8001/cb"]
    assert define(cast.bip, redirect_uris=uris).redirect_uris == uris


def test_no_setting_is_left_out_of_what_is_exported(cast: Cast) -> None:
    derived = {"client_secret", "response_types"}
    kept = {name for name in metadata.FIELDS if hasattr(Client, name)}
    empty = Client(**dict.fromkeys(kept, "x"))
    assert queries.metadata_of(empty).keys() == kept - derived


def test_what_is_exported_is_read_back_as_it_was(cast: Cast) -> None:
    client = define(cast.bip, backchannel_logout_uri="https://bip.example/out")
    exported = queries.metadata_of(client)
    assert clients.define(cast.bip, exported, actor=SYSTEM).changed == ()
    assert "client_secret" not in exported
