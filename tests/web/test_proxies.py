"""The real address behind proxies: what a stranger forwards is not believed."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from convergences.web.serving.proxies import is_trusted, real_address

OURS = ["10.0.0.0/8", "2001:db8::/32"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "real"),
    [
        ("203.0.113.9", "1.2.3.4", "203.0.113.9"),  # a stranger claims an address
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.7", "198.51.100.7"),  # written by the browser, before our proxy's own
        ("10.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "<script>", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("2001:db8::1", "2001:db9::5", "2001:db9::5"),
    ],
)
def test_the_last_address_that_is_not_a_proxy_is_the_browser(peer: str, forwarded: str, real: str) -> None:
    assert real_address(peer, forwarded, OURS) == real


@pytest.mark.parametrize(
    ("peer", "trusted"), [("", False), ("nonsense", False), ("11.0.0.1", False), ("10.1.2.3", True)]
)
def test_only_the_named_networks_are_trusted(peer: str, trusted: bool) -> None:
    assert is_trusted(peer, OURS) is trusted


def test_a_socket_without_address_is_trusted_when_it_is_said() -> None:
    assert is_trusted("", ["unix"])


def test_figures_are_not_given_to_the_world_by_a_proxy_that_nobody_declared() -> None:
    assert Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9").get("/metrics").status_code == 404


def test_figures_for_this_machine_are_not_given_to_who_claims_its_address(settings: Settings) -> None:
    stranger = Client(REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR="127.0.0.1")
    assert stranger.get("/metrics").status_code == 404
    settings.CONFIGURATION = settings.CONFIGURATION.model_copy(update={"trusted_proxies": ["10.0.0.0/8"]})
    assert stranger.get("/metrics").status_code == 404
    assert Client(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="127.0.0.1").get("/metrics").status_code == 200
