"""Whose address it is: the longest prefix on a path boundary; an address that can be read in two ways is nobody's."""

import pytest

from convergences.catalog.models import Application
from convergences.protocols.forward_auth import addresses
from tests.cast import Cast, application
from tests.forward_auth.serving import SNAPI, Surfer, define, header
from tests.home.rights import give

pytestmark = pytest.mark.database
PREFIXES = ["/", "/restreint/", "/restreint/paie/"]
TRICKS = [
    "//restreint/",
    "/x//restreint/",
    "/x/../restreint/",
    "/x/..;/restreint/",
    "/./restreint/",
    "/restreint/..",
    "/restreint/../x",
    "/restreint/.",
    "/x/%2e%2e/restreint/",
    "/x/%2E./restreint/",
    "/x%2f..%2frestreint/",
    "/%252e%252e/restreint/",
    "/restreint;x=1/",
    "/restreint%3bx=1/",
    "/restreint;/",
    "/x\\..\\restreint\\",
    "/x%5c..%5crestreint/",
    "/Restreint/",
    "/RESTREINT",
    "/restreint./",
    "/restreint%20/",
    "/re%00streint/",
    "/%0a/restreint/",
    "/%u0072estreint/",
    "/%zz/restreint/",
    "/restreint%",
    "/re%C5%BFtreint/",  # a long s, which some servers make an s
    "/%EF%BC%8E%EF%BC%8E/restreint/",  # dots of full width
    "/%EF%BC%8Frestreint/",  # a slash of full width
    "restreint/",
    "",
]


@pytest.mark.parametrize("path", TRICKS)
def test_what_can_be_read_in_two_ways_is_nobody_s(path: str) -> None:
    assert addresses.nearest(PREFIXES, path) is None


@pytest.mark.parametrize(
    ("path", "prefix"),
    [
        ("/", "/"),
        ("/restreint", "/restreint/"),
        ("/restreint/", "/restreint/"),
        ("/restreint/a", "/restreint/"),
        ("/restreint/paie", "/restreint/paie/"),
        ("/restreint/paie/12", "/restreint/paie/"),
        ("/%72estreint/a", "/restreint/"),
        ("/restreintes/", "/"),
        ("/restreint-e", "/"),
        ("/dossiers/%C3%A9t%C3%A9", "/"),
        ("/dossiers/%E9t%E9", "/"),
        ("/a.b/c~d/e:f@g,h", "/"),
    ],
)
def test_the_longest_prefix_wins_on_a_path_boundary(path: str, prefix: str) -> None:
    assert addresses.nearest(PREFIXES, path) == prefix


def test_outside_of_every_prefix_is_nobody_s() -> None:
    assert addresses.nearest(["/restreint/"], "/") is None
    assert addresses.nearest(["/restreint/"], "/x/..;/restreint/") is None


@pytest.mark.parametrize("path", ["/a;jsessionid=1A", "//a", "/a/../b", "/A%2fB"])
def test_a_host_that_is_one_application_has_nothing_to_confuse(path: str) -> None:
    assert addresses.nearest(["/"], path) == "/"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/dossiers",
        "//snapi.example/",
        "javascript://snapi.example/",
        "http://snapi.example@evil.example/",
        "http://evil.example\\@snapi.example/",
        "http://snapi.example#@evil.example/",
        "http://snapi.example/\r\nX: y",
        "http://snapi.example/a b",
        "http://snapi.éxample/",
        "http://snapi.example:0/",
        "http://snapi.example:999999/",
        "http://snapi.example.:80/",
        "http://[::1]/",
        "http://-a.example/",
        "http://snapi.example/" + "a" * 2000,
    ],
)
def test_what_is_no_address_is_not_read(address: str) -> None:
    assert addresses.read(address) is None


def test_an_address_is_read_by_its_host_and_path() -> None:
    address = addresses.read("HTTP://x/") or addresses.read("https://SNAPI.example:80/a?b=//c")
    assert address is not None
    assert (address.host, address.path, address.query) == (SNAPI, "/a", "?b=//c")
    assert address.whole == f"http://{SNAPI}/a?b=//c"


@pytest.fixture
def restricted(cast: Cast, snapi: Application) -> Application:
    """A second application on the same host, which Claire may not open."""
    made = application("restreint", "Restreint", [("reader", "Consulter")], protocol="gate")
    define(made, paths=["/restreint/"])
    return made


def test_two_applications_on_one_host_are_two(restricted: Application, claire: Surfer, cast: Cast) -> None:
    public, closed = f"http://{SNAPI}/dossiers", f"http://{SNAPI}/restreint/12"
    assert claire.enter(public).code == 200
    assert claire.enter(closed).code == 403
    give(cast.claire, restricted)
    assert claire.check(closed).code == 401
    assert claire.enter(closed).code == 200
    assert claire.check(public).code == 200


@pytest.mark.parametrize("path", [path for path in TRICKS if path and "\x00" not in path])
def test_no_detour_leads_to_the_other_application(restricted: Application, claire: Surfer, path: str) -> None:
    claire.enter(f"http://{SNAPI}/dossiers")
    answer = claire.check(f"http://{SNAPI}{path}")
    assert answer.code == 403
    assert not header(answer, "Remote-User")
