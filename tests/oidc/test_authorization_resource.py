"""RFC 8707: an agent's token names which of the application's own addresses it is for; what is beyond is refused."""

from typing import Any

import pytest
from django.test import Client as Browser

from convergences.protocols.oidc.models import AccessToken, AuthorizationCode, Client
from tests.cast import Cast
from tests.oidc.relying import Relying, answered, define
from tests.oidc.signing import public, signed
from tests.oidc.test_authorization_pushed import bring, push, pushed
from tests.oidc.test_authorization_request_object import KEY, ask, content
from tests.oidc.test_token_client_credentials import error, introspected

pytestmark = pytest.mark.database
PAY, LEAVE, OTHERS = "https://pay.example/api", "https://leave.example/api", "https://cotisations.example/api"


@pytest.fixture
def api(bip: Relying, cast: Cast) -> Relying:
    """BIP, which answers at two addresses; Cotisations at another."""
    define(cast.cotisations, redirect_uris=["https://rival.example/cb"], resources=[OTHERS])
    bip.client = define(cast.bip, resources=[PAY, LEAVE])
    return bip


def audience(api: Relying, token: str) -> Any:
    return introspected(api, token).get("aud")


def exchanged(api: Relying, browser: Browser, named: Any, **form: Any) -> dict[str, Any]:
    response = api.exchange(api.code(browser, resource=named), **form)
    assert response.status_code == 200, response.content
    given: dict[str, Any] = response.json()  # type: ignore[attr-defined]
    return given


@pytest.mark.parametrize(
    "asked",
    [OTHERS, f"{PAY}/", PAY.upper(), f"{PAY}#x", "pay", "https://pay.example", [PAY, OTHERS], "é", f"{PAY}\x00", "*"],
)
def test_what_is_not_its_own_is_refused(api: Relying, claire: Browser, asked: Any) -> None:
    """2: invalid_target, "the requested resource is invalid, missing, unknown, or malformed"."""
    assert answered(api.authorize(claire, resource=asked))["error"] in {"invalid_target", "invalid_request"}
    assert not AuthorizationCode.objects.exists()
    assert push(api, resource=asked).status_code == 400


def test_an_application_without_addresses_names_none(bip: Relying, claire: Browser) -> None:
    assert answered(bip.authorize(claire, resource=PAY))["error"] == "invalid_target"


def test_introspection_says_for_whom_it_is(api: Relying, claire: Browser) -> None:
    """2, 3; RFC 7662, 2.2: aud."""
    assert audience(api, exchanged(api, claire, PAY)["access_token"]) == PAY
    given = exchanged(api, claire, [LEAVE, PAY])
    assert audience(api, given["access_token"]) == [LEAVE, PAY]
    assert audience(api, given["refresh_token"]) == [LEAVE, PAY]
    assert audience(api, exchanged(api, claire, None)["access_token"]) == "bip"
    assert audience(api, exchanged(api, claire, "")["access_token"]) == "bip"


def test_a_token_may_be_for_less_and_never_for_more(api: Relying, claire: Browser) -> None:
    """2.2: "the client … a subset of the resources"."""
    code = api.code(claire, resource=PAY)
    for beyond in (LEAVE, OTHERS, [PAY, LEAVE]):
        assert error(api.exchange(code, resource=beyond)) == "invalid_target"
    given = api.exchange(code, resource=PAY).json()  # type: ignore[attr-defined]
    assert audience(api, given["access_token"]) == PAY
    assert error(api.refresh(given["refresh_token"], resource=LEAVE)) == "invalid_target"
    narrow = exchanged(api, claire, [PAY, LEAVE], resource=LEAVE)
    assert audience(api, narrow["access_token"]) == LEAVE
    assert audience(api, narrow["refresh_token"]) == [PAY, LEAVE]


def test_a_refresh_is_for_all_that_was_granted_or_for_less(api: Relying, claire: Browser) -> None:
    given = exchanged(api, claire, [PAY, LEAVE], resource=LEAVE)
    first = api.refresh(given["refresh_token"], resource=PAY).json()  # type: ignore[attr-defined]
    assert audience(api, first["access_token"]) == PAY
    second = api.refresh(first["refresh_token"]).json()  # type: ignore[attr-defined]
    assert audience(api, second["access_token"]) == [PAY, LEAVE]


def test_who_named_nothing_gets_nothing_beyond(api: Relying, claire: Browser) -> None:
    given = api.tokens(claire)
    assert error(api.exchange(api.code(claire), resource=PAY)) == "invalid_target"
    assert error(api.refresh(given["refresh_token"], resource=PAY)) == "invalid_target"
    assert api.refresh(given["refresh_token"]).status_code == 200


def test_a_refusal_uses_nothing_up_and_hides_no_replay(api: Relying, claire: Browser) -> None:
    """RFC 6749, 4.1.2: a code that comes again ends what it gave, whatever comes with it."""
    code = api.code(claire, resource=PAY)
    assert error(api.exchange(code, resource=LEAVE)) == "invalid_target"
    given = api.exchange(code).json()  # type: ignore[attr-defined]
    assert error(api.exchange(code, resource=LEAVE)) == "invalid_grant"
    assert api.userinfo(given["access_token"]).status_code == 401


def test_an_address_that_is_no_more_its_own_ends_the_token(api: Relying, claire: Browser, cast: Cast) -> None:
    both, one = exchanged(api, claire, [PAY, LEAVE])["access_token"], exchanged(api, claire, PAY)["access_token"]
    define(cast.bip, resources=[LEAVE])
    assert audience(api, both) == LEAVE
    assert introspected(api, one) == {"active": False}


def test_who_it_is_about_is_told_all_the_same(api: Relying, claire: Browser) -> None:
    """The addresses are the application's own, and so is what userinfo tells it."""
    assert api.userinfo(exchanged(api, claire, PAY)["access_token"]).status_code == 200


def test_another_application_learns_nothing_of_it(api: Relying, claire: Browser, cast: Cast) -> None:
    rival = Relying(Client.objects.get(application=cast.cotisations))
    assert introspected(rival, exchanged(api, claire, PAY)["access_token"]) == {"active": False}


def test_pushed_and_signed_requests_name_several_too(api: Relying, claire: Browser, cast: Cast) -> None:
    """RFC 9126, 2; RFC 9101, 4: "resource" as an array of strings."""
    code = answered(bring(claire, pushed(api, resource=[PAY, LEAVE])))["code"]
    assert audience(api, api.exchange(code).json()["access_token"]) == [PAY, LEAVE]  # type: ignore[attr-defined]
    api.client = define(cast.bip, resources=[PAY, LEAVE], jwks={"keys": [public(KEY, kid="one")]})
    for named, expected in (([LEAVE, PAY], [LEAVE, PAY]), (PAY, PAY)):
        code = answered(ask(claire, signed(KEY, content(api, resource=named), kid="one")))["code"]
        assert audience(api, api.exchange(code).json()["access_token"]) == expected  # type: ignore[attr-defined]
    for wrong in ([PAY, 7], [[PAY]], [OTHERS], {"a": PAY}):
        response = ask(claire, signed(KEY, content(api, resource=wrong), kid="one"))
        assert response.status_code == 400 or answered(response)["error"] == "invalid_target"


def test_nothing_else_may_come_twice(api: Relying, claire: Browser) -> None:
    """RFC 6749, 3.1: resource is the one parameter that may (RFC 8707, 2)."""
    assert answered(api.authorize(claire, resource=[PAY, LEAVE], nonce=["a", "b"]))["error"] == "invalid_request"
    code = api.code(claire, resource=[PAY, LEAVE])
    assert (
        error(api.exchange(code, resource=[PAY, LEAVE], redirect_uri=["https://a.example/", "b"])) == "invalid_request"
    )


def test_a_machine_names_one(cast: Cast) -> None:
    places = ["https://a.example/", "https://b.example/"]
    metadata = {"grant_types": ["client_credentials"], "redirect_uris": [], "scope": "payroll.read"}
    machine = Relying(define(cast.bip, **metadata, post_logout_redirect_uris=[], allowed_resources=places))
    assert error(machine.token(grant_type="client_credentials", resource=places)) == "invalid_target"
    assert not AccessToken.objects.exists()
