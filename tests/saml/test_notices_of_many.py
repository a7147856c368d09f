"""One application, several entries, several agents: each sign-out is heard, whatever became of the others."""

import dataclasses

import pytest
from lxml import etree

from convergences.admission.models import Visit
from convergences.admission.services import telling
from convergences.foundations import outbound
from convergences.foundations.outbound import Answer, Unreachable
from convergences.protocols.saml import names, notices
from convergences.protocols.saml.models import Statement
from tests.admission import rounds
from tests.cast import Cast, signed_in
from tests.home.rights import give
from tests.saml.leaving import envelope, logout_response
from tests.saml.serving import Peer, answer_in, define, metadata, request

pytestmark = pytest.mark.database
TRANSIENT = f'<samlp:NameIDPolicy Format="{names.TRANSIENT}" AllowCreate="true"/>'


@dataclasses.dataclass
class Server:
    """The site's own server: it forgets whom it knows, and says of others what `otherwise` is."""

    known: set[str] = dataclasses.field(default_factory=set)
    asked: list[str] = dataclasses.field(default_factory=list)
    indexes: list[list[str]] = dataclasses.field(default_factory=list)
    otherwise: tuple[str, str] = (names.REQUESTER, "")
    dead: bool = False

    def post(self, _url: str, content: bytes, *, content_type: str) -> Answer:
        assert content_type.startswith("text/xml")
        root = etree.fromstring(content)[0][0]
        name = str(root.findtext(names.assertion("NameID")))
        self.asked.append(name)
        self.indexes.append([str(one.text) for one in root.findall(names.protocol("SessionIndex"))])
        if self.dead:
            raise Unreachable("nobody answers")
        outer, inner = (names.SUCCESS, "") if name in self.known else self.otherwise
        answer = logout_response(str(root.get("ID")), status=outer)
        if inner:
            answer = answer.replace(f'Value="{outer}"/>', f'Value="{outer}"><samlp:StatusCode Value="{inner}"/>'
                                    "</samlp:StatusCode>")  # fmt: skip
        return Answer(200, "text/xml", envelope(answer).encode())


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, cast: Cast, site: Peer) -> Server:
    server = Server()
    monkeypatch.setattr(outbound, "post", server.post)
    monkeypatch.setattr(telling, "PAUSE", 0.02)
    give(cast.nadia, cast.cotisations)
    define(cast.cotisations, metadata(logouts=[names.SOAP]))
    return server


def work() -> None:
    rounds.work(notices.Teller())


def test_an_agent_who_entered_twice_is_known_by_one_name(site: Peer, server: Server) -> None:
    """The second answer may never have reached the site: what it knows is the first."""
    first = answer_in(site.send(request(more=TRANSIENT))).name.text
    second = answer_in(site.send(request(more=TRANSIENT))).name.text
    assert first == second
    server.known.add(str(first))
    site.browser.post("/deconnexion")
    work()
    assert Visit.objects.get().told_at is not None
    (indexes,) = server.indexes
    assert set(indexes) == set(Statement.objects.values_list("session_index", flat=True))
    assert len(indexes) == 2


def test_another_visit_bears_another_transient_name(site: Peer, server: Server, cast: Cast) -> None:
    """Core, 8.3.8: it says nothing of who comes back."""
    names_given = {
        answer_in(Peer(browser=signed_in(agent)).send(request(more=TRANSIENT))).name.text
        for agent in (cast.claire.agent, cast.claire.agent, cast.nadia.agent)
    }
    assert len(names_given) == 3


def test_one_whom_the_site_no_longer_knows_delays_nobody(site: Peer, server: Server, cast: Cast) -> None:
    nadia = Peer(browser=signed_in(cast.nadia.agent))
    answer_in(site.send())
    server.known.add(str(answer_in(nadia.send()).name.text))
    site.browser.post("/deconnexion")
    nadia.browser.post("/deconnexion")
    work()
    assert len(server.asked) == 2
    assert [visit.told_at is not None for visit in Visit.objects.order_by("pk")] == [False, True]


def test_one_that_does_not_answer_is_not_asked_of_everybody(site: Peer, server: Server, cast: Cast) -> None:
    nadia = Peer(browser=signed_in(cast.nadia.agent))
    answer_in(site.send())
    answer_in(nadia.send())
    server.dead = True
    site.browser.post("/deconnexion")
    nadia.browser.post("/deconnexion")
    work()
    assert len(server.asked) == 1


@pytest.mark.parametrize("outer", [names.REQUESTER, names.RESPONDER])
def test_a_name_that_is_not_known_there_needs_no_telling(site: Peer, server: Server, outer: str) -> None:
    """Core, 3.2.2.2, UnknownPrincipal: nobody of that name is signed in, which is what was asked."""
    server.otherwise = (outer, names.UNKNOWN_PRINCIPAL)
    answer_in(site.send())
    site.browser.post("/deconnexion")
    work()
    assert Visit.objects.get().told_at is not None


@pytest.mark.parametrize("inner", ["", names.REQUEST_DENIED, names.PARTIAL_LOGOUT])
def test_any_other_refusal_is_asked_again(site: Peer, server: Server, inner: str) -> None:
    server.otherwise = (names.RESPONDER, inner)
    answer_in(site.send())
    site.browser.post("/deconnexion")
    work()
    assert Visit.objects.get().told_at is None
