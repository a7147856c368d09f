"""RFC 6749, section 4.1, and OpenID Connect Core, section 3.1.2: what is asked is checked, and errors go back."""

from urllib.parse import urlsplit

import pytest
from django.test import Client as Browser

from convergences.admission.models import Visit
from convergences.audit.models import AuditEvent
from convergences.protocols.oidc.models import AuthorizationCode
from tests.oidc.relying import CALLBACK, ISSUER, Relying, answered

pytestmark = pytest.mark.database

REFUSED = [
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": "id_token"}, "unsupported_response_type"),
    ({"response_type": "code token"}, "unsupported_response_type"),
    ({"response_type": None}, "invalid_request"),
    ({"response_mode": "fragment"}, "invalid_request"),
    ({"scope": "profile"}, "invalid_scope"),
    ({"scope": None}, "invalid_scope"),
    ({"scope": ["openid", "openid"]}, "invalid_request"),
    ({"nonce": ["a", "b"]}, "invalid_request"),
    ({"state": ["a", "b"]}, "invalid_request"),
    ({"prompt": "none login"}, "invalid_request"),
    ({"prompt": "create"}, "invalid_request"),
    ({"max_age": "-1"}, "invalid_request"),
    ({"max_age": "1e3"}, "invalid_request"),
    ({"max_age": "٣"}, "invalid_request"),
    ({"max_age": "9" * 30}, "invalid_request"),
    ({"nonce": "x" * 256}, "invalid_request"),
    ({"nonce": "a\x00b"}, "invalid_request"),
    ({"state": "a\r\nSet-Cookie: b"}, "invalid_request"),
    ({"state": "x" * 2049}, "invalid_request"),
    ({"registration": "{}"}, "registration_not_supported"),
    ({"id_token_hint": "not.a.token"}, "invalid_request"),
]


@pytest.mark.parametrize(("changes", "error"), REFUSED)
def test_a_faulty_request_goes_back_with_its_error(
    bip: Relying, claire: Browser, changes: dict[str, str | list[str] | None], error: str
) -> None:
    """4.1.2.1: "the authorization server informs the client by adding the following parameters to the query"."""
    response = bip.authorize(claire, **changes)
    assert response["Location"].startswith(f"{CALLBACK}?error={error}&")
    assert answered(response)["iss"] == ISSUER
    assert not AuthorizationCode.objects.exists()
    assert not Visit.objects.exists()


def test_an_answer_holds_code_state_and_issuer_and_nothing_else(bip: Relying, claire: Browser) -> None:
    """RFC 9207, section 2: "an authorization server … MUST indicate its identity by including the "iss" parameter"."""
    response = bip.authorize(claire, state="a state & more = é", unheard="of", ui_locales="de", login_hint="x")
    answer = answered(response)
    assert set(answer) == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == ("a state & more = é", ISSUER)
    assert response["Cache-Control"] == "no-store"
    assert urlsplit(response["Location"]).fragment == ""


def test_no_state_asked_no_state_answered(bip: Relying, claire: Browser) -> None:
    assert set(answered(bip.authorize(claire, state=None))) == {"code", "iss"}


def test_an_empty_parameter_counts_as_absent(bip: Relying, claire: Browser) -> None:
    """RFC 6749, 3.1: "Parameters sent without a value MUST be treated as if they were omitted from the request."""
    assert answered(bip.authorize(claire, prompt="", max_age="", response_mode="", request=""))["code"]


def test_a_request_too_long_is_refused_without_a_redirect(bip: Relying, claire: Browser) -> None:
    response = bip.authorize(claire, unheard="x" * 4000)
    assert response.status_code == 400
    assert not response.has_header("Location")


def test_a_form_comes_back_by_get_so_that_the_cookie_comes_too(bip: Relying, claire: Browser) -> None:
    """Core, 3.1.2.1: "Authorization Servers MUST support the use of the HTTP GET and POST methods"."""
    response = claire.post("/oauth/authorize", bip.request())
    assert response.status_code == 303
    assert answered(claire.get(response["Location"]))["code"]


def test_a_form_too_large_is_refused(bip: Relying, claire: Browser) -> None:
    assert claire.post("/oauth/authorize", bip.request(unheard="x" * 20_000)).status_code == 400


def test_looking_at_the_endpoint_gives_no_code(bip: Relying, claire: Browser) -> None:
    assert claire.head("/oauth/authorize", bip.request()).status_code == 405


def test_entering_twice_is_one_visit_told_once(bip: Relying, claire: Browser) -> None:
    codes = {bip.code(claire), bip.code(claire)}
    assert len(codes) == 2
    assert Visit.objects.get().protocol == "oidc"
    assert AuditEvent.objects.filter(action="admission.application_entered").count() == 1


def test_scopes_are_limited_to_what_the_client_may_ask(bip: Relying, claire: Browser) -> None:
    assert bip.tokens(claire, scope="openid email phone")["scope"] == "openid email"


def test_no_site_may_frame_a_page_of_ours(bip: Relying, claire: Browser) -> None:
    """RFC 9700, 4.16: "Authorization servers MUST prevent clickjacking attacks."""
    for address in ("/oauth/logout", "/oauth/authorize?client_id=nobody"):
        response = claire.get(address)
        assert response["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_the_issuer_is_ours_whatever_host_is_asked(bip: Relying, claire: Browser) -> None:
    assert claire.get("/oauth/authorize", bip.request(), headers={"Host": "evil.example"}).status_code == 400
