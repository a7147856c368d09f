"""OAuth 2.0 Form Post Response Mode 1.0: the answer goes to the client in a form, and to nobody else."""

import re
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client as Browser

from tests.cast import Cast, signed_in
from tests.oidc.relying import CALLBACK, ISSUER, Relying

pytestmark = pytest.mark.database


def posted(response: HttpResponse) -> dict[str, str]:
    """Return the fields of the form that the browser posts to the client."""
    page = response.content.decode()
    assert response.status_code == 200, page[:2000]
    assert f'action="{CALLBACK}"' in page
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in fields}


def test_state_is_data_and_never_markup(bip: Relying, claire: Browser) -> None:
    """Form Post, section 2: values are "HTML form values", encoded: a state is anybody's text."""
    state = "\"><script>alert(1)</script>'&amp;"
    response = bip.authorize(claire, response_mode="form_post", state=state)
    assert posted(response)["state"] == state
    assert "<script>alert" not in response.content.decode()


def test_only_the_registered_origin_receives_the_form(bip: Relying, claire: Browser) -> None:
    policy = bip.authorize(claire, response_mode="form_post")["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["form-action"] == "https://bip.example 'self'"
    assert (directives["default-src"], directives["script-src"]) == ("'none'", "'self'")
    assert directives["frame-ancestors"] == "'none'"


def test_a_page_of_refusal_keeps_the_house_policy(bip: Relying, claire: Browser) -> None:
    response = bip.authorize(claire, response_mode="form_post", redirect_uri="https://evil.example/")
    assert response.status_code == 400
    assert "form-action 'self'" in response["Content-Security-Policy"]
    assert "evil.example" not in response.content.decode()


@pytest.mark.parametrize("mode", ["fragment", "query.jwt", "FORM_POST", "form_post query"])
def test_another_mode_is_an_error_that_goes_by_the_query(bip: Relying, claire: Browser, mode: str) -> None:
    response = bip.authorize(claire, response_mode=mode)
    assert response["Location"].startswith(f"{CALLBACK}?error=invalid_request&")


def test_a_mode_said_twice_is_an_error(bip: Relying, claire: Browser) -> None:
    response = bip.authorize(claire, response_mode=["form_post", "query"])
    assert response["Location"].startswith(f"{CALLBACK}?error=invalid_request&")


def test_the_form_holds_code_state_and_issuer_and_nobody_keeps_it(bip: Relying, claire: Browser) -> None:
    """Section 2: "the result parameters being encoded as HTML form values that are auto-submitted"."""
    response = bip.authorize(claire, response_mode="form_post")
    fields = posted(response)
    assert set(fields) == {"code", "state", "iss"}
    assert fields["iss"] == ISSUER
    assert response["Cache-Control"] == "no-store"
    assert bip.exchange(fields["code"]).status_code == 200


def test_the_page_works_with_the_script_and_by_a_button_without(bip: Relying, claire: Browser) -> None:
    page = bip.authorize(claire, response_mode="form_post").content.decode()
    assert re.search(r'<script src="/static/[^"]*js/submit.js" defer></script>', page)
    assert re.search(r"<button[^>]*>Continuer</button>", page)
    assert not re.search(r"<script>|onload=", page)


def test_errors_take_the_same_way(bip: Relying, claire: Browser) -> None:
    """Multiple Response Types, 2.1: response_mode tells "the mechanism … for returning Authorization Response"."""
    fields = posted(bip.authorize(claire, response_mode="form_post", scope="profile"))
    assert (fields["error"], fields["state"], fields["iss"]) == ("invalid_scope", "a state", ISSUER)
    fields = posted(bip.authorize(Browser(), response_mode="form_post", prompt="none"))
    assert fields["error"] == "login_required"


def test_who_is_refused_goes_back_by_the_form_too(bip: Relying, cast: Cast) -> None:
    moussa = signed_in(cast.moussa.agent)
    page = bip.authorize(moussa, response_mode="form_post").content.decode()
    link = re.search(r'href="(/oauth/authorize\?[^"]*left=access_denied)"', page)
    assert link is not None
    assert posted(moussa.get(unescape(link[1])))["error"] == "access_denied"
