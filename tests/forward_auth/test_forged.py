"""What a browser, or a server that nobody declared, invents."""

import pytest

from convergences.catalog.models import Application
from tests.cast import Cast, application
from tests.forward_auth.serving import PAGE, PROXY, SNAPI, STRANGER, Surfer, define, header
from tests.home.rights import give
from tests.oidc.dispatched import Request, Sent, sent

pytestmark = pytest.mark.database


def forwarded(surfer: Surfer, **headers: str) -> Sent:
    """Ask as Traefik and Caddy do."""
    from convergences.project.wsgi import application as server

    cookies = "; ".join(f"{name}={value}" for name, value in surfer.cookies(SNAPI).items())
    said = {"X-Forwarded-Host": SNAPI, "X-Forwarded-Uri": "/dossiers", "X-Forwarded-Method": "GET", "Cookie": cookies}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    kept = {name: value for name, value in said.items() if value}
    return sent(server, Request("/gate/check", headers=kept, server={"REMOTE_ADDR": PROXY}))


def test_a_server_that_nobody_declared_is_not_believed(snapi: Application, claire: Surfer) -> None:
    claire.enter()
    answer = claire.check(PAGE, peer=STRANGER)
    assert answer.code == 403
    assert not header(answer, "Remote-User")


def test_who_brings_no_address_is_answered_nothing(snapi: Application, claire: Surfer) -> None:
    claire.enter()
    for said in ({"X_Original_URL": ""}, {"X_Original_URL": "/dossiers"}, {"X_Original_URL": f"{PAGE},{PAGE}"}):
        answer = claire.check(PAGE, **said)
        assert (answer.code, header(answer, "X-Gate-Start")) in {(403, ""), (200, "")}
        assert answer.code == 403 or "," in said["X_Original_URL"]  # a comma is a sign of a query like another


def test_traefik_and_caddy_say_it_in_their_way(snapi: Application, claire: Surfer) -> None:
    assert forwarded(Surfer()).code == 401
    claire.enter()
    assert forwarded(claire).code == 200


@pytest.mark.parametrize("host", ["", "other.example", f"{SNAPI},other.example", f"other.example@{SNAPI}", f"{SNAPI}/"])
def test_a_host_that_is_not_to_the_letter_is_nobody_s(snapi: Application, claire: Surfer, host: str) -> None:
    claire.enter()
    assert forwarded(claire, X_Forwarded_Host=host).code == 403


def test_a_server_that_lets_its_browser_speak_is_not_answered(snapi: Application, claire: Surfer) -> None:
    """The browser wrote one of the two: whichever we believed, it could be that one."""
    claire.enter()
    assert claire.check(PAGE, X_Forwarded_Uri="/dossiers").code == 403
    assert claire.check(PAGE, X_Forwarded_Method="GET").code == 403
    assert forwarded(claire, X_Original_URL=PAGE).code == 403


def test_the_host_of_the_check_is_the_portal_s_or_it_is_refused(snapi: Application, claire: Surfer) -> None:
    claire.enter()
    assert claire.check(PAGE, Host=SNAPI).code == 400


@pytest.mark.parametrize("path", ["/", "/connexion", "/gate/lost", "/oauth/token", "/gate/check", "/gate/start/"])
def test_an_application_s_host_answers_its_three_addresses_only(snapi: Application, claire: Surfer, path: str) -> None:
    assert claire.ask(f"http://{SNAPI}{path}").code == 400


def test_an_unknown_host_answers_none(snapi: Application, claire: Surfer) -> None:
    for path in ("start", "arrive", "leave"):
        assert claire.ask(f"http://evil.example/gate/{path}").code == 400


def test_a_cookie_of_another_host_opens_nothing(snapi: Application, claire: Surfer, cast: Cast) -> None:
    """Even of an application that the same agent may enter: a host that leaks its cookies gives those of no other."""
    other = application("autre", "Autre", [("reader", "Consulter")], protocol="gate")
    give(cast.claire, other)
    define(other, "autre.example")
    claire.enter()
    claire.jars["autre.example"] = dict(claire.cookies(SNAPI))
    assert claire.check("http://autre.example/").code == 401


def test_the_portal_s_cookie_opens_nothing_there(snapi: Application, claire: Surfer) -> None:
    claire.cookies(SNAPI)["gate"] = next(iter(claire.cookies("testserver").values()))
    assert claire.check(PAGE).code == 401


def test_two_cookies_of_the_name_are_none(snapi: Application, claire: Surfer) -> None:
    claire.enter()
    token = claire.cookies(SNAPI)["gate"]
    assert claire.check(PAGE, Cookie=f"gate={token}").code == 200
    assert claire.check(PAGE, Cookie=f"gate={token}; gate={token}").code == 401
    assert claire.check(PAGE, Cookie=f"Gate={token}").code == 401
