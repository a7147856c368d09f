"""RFC 6749, section 4.4, and RFC 8707: a machine asks by its own scopes, for itself or for who is listed."""

from typing import Any

import pytest
from django.http import HttpResponse

from convergences.catalog.models import Status
from convergences.protocols.oidc.errors import InvalidClientMetadata
from convergences.protocols.oidc.models import AccessToken, Client, RefreshToken
from tests.cast import Cast
from tests.oidc.relying import Relying, define, encoded

pytestmark = pytest.mark.database

API = "https://cotisations.example/api"
MACHINE = {
    "grant_types": ["client_credentials"],
    "redirect_uris": [],
    "post_logout_redirect_uris": [],
    "scope": "payroll.read payroll.write",
    "allowed_resources": [API],
}


@pytest.fixture
def machine(cast: Cast) -> Relying:
    """BIP as a machine that may write payrolls at Cotisations."""
    return Relying(define(cast.bip, **MACHINE))


@pytest.fixture
def resource(cast: Cast) -> Relying:
    """Cotisations, which answers at this address."""
    return Relying(define(cast.cotisations, redirect_uris=["https://rival.example/cb"], resources=[API]))


def asked(client: Relying, **form: str) -> HttpResponse:
    return client.token(grant_type="client_credentials", **form)


def error(response: HttpResponse) -> str:
    content: dict[str, str] = response.json()  # type: ignore[attr-defined]
    return content["error"]


def given(client: Relying, **form: str) -> dict[str, Any]:
    response = asked(client, **form)
    assert response.status_code == 200, response.content
    content: dict[str, Any] = response.json()  # type: ignore[attr-defined]
    return content


def introspected(client: Relying, token: str) -> dict[str, Any]:
    kind = "application/x-www-form-urlencoded"
    headers = {"Authorization": client.basic()}
    response = client.machine.post("/oauth/introspect", encoded({"token": token}), content_type=kind, headers=headers)
    content: dict[str, Any] = response.json()
    return content


def test_who_does_not_have_the_grant_is_refused(bip: Relying) -> None:
    """5.2: unauthorized_client."""
    assert error(asked(bip)) == "unauthorized_client"


@pytest.mark.parametrize("secret", ["wrong", "another secret, long enough to be one"])
def test_a_machine_proves_who_it_is(machine: Relying, secret: str) -> None:
    """4.4: "The client credentials grant type MUST only be used by confidential clients"."""
    machine.secret = secret
    assert error(asked(machine)) == "invalid_client"


@pytest.mark.parametrize("scope", ["openid", "payroll.read email", "payroll.read payroll.delete", "offline_access"])
def test_it_has_its_own_scopes_and_nothing_of_an_agent(machine: Relying, scope: str) -> None:
    """3.3 and 5.2: invalid_scope."""
    assert error(asked(machine, scope=scope)) == "invalid_scope"
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("uri", ["https://other.example/api", f"{API}/", f"{API}#x", "cotisations", API.upper()])
def test_it_does_not_ask_for_a_place_that_is_not_listed(machine: Relying, uri: str) -> None:
    """8707, 2: invalid_target."""
    assert error(asked(machine, resource=uri)) == "invalid_target"


def test_an_agents_token_is_for_nobody_else(bip: Relying, claire: Any) -> None:
    """8707, 2: a resource that cannot be honoured is refused, not ignored."""
    assert error(bip.exchange(bip.code(claire), resource=API)) == "invalid_target"
    assert error(bip.refresh(bip.tokens(claire)["refresh_token"], resource=API)) == "invalid_target"


def test_it_receives_an_access_token_and_nothing_else(machine: Relying) -> None:
    """4.4.3: "A refresh token SHOULD NOT be included."""
    answer = given(machine)
    assert answer.pop("access_token")
    assert answer == {"token_type": "Bearer", "expires_in": 600, "scope": "payroll.read payroll.write"}
    assert not RefreshToken.objects.exists()
    assert given(machine, scope="payroll.read")["scope"] == "payroll.read"


def test_its_token_is_about_nobody(machine: Relying) -> None:
    response = machine.userinfo(given(machine)["access_token"])
    assert response.status_code == 403
    assert error(response) == "insufficient_scope"


def test_who_it_is_for_may_ask_about_it_and_nobody_else(machine: Relying, resource: Relying, cast: Cast) -> None:
    """7662, 2.2, and 8707, 2: aud names the resource."""
    for_them, for_itself = given(machine, resource=API)["access_token"], given(machine)["access_token"]
    told = introspected(resource, for_them)
    assert (told["active"], told["aud"], told["client_id"], told["sub"]) == (True, API, "bip", "bip")
    assert introspected(machine, for_them)["active"] is True
    assert introspected(machine, for_itself)["aud"] == "bip"
    assert introspected(resource, for_itself) == {"active": False}
    define(cast.cotisations, redirect_uris=["https://rival.example/cb"], resources=[])
    assert introspected(resource, for_them) == {"active": False}


def _close(client: Client) -> None:
    client.application.status = Status.CLOSED
    client.application.save()


def _take_the_scope_away(client: Client) -> None:
    Client.objects.update(scope="payroll.read")


def _take_the_place_away(client: Client) -> None:
    Client.objects.update(allowed_resources=[])


def _take_the_grant_away(client: Client) -> None:
    Client.objects.update(grant_types=["authorization_code"])


@pytest.mark.parametrize("end", [_close, _take_the_scope_away, _take_the_place_away, _take_the_grant_away])
def test_a_dead_right_does_not_answer(machine: Relying, end: Any) -> None:
    token = given(machine, resource=API)["access_token"]
    end(machine.client)
    assert introspected(machine, token) == {"active": False}


def test_a_closed_application_receives_nothing(machine: Relying) -> None:
    _close(machine.client)
    assert error(asked(machine)) == "unauthorized_client"


def test_it_gives_its_token_back(machine: Relying) -> None:
    token = given(machine)["access_token"]
    kind = "application/x-www-form-urlencoded"
    headers = {"Authorization": machine.basic()}
    machine.machine.post("/oauth/revoke", encoded({"token": token}), content_type=kind, headers=headers)
    assert introspected(machine, token) == {"active": False}


def test_one_client_may_serve_agents_and_itself(cast: Cast, claire: Any) -> None:
    from tests.oidc.relying import entitle

    entitle(cast.claire, cast.bip)
    both = ["authorization_code", "client_credentials"]
    bip = Relying(define(cast.bip, grant_types=both, scope="openid email payroll.read"))
    assert given(bip)["scope"] == "payroll.read"
    assert bip.tokens(claire, scope="openid email payroll.read")["scope"] == "openid email"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("grant_types", {"token_endpoint_auth_method": "none", "client_secret": None}),
        ("scope", {"scope": "openid payroll.read"}),
        ("scope", {"scope": "Payroll"}),
        ("scope", {"scope": "pay/roll"}),
        ("allowed_resources", {"allowed_resources": ["http://10.0.0.1/"]}),
        ("grant_types", {"grant_types": ["refresh_token", "client_credentials"]}),
        (
            "allowed_resources",
            {"grant_types": ["authorization_code"], "redirect_uris": ["https://a.example/"], "scope": ""},
        ),
    ],
)
def test_a_description_that_could_not_hold_is_refused_by_name(cast: Cast, field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidClientMetadata) as refusal:
        define(cast.bip, **{**MACHINE, **changes})
    assert refusal.value.field == field
