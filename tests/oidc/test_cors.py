"""Cross-origin requests (Fetch, 3.2): whose pages may read our answers from a browser, and how little that gives."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from convergences.foundations.sealing import digest
from convergences.protocols.oidc.models import BrowserOrigin
from tests.cast import Cast
from tests.oidc.holding import CALLBACK, FORM, USERINFO, VERIFIER, Holder
from tests.oidc.relying import Relying, define, encoded, entitle

pytestmark = pytest.mark.database

OURS = "https://bip.example"
FOR_CLIENTS = ["/oauth/token", "/oauth/userinfo", "/oauth/revoke"]
FOR_ANYBODY = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/oauth/jwks"]
FOR_NO_PAGE = ["/oauth/introspect", "/oauth/par", "/oauth/authorize", "/oauth/logout"]
LOOK_ALIKES = [
    "null",
    "http://bip.example",
    "https://bip.example:8443",
    "https://bip.example.evil.example",
    "https://evil.example/https://bip.example",
    "https://sub.bip.example",
    "https://bip.example@evil.example",
    "HTTPS://BIP.EXAMPLE",
    "https://bip.example/",
    "https://bip.example https://evil.example",
    "https://bip.exampl",
    "https://bip.example%00",
    "https://bip.example\x00",
    "https://" + "a" * 5000,
    "*",
    "",
]


@pytest.fixture
def public(cast: Cast) -> Relying:
    """BIP as a page of the browser, which Claire may open."""
    entitle(cast.claire, cast.bip, "reader")
    return Relying(
        define(
            cast.bip,
            token_endpoint_auth_method="none",
            client_secret=None,
            dpop_bound_access_tokens=True,
            redirect_uris=[CALLBACK, "HTTPS://App.Example:443/cb", "http://127.0.0.1:8002/retour"],
        )
    )


def preflight(path: str, origin: str = OURS, method: str = "POST") -> HttpResponse:
    headers = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "dpop"}
    response: HttpResponse = Browser().options(path, headers=headers)
    return response


def granted(response: HttpResponse) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.lower().startswith("access-control-")}


def plan(sql: str) -> str:
    """Return how the database would answer, by the names of the indexes it would read."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {'QUERY PLAN' if connection.vendor == 'sqlite' else ''} {sql}")
        return str(cursor.fetchall()).replace("sqlite_autoindex_oidc_browserorigin_1", "oidc_origin_of_client")


@pytest.mark.parametrize("path", FOR_CLIENTS)
@pytest.mark.parametrize("origin", LOOK_ALIKES)
def test_an_origin_that_only_looks_alike_reads_nothing(public: Relying, path: str, origin: str) -> None:
    assert granted(preflight(path, origin)) == {}
    assert granted(Browser().post(path, headers={"Origin": origin})) == {}


@pytest.mark.parametrize("path", FOR_CLIENTS)
def test_the_origin_of_a_confidential_client_reads_nothing(bip: Relying, path: str) -> None:
    assert granted(preflight(path)) == {}
    assert granted(Browser().post(path, headers={"Origin": OURS})) == {}


@pytest.mark.parametrize("path", FOR_NO_PAGE)
@pytest.mark.parametrize("method", ["options", "post", "get"])
def test_what_no_page_should_call_answers_none(public: Relying, path: str, method: str) -> None:
    headers = {"Origin": OURS, "Access-Control-Request-Method": "POST"}
    response = getattr(Browser(), method)(path, headers=headers)
    assert granted(response) == {}


@pytest.mark.parametrize("path", [*FOR_CLIENTS, *FOR_ANYBODY])
@pytest.mark.parametrize("method", ["options", "post", "get"])
def test_no_answer_ever_lets_cookies_through(public: Relying, path: str, method: str) -> None:
    """Fetch, 3.2.3: with `Access-Control-Allow-Credentials`, any page of the origin would act as its visitor."""
    headers = {"Origin": OURS, "Access-Control-Request-Method": "GET"}
    response = getattr(Browser(), method)(path, headers=headers)
    assert "Access-Control-Allow-Credentials" not in response
    assert granted(response)["Access-Control-Allow-Origin"] == ("*" if path in FOR_ANYBODY else OURS)


@pytest.mark.parametrize("path", FOR_CLIENTS)
def test_a_preflight_says_what_a_page_may_send(public: Relying, path: str) -> None:
    response = preflight(path)
    assert response.status_code == 204
    assert granted(response) == {
        "Access-Control-Allow-Origin": OURS,
        "Access-Control-Allow-Methods": "GET, POST" if path == "/oauth/userinfo" else "POST",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, DPoP",
        "Access-Control-Max-Age": "300",
    }
    assert "Origin" in response["Vary"]


@pytest.mark.parametrize("origin", ["https://app.example", "http://127.0.0.1:8002"])
def test_an_address_is_known_as_browsers_write_its_origin(public: Relying, origin: str) -> None:
    """RFC 6454, 6.2: in lower case, without the usual port; and of loopback, that port alone."""
    assert granted(preflight("/oauth/token", origin))["Access-Control-Allow-Origin"] == origin
    assert granted(preflight("/oauth/token", "http://127.0.0.1:8003")) == {}


@pytest.mark.parametrize("path", FOR_CLIENTS)
@pytest.mark.parametrize("headers", [{}, {"Origin": OURS}, {"Origin": "https://evil.example"}])
def test_every_answer_says_that_it_varies(public: Relying, path: str, headers: dict[str, str]) -> None:
    """Fetch, 3.2.6: else a cache would give to one origin what was answered to another."""
    assert "Origin" in Browser().post(path, headers=headers)["Vary"]


def test_a_page_reads_refusals_and_the_nonce_to_try_again_with(public: Relying, claire: Browser) -> None:
    """RFC 9449, 8: the nonce comes in a header, which browsers hide unless it is exposed."""
    proof = Holder(public).proof(nonce=None)
    body = encoded({"client_id": "bip", "grant_type": "authorization_code", "code": "x"})
    refused: Any = Browser().post("/oauth/token", body, content_type=FORM, headers={"Origin": OURS, "DPoP": proof})
    assert (refused.status_code, refused.json()["error"]) == (400, "use_dpop_nonce")
    assert refused["DPoP-Nonce"]
    assert granted(refused) == {
        "Access-Control-Allow-Origin": OURS,
        "Access-Control-Expose-Headers": "DPoP-Nonce, WWW-Authenticate",
    }


def test_a_page_exchanges_its_code_and_asks_who_came(public: Relying, claire: Browser) -> None:
    holder = Holder(public)
    form = {"client_id": "bip", "grant_type": "authorization_code", "redirect_uri": CALLBACK}
    body = encoded({**form, "code_verifier": VERIFIER, "code": public.code(claire)})
    headers = {"Origin": OURS, "DPoP": holder.proof()}
    given: Any = Browser().post("/oauth/token", body, content_type=FORM, headers=headers)
    assert granted(given)["Access-Control-Allow-Origin"] == OURS
    told = holder.userinfo(given.json()["access_token"])
    assert told.status_code == 200
    assert granted(told) == {}, "nobody asked from a page"
    alone = Browser().get(USERINFO, headers={"Origin": OURS})
    assert (alone.status_code, granted(alone)["Access-Control-Allow-Origin"]) == (401, OURS)


def test_what_is_not_a_preflight_is_refused_as_before(public: Relying) -> None:
    assert Browser().options("/oauth/token").status_code == 405
    assert Browser().options("/oauth/token", headers={"Origin": OURS}).status_code == 405


@pytest.mark.parametrize("path", FOR_ANYBODY)
def test_public_documents_are_for_any_page(public: Relying, path: str) -> None:
    response = preflight(path, "https://anybody.example", "GET")
    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (204, "*")
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD"


def test_an_origin_goes_with_its_address_and_with_what_makes_a_client_public(public: Relying, cast: Cast) -> None:
    define(cast.bip, token_endpoint_auth_method="none", client_secret=None, redirect_uris=["https://new.example/cb"])
    assert granted(preflight("/oauth/token")) == {}
    assert granted(preflight("/oauth/token", "https://new.example"))
    define(cast.bip, redirect_uris=["https://new.example/cb"])
    assert granted(preflight("/oauth/token", "https://new.example")) == {}


@pytest.mark.parametrize("crowded", [False, True])
def test_a_preflight_costs_one_read_by_index_whatever_the_number_of_clients(public: Relying, *, crowded: bool) -> None:
    if crowded:
        many = (f"https://{digest(str(number))}.example" for number in range(2000))
        BrowserOrigin.objects.bulk_create(BrowserOrigin(client=public.client, origin=origin) for origin in many)
    with CaptureQueriesContext(connection) as captured:
        preflight("/oauth/token")
        preflight("/oauth/token", "https://nobody.example")
        preflight("/oauth/token", "x" * 5000)
        Browser().post("/oauth/token")
    assert len(captured) == 2
    assert "oidc_origin_of_client" in plan(captured.captured_queries[0]["sql"])
