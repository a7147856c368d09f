"""SNAPI-CAP is behind a web server, and Claire may consult it."""

import pytest
from django.conf import settings as django_settings
from pytest_django.fixtures import Settings

from convergences.authentication.browsers import Browser
from convergences.authentication.services import sessions
from convergences.catalog.models import Application
from convergences.directory.models import Agent
from convergences.protocols.forward_auth import telling
from tests.cast import Cast, application
from tests.forward_auth.serving import PROXY, Surfer, define
from tests.home.rights import give


@pytest.fixture(autouse=True)
def proxies(settings: Settings, kept_connection: None) -> None:
    """One web server is declared; nothing signed in another test is remembered."""
    settings.CONFIGURATION = settings.CONFIGURATION.model_copy(update={"trusted_proxies": [f"{PROXY}/32"]})
    telling.young.forget()


def surfer(agent: Agent) -> Surfer:
    """Return a browser in which an agent is signed in at the portal."""
    browser = Surfer()
    _session, token = sessions.open_session(agent, factors=("pwd",), browser=Browser("127.0.0.1", "Firefox"))
    browser.cookies("testserver")[django_settings.SESSION_COOKIE_NAME] = token
    return browser


@pytest.fixture
def snapi(cast: Cast) -> Application:
    """SNAPI-CAP, which Claire may consult."""
    made = application("snapi-cap", "SNAPI-CAP", [("reader", "Consulter"), ("manager", "Gérer")], protocol="gate")
    give(cast.claire, made)
    define(made)
    return made


@pytest.fixture
def claire(cast: Cast) -> Surfer:
    """The browser in which Claire is signed in."""
    return surfer(cast.claire.agent)
