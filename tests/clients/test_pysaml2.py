"""pysaml2, by the documentation's example."""

from collections.abc import Iterator

import pytest

from tests.clients import pysaml2_site
from tests.clients.carrying import Carrier, carried
from tests.clients.pysaml2_site import APPLICATION, Site
from tests.clients.world import World, sign_in, wait_until


@pytest.fixture(scope="module")
def site(shared_world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site."""
    with pysaml2_site.running(shared_world, tmp_path_factory.mktemp("pysaml2")) as running:
        yield running


@pytest.fixture
def surfer() -> Carrier:
    """A browser that has been nowhere."""
    return Carrier()


def enter(site: Site, surfer: Carrier, page: str = "") -> str:
    """Sign Claire in; return the site's address."""
    surfer.go(f"{site.address}/saml/{page}")
    assert surfer.page.url.startswith(f"{site.world.portal}/connexion"), surfer.page.text
    sign_in(surfer)
    assert surfer.page.url == f"{site.address}/saml/?page=2", surfer.page.text
    return f"{site.address}/saml/"


def let_in(home: str, surfer: Carrier) -> bool:
    """Tell whether the site still opens without asking the portal."""
    return surfer.session.get(home, allow_redirects=False, timeout=20).status_code == 200


@pytest.mark.parametrize("page", ["", "connexion?by=post"])
def test_who_signs_in_is_told_by_either_binding(world: World, site: Site, surfer: Carrier, page: str) -> None:
    enter(site, surfer, page)
    entered = surfer.page.json()
    assert entered["format"].endswith(":persistent")
    told = entered["attributes"]
    assert (told["mail"], told["sn"]) == (["claire.nguyen@pantin.example"], ["Nguyen"])
    assert told["eduPersonEntitlement"] == ["reader"]


def test_an_agent_keeps_the_name_under_which_the_site_knows_them(world: World, site: Site, surfer: Carrier) -> None:
    other = Carrier()
    enter(site, surfer)
    enter(site, other)
    assert surfer.page.json()["name"] == other.page.json()["name"] != ""


def test_an_answer_is_good_once(world: World, site: Site, surfer: Carrier) -> None:
    home = enter(site, surfer)
    form = carried(surfer.session.get(f"{home}connexion", timeout=20))
    assert form is not None
    answers = [Carrier().session.post(form[0], form[1], timeout=20, allow_redirects=False) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 403]


def test_an_agent_without_a_right_is_led_to_who_gives_it(world: World, site: Site, surfer: Carrier) -> None:
    world.remove_right(APPLICATION)
    surfer.go(f"{site.address}/saml/")
    sign_in(surfer)
    assert (surfer.page.status_code, "Nadia Ferhat" in surfer.page.text) == (403, True)


def test_a_removed_right_closes_the_session(world: World, site: Site, surfer: Carrier) -> None:
    home = enter(site, surfer)
    assert let_in(home, surfer)
    world.remove_right(APPLICATION)
    wait_until(lambda: not let_in(home, surfer))
    of_it = f"(SELECT id FROM catalog_application WHERE slug = '{APPLICATION}')"
    over = f"application_id = {of_it} AND ended_at IS NOT NULL AND end_reason <> 'left'"
    untold = f"SELECT count(*) FROM admission_visit WHERE {over} AND told_at IS NULL"
    wait_until(lambda: world.count(untold) == 0)


def test_signing_out_of_the_application_signs_out_of_the_portal(world: World, site: Site, surfer: Carrier) -> None:
    home = enter(site, surfer)
    surfer.go(f"{home}quitter")
    assert f"Vous quittez {APPLICATION.title()}" in surfer.page.text
    surfer.send({}, button="DÉCONNEXION")
    assert surfer.page.url.startswith(f"{home}deconnexion?"), surfer.page.text
    assert surfer.page.json() == {"left": True}
    assert "Se connecter" in surfer.go(home)
