"""What a client says of logout, and what the metadata announce (Back- and Front-Channel Logout 1.0, section 2)."""

import pytest
from django.test import Client as Browser

from convergences.protocols.oidc.errors import InvalidClientMetadata
from tests.cast import Cast
from tests.oidc.relying import define

pytestmark = pytest.mark.database


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/front",
        "https://bip.example:8443/front",
        "http://localhost/front",
        "https://bip.example.evil.example/front",
        "https://bip.example@evil.example/front",
    ],
)
def test_only_a_page_of_the_application_is_framed(cast: Cast, address: str) -> None:
    with pytest.raises(InvalidClientMetadata) as refused:
        define(cast.bip, frontchannel_logout_uri=address)
    assert refused.value.field == "frontchannel_logout_uri"


def test_a_host_cannot_write_into_the_policy(cast: Cast) -> None:
    odd = "https://bip.example;script-src/"
    with pytest.raises(InvalidClientMetadata):
        define(cast.bip, redirect_uris=[odd], frontchannel_logout_uri=odd)


@pytest.mark.parametrize("field", ["backchannel_logout_session_required", "frontchannel_logout_session_required"])
def test_who_requires_the_session_is_given_it(cast: Cast, field: str) -> None:
    assert define(cast.bip, **{field: True})
    with pytest.raises(InvalidClientMetadata) as refused:
        define(cast.bip, **{field: "yes"})
    assert refused.value.field == field


def test_the_metadata_announce_it(db: None) -> None:
    content = Browser().get("/.well-known/openid-configuration").json()
    for way in ("backchannel", "frontchannel"):
        assert content[f"{way}_logout_supported"] is True
        assert content[f"{way}_logout_session_supported"] is True
