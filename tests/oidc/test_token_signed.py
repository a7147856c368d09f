"""RFC 9068: a machine's access token may be signed, so that who receives it need not ask; the truth is still told."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from joserfc import jwt
from joserfc.jwk import KeySet

from convergences.foundations import keys
from convergences.foundations.sealing import digest
from convergences.protocols.oidc import id_tokens, jose
from convergences.protocols.oidc.errors import InvalidClientMetadata
from convergences.protocols.oidc.models import AccessToken, Client
from tests.cast import Cast, signed_in
from tests.oidc.holding import Holder, public_thumbprint
from tests.oidc.relying import ISSUER, Relying, define, encoded, entitle
from tests.oidc.test_cost import counted
from tests.oidc.test_token_client_credentials import (
    API,
    MACHINE,
    _close,
    _take_the_grant_away,
    _take_the_place_away,
    _take_the_scope_away,
    given,
    introspected,
)

pytestmark = pytest.mark.database


@pytest.fixture
def machine(cast: Cast) -> Relying:
    """BIP as a machine whose tokens are signed."""
    return Relying(define(cast.bip, **MACHINE, access_token_signed_response_alg="ES256"))


@pytest.fixture
def resource(cast: Cast) -> Relying:
    """Cotisations, which answers at this address."""
    return Relying(define(cast.cotisations, redirect_uris=["https://rival.example/cb"], resources=[API]))


def read(token: str, algorithm: str = "ES256") -> jwt.Token:
    published = KeySet.import_key_set(Browser().get("/oauth/jwks").json())
    registry = jose.Registry((algorithm,))
    return jwt.decode(token, published, registry=registry)


def test_it_says_what_the_norm_wants(machine: Relying) -> None:
    """Sections 2.1 and 2.2: typ, iss, exp, aud, sub, client_id, iat, jti; scope as granted."""
    answer = given(machine, resource=API, scope="payroll.read")
    token = read(answer["access_token"])
    assert token.header["typ"] == "at+jwt"
    claims = dict(token.claims)
    assert len(claims.pop("jti")) >= 22
    assert claims.pop("exp") - claims.pop("iat") == answer["expires_in"] == 600
    assert claims == {"iss": ISSUER, "aud": API, "sub": "bip", "client_id": "bip", "scope": "payroll.read"}
    assert answer["scope"] == "payroll.read"


def test_without_a_resource_it_is_for_the_client_itself(machine: Relying) -> None:
    """Section 3: "the authorization server MUST use a default resource indicator"."""
    assert read(given(machine)["access_token"]).claims["aud"] == "bip"


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "EdDSA"])
def test_each_algorithm_is_the_clients_to_choose(cast: Cast, algorithm: str) -> None:
    machine = Relying(define(cast.bip, **MACHINE, access_token_signed_response_alg=algorithm))
    assert read(given(machine)["access_token"], algorithm).header["alg"] == algorithm


def test_two_of_the_same_second_are_two(machine: Relying) -> None:
    assert given(machine)["access_token"] != given(machine)["access_token"]
    assert AccessToken.objects.count() == 2


def test_it_is_kept_by_its_digest_alone(machine: Relying) -> None:
    """DOMAIN, rule 8."""
    token = given(machine)["access_token"]
    assert AccessToken.objects.get().digest == digest(token)
    assert token.split(".")[2] not in repr(list(AccessToken.objects.values()))


@pytest.mark.parametrize("end", [_close, _take_the_scope_away, _take_the_place_away, _take_the_grant_away])
def test_introspection_tells_that_it_is_over(machine: Relying, resource: Relying, end: Any) -> None:
    token = given(machine, resource=API)["access_token"]
    assert introspected(resource, token)["active"] is True
    end(machine.client)
    assert introspected(resource, token) == introspected(machine, token) == {"active": False}


def test_it_is_given_back_like_another(machine: Relying) -> None:
    token = given(machine)["access_token"]
    kind, headers = "application/x-www-form-urlencoded", {"Authorization": machine.basic()}
    Browser().post("/oauth/revoke", encoded({"token": token}), content_type=kind, headers=headers)
    assert introspected(machine, token) == {"active": False}


def test_a_signature_is_not_enough(machine: Relying) -> None:
    """What we signed but did not keep is nothing: a leaked key opens no introspection."""
    claims = dict(read(given(machine)["access_token"]).claims)
    assert introspected(machine, jose.sign("ES256", claims, typ="at+jwt")) == {"active": False}


def test_it_is_neither_an_agents_token_nor_an_id_token(cast: Cast) -> None:
    """RFC 8725, 2.8 and 3.11: a token of one kind is not taken for another."""
    grants = ["authorization_code", "client_credentials"]
    bip = Relying(
        define(cast.bip, grant_types=grants, scope="openid payroll.read", access_token_signed_response_alg="ES256")
    )
    entitle(cast.claire, cast.bip)
    token = given(bip)["access_token"]
    assert bip.userinfo(token).status_code in {401, 403}
    assert id_tokens.read_hint(token) is None
    hinted = bip.authorize(signed_in(cast.claire.agent), id_token_hint=token)
    assert "error=invalid_request" in hinted["Location"]
    assert bip.exchange(token).json()["error"] == "invalid_grant"  # type: ignore[attr-defined]


def test_an_access_token_that_says_auth_time_is_no_hint_either(db: None) -> None:
    claims = {"iss": ISSUER, "aud": "bip", "sub": "x", "auth_time": 1}
    assert id_tokens.read_hint(jose.sign("ES256", claims)) is not None
    assert id_tokens.read_hint(jose.sign("ES256", claims, typ="at+jwt")) is None


def test_an_agents_token_stays_opaque(cast: Cast) -> None:
    """A right removed must stop the next request: nobody may read one without asking."""
    grants = ["authorization_code", "client_credentials"]
    entitle(cast.claire, cast.bip)
    bip = Relying(
        define(cast.bip, grant_types=grants, scope="openid payroll.read", access_token_signed_response_alg="ES256")
    )
    assert "." not in bip.tokens(signed_in(cast.claire.agent), scope="openid")["access_token"]


def test_a_bound_token_names_its_key(machine: Relying) -> None:
    """RFC 9449, 6.1: cnf, jkt."""
    holder = Holder(machine)
    response = holder.token(holder.proof(), grant_type="client_credentials")
    token = response.json()["access_token"]  # type: ignore[attr-defined]
    assert read(token).claims["cnf"] == {"jkt": public_thumbprint(holder.key)}


def test_the_choice_may_be_taken_back(machine: Relying, cast: Cast) -> None:
    define(cast.bip, **MACHINE)
    assert Client.objects.get().access_token_signed_response_alg == ""
    assert "." not in given(machine)["access_token"]


def test_a_machine_never_bears_the_name_of_an_agent(cast: Cast) -> None:
    """Section 5: "prevent collisions" of sub between clients and resource owners."""
    with pytest.raises(InvalidClientMetadata) as refusal:
        define(cast.bip, **MACHINE, client_id=cast.claire.agent.subject)
    assert refusal.value.field == "client_id"


@pytest.mark.parametrize("value", ["none", "HS256", "PS256", True, 7])
def test_another_algorithm_is_refused_by_name(cast: Cast, value: Any) -> None:
    with pytest.raises(InvalidClientMetadata) as refusal:
        define(cast.bip, **MACHINE, access_token_signed_response_alg=value)
    assert refusal.value.field == "access_token_signed_response_alg"


def test_without_a_machine_it_would_have_no_effect_and_is_refused(cast: Cast) -> None:
    with pytest.raises(InvalidClientMetadata, match="client_credentials") as refusal:
        define(cast.bip, access_token_signed_response_alg="ES256")
    assert refusal.value.field == "access_token_signed_response_alg"


def test_signing_asks_nothing_more_of_the_database(machine: Relying) -> None:
    given(machine)
    keys.published_jwks()  # read once a minute per process
    with CaptureQueriesContext(connection) as captured:
        given(machine)
    assert len(counted(captured)) == 2
