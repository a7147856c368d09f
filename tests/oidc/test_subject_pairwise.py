"""OpenID Connect Core, section 8: an agent may bear another name at each application, and keeps it for ever."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.test import override_settings
from joserfc import jwt
from joserfc.jwk import KeySet

from convergences.protocols.oidc.errors import InvalidClientMetadata
from tests.cast import Cast
from tests.oidc.relying import CALLBACK, Relying, answered, define, encoded, entitle

pytestmark = pytest.mark.database

OTHER = "https://rival.example/cb"


def paired(cast: Cast, claire_at: Any, **changes: Any) -> Relying:
    uris = changes.setdefault("redirect_uris", [CALLBACK])
    return Relying(define(claire_at, subject_type="pairwise", **changes), redirect_uri=uris[0])


@pytest.fixture
def pair(cast: Cast) -> Relying:
    """BIP, which knows agents by names of its own."""
    entitle(cast.claire, cast.bip, "reader")
    return paired(cast, cast.bip)


def subject(client: Relying, browser: Browser) -> str:
    told: dict[str, str] = client.userinfo(client.tokens(browser)["access_token"]).json()  # type: ignore[attr-defined]
    return told["sub"]


def test_two_applications_cannot_join_what_they_know(pair: Relying, cast: Cast, claire: Browser) -> None:
    """8: pairwise, "so as not to enable Clients to correlate the End-User's activities without permission"."""
    entitle(cast.claire, cast.cotisations)
    rival = paired(cast, cast.cotisations, redirect_uris=[OTHER])
    assert len({subject(pair, claire), subject(rival, claire), cast.claire.agent.subject}) == 3


def test_two_agents_bear_two_names(pair: Relying, cast: Cast, claire: Browser) -> None:
    from tests.cast import signed_in

    entitle(cast.nadia, cast.bip)
    assert subject(pair, claire) != subject(pair, signed_in(cast.nadia.agent))


def test_one_name_in_everything_that_is_told(pair: Relying, claire: Browser) -> None:
    """8: the same `sub` in the ID token, userinfo and introspection."""
    given = pair.tokens(claire)
    published = KeySet.import_key_set(pair.machine.get("/oauth/jwks").json())
    in_id_token = jwt.decode(given["id_token"], published, algorithms=["ES256"]).claims["sub"]
    in_userinfo = pair.userinfo(given["access_token"]).json()["sub"]  # type: ignore[attr-defined]
    in_introspection = pair.machine.post(
        "/oauth/introspect",
        encoded({"token": given["access_token"]}),
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": pair.basic()},
    ).json()["sub"]
    assert in_id_token == in_userinfo == in_introspection


def test_it_stays_when_secret_key_name_and_address_change(pair: Relying, cast: Cast, claire: Browser) -> None:
    """DOMAIN, rule 5: the identifier is stable."""
    before = subject(pair, claire)
    cast.claire.agent.email = "claire.martin@pantin.example"
    cast.claire.agent.family_name = "Martin"
    cast.claire.agent.save()
    assert subject(pair, claire) == before
    given = pair.tokens(claire)["access_token"]
    with override_settings(SECRET_KEY="another key, which replaces the former, quite long"):
        assert pair.userinfo(given).json()["sub"] == before  # type: ignore[attr-defined]


def test_it_stays_when_the_application_moves(pair: Relying, cast: Cast, claire: Browser) -> None:
    before = subject(pair, claire)
    moved = paired(cast, cast.bip, redirect_uris=["https://bip.pantin.example/cb"])
    assert subject(moved, claire) == before


def test_applications_of_one_host_share_a_name(pair: Relying, cast: Cast, claire: Browser) -> None:
    """8.1: the sector identifier is "the host component of the registered redirect_uri"."""
    entitle(cast.claire, cast.cotisations)
    sister = paired(cast, cast.cotisations, redirect_uris=["https://bip.example/other"])
    assert subject(sister, claire) == subject(pair, claire)


def test_several_hosts_are_refused_by_name(cast: Cast) -> None:
    """8.1: several hosts need a sector_identifier_uri."""
    with pytest.raises(InvalidClientMetadata) as refusal:
        paired(cast, cast.bip, redirect_uris=[CALLBACK, OTHER])
    assert refusal.value.field == "subject_type"


def test_it_does_not_change_under_agents_who_came(pair: Relying, cast: Cast, claire: Browser) -> None:
    pair.tokens(claire)
    with pytest.raises(InvalidClientMetadata, match="perdre leur compte"):
        define(cast.bip, subject_type="public")


def test_the_hint_is_read_by_the_same_name(pair: Relying, claire: Browser) -> None:
    """3.1.2.1: id_token_hint names the agent by the client's own `sub`."""
    hint = pair.tokens(claire)["id_token"]
    assert "code" in answered(pair.authorize(claire, id_token_hint=hint, prompt="none"))
