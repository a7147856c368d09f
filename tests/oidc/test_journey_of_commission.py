"""The Commission, between real processes: it asks for a strong and recent sign-in, and believes only what is signed."""

import os
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.cast import PASSWORD
from tests.oidc import live
from tests.oidc.live import Portal
from tests.oidc.staging import SECRET
from tests.oidc.surfing import Surfer

CLAIRE = "claire.nguyen@pantin.example"
SESSION = "UPDATE authentication_session SET"
SHEET = "UPDATE catalog_application SET assurance ="
FACTORS = '["pwd", "otp", "mfa"]'
NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
MISSING = "Une vérification en deux étapes est nécessaire"


@pytest.fixture(scope="module")
def commission() -> str:
    """Where the Commission answers."""
    return f"http://127.0.0.1:{live.free_port()}"


@pytest.fixture(scope="module")
def world(commission: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The portal and the Commission, which is content here with two factors whatever they are."""
    with live.portal(tmp_path_factory.mktemp("live"), ["tests.oidc.staging_commission", commission]) as portal:
        port = ["--port", commission.rsplit(":", 1)[1], "--issuer", portal.portal]
        started = ["-m", "convergences_demo.commission", *port, "--acr", "eidas1-mfa", "--recheck", "0"]
        with live.serving(started, {**os.environ, "COMMISSION_CLIENT_SECRET": SECRET}, f"{commission}/healthz"):
            yield portal


@pytest.fixture
def claire(world: Portal, commission: str) -> Surfer:
    """Claire, signed in at the portal by her password."""
    world.change(f"{SHEET} 'fresh_second_factor' WHERE slug = 'net-cotisations'")
    surfer = Surfer()
    surfer.go(f"{world.portal}/connexion")
    surfer.send({"identifier": CLAIRE, "password": PASSWORD}, button="Se connecter")
    return surfer


def strengthen(world: Portal) -> None:
    """Give the open sessions what a code of the telephone gives."""
    world.change(f"{SESSION} factors = '{FACTORS}', level = 'eidas2', second_factor_at = {NOW}")


def asked(surfer: Surfer, address: str) -> dict[str, str]:
    """Return what the Commission asks of the portal."""
    sent = surfer.session.get(address, allow_redirects=False, timeout=20)
    return dict(parse_qsl(urlsplit(sent.headers["Location"]).query))


def test_it_asks_for_a_strong_and_recent_sign_in(claire: Surfer, commission: str) -> None:
    sent = asked(claire, f"{commission}/")
    assert (sent["max_age"], sent["acr_values"]) == ("900", "eidas1-mfa")
    assert sent["claims"] == '{"id_token": {"acr": {"essential": true, "values": ["eidas1-mfa"]}}}'
    assert sent["code_challenge_method"] == "S256"


def test_a_password_alone_is_refused_in_words_on_both_sides(claire: Surfer, commission: str) -> None:
    claire.go(f"{commission}/")
    assert "/verification?" in claire.page.url
    told = claire.go(claire.link("Revenir à l’application"))
    assert MISSING in told
    assert "unmet_authentication_requirements" in told
    assert (claire.page.status_code, "Dossiers de votre" in told) == (403, False)


def test_two_factors_open_the_files_and_a_new_one_is_deposited(claire: Surfer, world: Portal, commission: str) -> None:
    strengthen(world)
    assert "Dossiers de votre collectivité" in claire.go(f"{commission}/")
    assert "Saisissez les initiales" in _deposit(claire, commission, initials="Claire Nguyen")
    assert "Choisissez l’objet" in _deposit(claire, commission, initials="a. b.", kind="autre")
    deposited = _deposit(claire, commission, initials="z. y.")
    assert "Le dossier est déposé" in deposited
    assert re.search(r"<td>Z\. Y\.</td><td>Congé de longue maladie</td>", deposited)
    shown = claire.go(f"{commission}/mon-acces")
    assert CLAIRE in shown
    assert "<code>eidas1-mfa</code>" in shown
    assert "<code>pwd otp mfa</code>" in shown


def _deposit(surfer: Surfer, commission: str, *, initials: str, kind: str = "Congé de longue maladie") -> str:
    surfer.go(f"{commission}/deposer")
    return surfer.send({"initials": initials, "kind": kind}, button="Déposer le dossier")


@pytest.mark.parametrize("removed", [{"claims", "acr_values", "max_age"}, {"claims", "acr_values"}])
def test_a_request_weakened_on_its_way_opens_nothing(
    claire: Surfer, world: Portal, commission: str, removed: set[str]
) -> None:
    """The browser carries the request, and may alter it: what counts is the ID token (Core, 3.1.3.7, 12 and 13)."""
    world.change(f"{SHEET} 'password' WHERE slug = 'net-cotisations'")
    sent = {name: value for name, value in asked(claire, f"{commission}/").items() if name not in removed}
    assert MISSING in claire.go(f"{world.portal}/oauth/authorize?{urlencode(sent)}")
    assert claire.page.url.startswith(f"{commission}/retour?code=")
    claire.go(f"{commission}/")
    assert "/verification?" in claire.page.url


def test_an_old_sign_in_opens_nothing_either(claire: Surfer, world: Portal, commission: str) -> None:
    strengthen(world)
    world.change(f"{SHEET} 'second_factor' WHERE slug = 'net-cotisations'")
    before = ", ".join(
        f"{name}_at = datetime('now', '-50 minutes')" for name in ("authenticated", "password", "second_factor")
    )
    world.change(f"{SESSION} {before}")
    sent = {name: value for name, value in asked(claire, f"{commission}/").items() if name != "max_age"}
    assert MISSING in claire.go(f"{world.portal}/oauth/authorize?{urlencode(sent)}")


def test_a_removed_right_closes_it_at_the_next_page(claire: Surfer, world: Portal, commission: str) -> None:
    strengthen(world)
    claire.go(f"{commission}/")
    world.change("UPDATE entitlements_entitlement SET closed_at = '2026-01-01'")
    assert "Vous n’avez pas accès à cette application" in claire.go(f"{commission}/")
    world.change("UPDATE entitlements_entitlement SET closed_at = NULL")
