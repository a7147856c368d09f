"""python-cas, by the documentation's example and in CAS's other ways."""

from collections.abc import Iterator

import pytest
import requests

from tests.clients import python_cas_site
from tests.clients.python_cas_site import Sites
from tests.clients.world import World, sign_in, wait_until
from tests.oidc.surfing import Surfer


@pytest.fixture(scope="module")
def sites(shared_world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """The sites."""
    with python_cas_site.running(shared_world, tmp_path_factory.mktemp("python_cas")) as running:
        yield running


def enter(sites: Sites, surfer: Surfer, way: str = "three") -> str:
    """Sign Claire in to a site; return its address."""
    home = f"{sites.address}/{way}/"
    surfer.go(home)
    assert surfer.page.url.startswith(f"{sites.world.portal}/connexion")
    sign_in(surfer)
    assert surfer.page.url == home, surfer.page.text
    return home


def let_in(home: str, surfer: Surfer) -> bool:
    """Tell whether a site still opens without asking the portal."""
    return surfer.session.get(home, allow_redirects=False, timeout=20).status_code == 200


def test_who_signs_in_is_told_with_attributes(world: World, sites: Sites, surfer: Surfer) -> None:
    enter(sites, surfer)
    entered = surfer.page.json()
    assert entered["email"] == "claire.nguyen@pantin.example"
    told = entered["attributes"]
    assert (told["given_name"], told["usual_name"], told["roles"]) == ("Claire", "Nguyen", "reader")
    assert told["isFromNewLogin"] == "true"
    assert entered["ticket"].startswith("ST-")


def test_an_application_may_know_agents_by_an_opaque_name(world: World, sites: Sites, surfer: Surfer) -> None:
    enter(sites, surfer, "two")
    user = surfer.page.json()["email"]
    assert user
    assert "@" not in user


def test_a_ticket_is_good_once_and_for_its_own_address(world: World, sites: Sites, surfer: Surfer) -> None:
    enter(sites, surfer)
    spent = surfer.page.json()["ticket"]
    assert sites.portal("three").receive(spent) is None
    asked = sites.portal("three").sign_in()
    address = surfer.session.get(asked, allow_redirects=False, timeout=20).headers["Location"]
    fresh = address.rsplit("ticket=", 1)[1]
    assert sites.portal("two").receive(fresh) is None
    assert sites.portal("three").receive(fresh) is None


def test_an_agent_without_a_right_is_led_to_who_gives_it(world: World, sites: Sites, surfer: Surfer) -> None:
    world.remove_right("cas-three")
    surfer.go(f"{sites.address}/three/")
    sign_in(surfer)
    assert surfer.page.status_code == 403
    assert "Nadia Ferhat" in surfer.page.text


def test_an_address_that_nobody_registered_is_not_followed(world: World, sites: Sites, surfer: Surfer) -> None:
    asked = sites.example.Portal(f"{sites.address}.evil.example/three/retour").sign_in()
    surfer.go(asked)
    assert surfer.page.status_code == 400
    assert surfer.page.url.startswith(world.portal)


def test_a_stranger_is_sent_back_by_the_gateway_without_a_page(world: World, sites: Sites, surfer: Surfer) -> None:
    assert surfer.go(f"{sites.address}/gateway/") == "nobody"
    enter(sites, surfer, "three")
    surfer.go(f"{sites.address}/gateway/")
    assert surfer.page.json()["email"] == "claire.nguyen@pantin.example"


def test_renew_asks_for_the_password_again(world: World, sites: Sites, surfer: Surfer) -> None:
    enter(sites, surfer, "three")
    surfer.go(f"{sites.address}/renew/")
    assert surfer.page.url.startswith(f"{world.portal}/connexion")
    sign_in(surfer)
    assert surfer.page.json()["attributes"]["isFromNewLogin"] == "true"


def test_an_application_calls_another_in_the_agents_name(world: World, sites: Sites, surfer: Surfer) -> None:
    enter(sites, surfer, "proxy")
    assert surfer.page.json()["pgtiou"].startswith("PGTIOU-")
    surfer.go(f"{sites.address}/proxy/mandat")
    proxied = surfer.page.json()
    assert proxied["ticket"].startswith("PT-")
    assert proxied["user"] == "claire.nguyen@pantin.example"


def test_a_removed_right_closes_the_session(world: World, sites: Sites, surfer: Surfer) -> None:
    home = enter(sites, surfer)
    assert let_in(home, surfer)
    world.remove_right("cas-three")
    wait_until(lambda: not let_in(home, surfer))


def test_signing_out_signs_out_of_the_portal_and_the_others(world: World, sites: Sites, surfer: Surfer) -> None:
    home = enter(sites, surfer)
    surfer.go(f"{sites.address}/proxy/")
    surfer.go(sites.portal("three").sign_out(f"{sites.address}/three/au-revoir"))
    surfer.send({}, button="DÉCONNEXION")
    assert surfer.page.url == f"{sites.address}/three/au-revoir"
    wait_until(lambda: not let_in(home, surfer) and not let_in(f"{sites.address}/proxy/", surfer))
    assert "Se connecter" in surfer.go(home)


def test_a_forged_ticket_is_refused(world: World, sites: Sites) -> None:
    forged = requests.get(f"{sites.address}/three/retour", params={"ticket": "ST-forged"}, timeout=20)
    assert forged.text == "nobody"
