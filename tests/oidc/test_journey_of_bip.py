"""The whole journey, between real processes: BIP, built on Authlib's client, and the portal under granian."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.cast import PASSWORD
from tests.oidc import live
from tests.oidc.live import Live
from tests.oidc.relying import VERIFIER, challenge_of
from tests.oidc.staging import SECRET
from tests.oidc.surfing import Surfer

RIGHT = "UPDATE entitlements_entitlement SET"
CLAIRE = "claire.nguyen@pantin.example"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Both processes, for all the tests of this file."""
    with live.running(tmp_path_factory.mktemp("live")) as both:
        yield both


@pytest.fixture
def claire(world: Live) -> Surfer:
    """Claire, who may consult BIP, on its first page."""
    world.change(f"{RIGHT} closed_at = NULL, roles = '[\"reader\"]'")
    surfer = Surfer()
    surfer.go(f"{world.bip}/")
    assert surfer.page.url.startswith(f"{world.portal}/connexion")
    surfer.send({"identifier": CLAIRE, "password": PASSWORD}, button="Se connecter")
    assert surfer.page.url == f"{world.bip}/"
    return surfer


def test_bip_says_who_came_from_where_and_with_which_role(claire: Surfer, world: Live) -> None:
    assert "Bonjour Claire" in claire.page.text
    sheet = claire.go(f"{world.bip}/mon-acces")
    for told in ("Claire Nguyen", CLAIRE, "Ville de Pantin", "21930055500014", "Consulter"):
        assert told in sheet


def test_a_reader_consults_and_does_not_manage(claire: Surfer, world: Live) -> None:
    assert "jour de carence" in claire.go(f"{world.bip}/fiches/conge-de-maladie-ordinaire")
    assert "Le télétravail" in claire.go(f"{world.bip}/?q=TELETRAVAIL")
    assert "Gérer</a>" not in claire.page.text
    assert "réservée au profil" in claire.go(f"{world.bip}/gerer")
    assert claire.page.status_code == 403
    assert claire.go(f"{world.bip}/fiches/inconnue")
    assert claire.page.status_code == 404


def test_a_manager_writes_a_note_that_colleagues_read(claire: Surfer, world: Live) -> None:
    world.change(f"{RIGHT} roles = '[\"manager\"]'")
    claire.go(f"{world.bip}/gerer")
    assert "Choisissez une fiche" in claire.send({"sheet": "", "text": "x"}, button="Publier")
    claire.send({"sheet": "teletravail", "text": "Deux jours <ici>."}, button="Publier")
    assert "Deux jours &lt;ici&gt;." in claire.go(f"{world.bip}/fiches/teletravail")


def test_each_page_renews_the_tokens(claire: Surfer, world: Live) -> None:
    tokens = "SELECT COUNT(*) FROM oidc_refreshtoken"
    before = world.count(tokens)
    claire.go(f"{world.bip}/modeles")
    claire.go(f"{world.bip}/")
    assert world.count(tokens) == before + 2


def test_a_removed_right_closes_bip_at_the_next_page(claire: Surfer, world: Live) -> None:
    world.change(f"{RIGHT} closed_at = '2026-01-01'")
    assert "Votre accès a été retiré" in claire.go(f"{world.bip}/")
    assert "Vous n’êtes pas habilité à ouvrir BIP" in claire.go(f"{world.bip}/connexion")
    assert (claire.page.status_code, "Nadia Ferhat" in claire.page.text) == (403, True)
    assert "Votre accès a été retiré" in claire.go(claire.link("Revenir à l’application"))


def test_a_session_ended_elsewhere_asks_to_sign_in_again(claire: Surfer, world: Live) -> None:
    world.change("UPDATE authentication_session SET ended_at = '2026-01-01'")
    claire.go(f"{world.bip}/modeles")
    claire.send({"identifier": CLAIRE, "password": PASSWORD}, button="Se connecter")
    assert claire.page.url == f"{world.bip}/modeles"


def test_leaving_bip_leaves_the_portal_too(claire: Surfer, world: Live) -> None:
    assert "Vous quittez BIP" in claire.send({}, button="Se déconnecter")
    assert "Vous avez quitté BIP" in claire.send({}, button="DÉCONNEXION")
    assert claire.page.url.startswith(f"{world.bip}/au-revoir?state=")
    claire.go(f"{world.portal}/")
    assert claire.page.url.startswith(f"{world.portal}/connexion")


def test_an_answer_that_bip_did_not_ask_for_opens_nothing(claire: Surfer, world: Live) -> None:
    """RFC 9700, 4.4 and 4.7: mix-up and login CSRF; `iss` and `state` are checked by the client."""
    for query in ("code=x&state=y", f"code=x&state=y&iss={world.portal}", "code=x&iss=https://evil.example"):
        assert "n’a pas abouti" in Surfer().go(f"{world.bip}/retour?{query}")


def _code(world: Live, surfer: Surfer) -> str:
    asked = {
        "response_type": "code",
        "client_id": "bip",
        "redirect_uri": f"{world.bip}/retour",
        "scope": "openid",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    }
    address = f"{world.portal}/oauth/authorize"
    response = surfer.session.get(address, params=asked, allow_redirects=False, timeout=20)
    return parse_qs(urlsplit(response.headers["Location"]).query)["code"][0]


def _token(world: Live, form: dict[str, str]) -> requests.Response:
    quoted = SECRET.replace(" ", "+").replace(",", "%2C")
    return requests.post(f"{world.portal}/oauth/token", form, auth=("bip", quoted), timeout=20)


def test_of_exchanges_at_the_same_instant_one_wins(claire: Surfer, world: Live) -> None:
    form = {
        "grant_type": "authorization_code",
        "code": _code(world, claire),
        "redirect_uri": f"{world.bip}/retour",
        "code_verifier": VERIFIER,
    }
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: _token(world, form), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200, *[400] * 7]
    won = next(answer.json() for answer in answers if answer.ok)
    told = requests.get(
        f"{world.portal}/oauth/userinfo", headers={"Authorization": f"Bearer {won['access_token']}"}, timeout=20
    )
    assert told.status_code == 401, "the replays revoked what the first was given"


def test_of_refreshes_at_the_same_instant_all_get_the_same_successor(claire: Surfer, world: Live) -> None:
    form = {
        "grant_type": "authorization_code",
        "code": _code(world, claire),
        "redirect_uri": f"{world.bip}/retour",
        "code_verifier": VERIFIER,
    }
    token = _token(world, form).json()["refresh_token"]
    with ThreadPoolExecutor(3) as pool:
        again = {"grant_type": "refresh_token", "refresh_token": token}
        answers = list(pool.map(lambda _: _token(world, again), range(3)))
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


def test_no_secret_shows_in_any_page_or_address(claire: Surfer, world: Live) -> None:
    claire.go(f"{world.bip}/mon-acces")
    history = " ".join([claire.page.text, *(answer.url for answer in claire.page.history)])
    assert not re.search(r"access_token|refresh_token|id_token|" + SECRET, history)
