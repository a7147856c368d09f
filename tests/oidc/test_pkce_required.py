"""ASVS 5.0, 10.4.6: a client set to bind each of its codes to a verifier (RFC 7636) is let in by no other way."""

import pytest
from django.http import QueryDict
from django.test import Client as Browser

from convergences.audit.services import SYSTEM
from convergences.foundations.text import french
from convergences.protocols.oidc import queries
from convergences.protocols.oidc.errors import InvalidClientMetadata
from convergences.protocols.oidc.models import AuthorizationCode, Client
from convergences.protocols.oidc.panel import WITHOUT_PKCE, panel
from convergences.protocols.oidc.panel.snippets import snippets
from tests.cast import Cast
from tests.cli.commands import told
from tests.oidc.relying import CALLBACK, Relying, answered, define, entitle
from tests.oidc.signing import public, signed
from tests.oidc.test_authorization_pushed import bring, push, pushed
from tests.oidc.test_authorization_request_object import KEY, ask, content
from tests.oidc.test_dispatcher_short import alike, coming

pytestmark = pytest.mark.database
WITHOUT = {"code_challenge": None, "code_challenge_method": None}


@pytest.fixture
def strict(cast: Cast) -> Relying:
    """BIP, which has a secret, and must use PKCE as well."""
    entitle(cast.claire, cast.bip)
    return Relying(define(cast.bip, pkce="required", jwks={"keys": [public(KEY, kid="one")]}))


def test_it_goes_through_with_its_verifier(strict: Relying, claire: Browser) -> None:
    assert strict.userinfo(strict.tokens(claire)["access_token"]).status_code == 200


@pytest.mark.parametrize("changes", [WITHOUT, {"code_challenge": ""}, {"code_challenge_method": "plain"}])
def test_no_request_does_without(strict: Relying, claire: Browser, changes: dict[str, str | None]) -> None:
    answer = answered(strict.authorize(claire, **changes))
    assert (answer["error"], answer["state"]) == ("invalid_request", "a state")
    assert not AuthorizationCode.objects.exists()


@pytest.mark.usefixtures("kept_connection")
def test_the_short_way_asks_for_it_too(strict: Relying, claire: Browser) -> None:
    assert "code=" in dict(alike(coming(strict, claire)).headers)["location"]
    assert "error=invalid_request" in dict(alike(coming(strict, claire, **WITHOUT)).headers)["location"]


def test_none_that_is_pushed(strict: Relying, claire: Browser) -> None:
    assert push(strict, **WITHOUT).status_code == 400
    challenge = {"code_challenge": "x" * 43, "code_challenge_method": "S256"}
    Client.objects.update(pkce="optional")
    uri = pushed(strict, **WITHOUT)
    Client.objects.update(pkce="required")  # it was pushed before: and what is beside it counts for nothing
    assert answered(bring(claire, uri, **challenge))["error"] == "invalid_request"


def test_none_that_is_signed(strict: Relying, claire: Browser) -> None:
    request = signed(KEY, content(strict, **WITHOUT))
    beside = {"code_challenge": "x" * 43, "code_challenge_method": "S256"}
    assert answered(ask(claire, request, **beside))["error"] == "invalid_request"
    assert "code" in answered(ask(claire, signed(KEY, content(strict))))


def test_a_code_given_before_is_worth_nothing_without(strict: Relying, claire: Browser) -> None:
    Client.objects.update(pkce="optional")
    code = strict.code(claire, **WITHOUT)
    Client.objects.update(pkce="required")
    assert strict.exchange(code, code_verifier=None).json()["error"] == "invalid_grant"  # type: ignore[attr-defined]
    assert strict.exchange(code).status_code == 400


def test_what_was_there_goes_on_as_it_was(bip: Relying, claire: Browser) -> None:
    assert bip.client.pkce == "optional"
    code = bip.code(claire, **WITHOUT)
    assert bip.exchange(code, code_verifier=None).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"pkce": "optional", "token_endpoint_auth_method": "none", "client_secret": None},
        {"pkce": "required", "grant_types": ["client_credentials"], "scope": "payroll.read", "redirect_uris": []},
    ],
)
def test_a_setting_that_would_not_hold_is_refused(cast: Cast, changes: dict[str, object]) -> None:
    with pytest.raises(InvalidClientMetadata) as refusal:
        define(cast.bip, **changes)
    assert refusal.value.field == "pkce"


def test_a_public_client_keeps_it_when_it_is_given_a_secret(cast: Cast) -> None:
    public_one = define(cast.bip, token_endpoint_auth_method="none", client_secret=None)
    kept = {**queries.metadata_of(public_one), "token_endpoint_auth_method": "client_secret_basic"}
    assert define(cast.bip, **kept).pkce == "required"


def _sent(**typed: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update({"kind": "web", "redirect_uris": CALLBACK, **typed})
    return data


def test_the_form_proposes_it_of_a_new_application_and_of_no_other(cast: Cast) -> None:
    assert panel.form(cast.bip)["pkce"].value() == "required"
    for typed, kept in ({}, "required"), ({"pkce": "optional"}, "optional"), ({"kind": "machine"}, "optional"):
        Client.objects.all().delete()
        form = panel.form(cast.bip, _sent(**{"pkce": "required", "scope": "", **typed}))
        assert form.is_valid(), form.errors
        panel.save(cast.bip, form, actor=SYSTEM)
        assert Client.objects.get().pkce == kept
    Client.objects.all().delete()
    define(cast.bip)
    assert panel.form(cast.bip)["pkce"].value() == "optional"


def test_engineers_and_operators_are_told_of_those_without(cast: Cast) -> None:
    define(cast.bip)
    assert panel.about(cast.bip).warnings == (WITHOUT_PKCE,)
    trial = {each["name"]: each for each in told("doctor")}["OpenID Connect"]
    assert trial["succeeded"]
    assert ": bip. " in trial["sentence"]
    define(cast.bip, pkce="required")
    assert panel.about(cast.bip).warnings == ()
    assert queries.without_pkce() == []


def test_a_client_that_does_not_know_it_is_named_beside_its_text(cast: Cast) -> None:
    define(cast.bip, pkce="required", token_endpoint_auth_method="client_secret_post")
    warned = [each.title for each in snippets(cast.bip) if french("n'emploie pas PKCE") in each.warning]
    assert warned == ["Drupal (openid_connect)"]
