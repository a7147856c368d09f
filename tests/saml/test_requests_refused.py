"""Requests that are not for us, not from where they say, or not for now; and addresses of ours that were altered."""

import datetime as dt
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import time_machine

from convergences.foundations import clock
from convergences.protocols.saml import asking, names
from convergences.protocols.saml.models import ServiceProvider, Statement
from tests.cast import Cast, signed_in
from tests.home.rights import give
from tests.saml.forging import posted, refused, traces
from tests.saml.serving import CONSUMER, ENTITY, Peer, address, answer_in, define, instant, metadata, request

pytestmark = pytest.mark.database
SECOND = '<md:AssertionConsumerService Binding="{}" Location="https://site.example/second" index="7"/>'


def at(address: str) -> str:
    return f'AssertionConsumerServiceURL="{address}"'


def ago(seconds: int) -> str:
    return instant(clock.now() - dt.timedelta(seconds=seconds))


REFUSED = {
    "an unknown application": lambda: request(issuer="https://unknown.example/"),
    "no application": lambda: request(issuer=""),
    "an application in other letters": lambda: request(issuer=ENTITY.upper()),
    "a name as long as a document": lambda: request(issuer="https://site.example/" + "a" * 5000),
    "a name with a line in it": lambda: request(issuer=f"{ENTITY}&#10;x"),
    "another address": lambda: request(about=at("https://evil.example/acs")),
    "an address that begins like it": lambda: request(about=at(f"{CONSUMER}.evil.example/")),
    "an address below it": lambda: request(about=at(f"{CONSUMER}/more")),
    "an address with parameters": lambda: request(about=at(f"{CONSUMER}?x=1")),
    "an address in other letters": lambda: request(about=at(CONSUMER.upper())),
    "an address with a user": lambda: request(about=at(CONSUMER.replace("://", "://site.example@"))),
    "a script": lambda: request(about=at("javascript:alert(1)")),
    "an empty address": lambda: request(about=at("")),
    "an unknown number": lambda: request(about='AssertionConsumerServiceIndex="2"'),
    "no number": lambda: request(about='AssertionConsumerServiceIndex="x"'),
    "an address and a number": lambda: request(about=f'{at(CONSUMER)} AssertionConsumerServiceIndex="1"'),
    "another way to answer": lambda: request(about=f'ProtocolBinding="{names.REDIRECT}"'),
    "another destination": lambda: request(to="https://other.example/sso"),
    "our destination, below": lambda: request(to="http://testserver/saml/sso/"),
    "the destination of logout": lambda: request(to="http://testserver/saml/slo"),
    "too old": lambda: request(at=ago(365)),
    "of the future": lambda: request(at=ago(-65)),
    "of no time": lambda: request(at="yesterday"),
    "of a time out of range": lambda: request(at="9999-99-99T00:00:00Z"),
    "about a given agent": lambda: request(more="<saml:Subject><saml:NameID>claire</saml:NameID></saml:Subject>"),
    "neither true nor false": lambda: request(about='ForceAuthn="perhaps"'),
    "many contexts": lambda: request(more=contexts(21)),
    "a long form of name": lambda: request(more=f'<samlp:NameIDPolicy Format="{"a" * 200}"/>'),
}


def contexts(many: int) -> str:
    one = f"<saml:AuthnContextClassRef>{names.PASSWORD}</saml:AuthnContextClassRef>"
    return f"<samlp:RequestedAuthnContext>{one * many}</samlp:RequestedAuthnContext>"


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_and_leaves_no_trace(site: Peer, name: str) -> None:
    before = traces()
    assert refused(site.send(REFUSED[name]()))
    assert refused(posted(REFUSED[name]()))
    assert traces() == before


def test_a_clock_that_is_a_minute_off_is_forgiven(site: Peer) -> None:
    for seconds in (0, -55, 55, 355):
        assert answer_in(site.send(request(at=ago(seconds)))).statuses == [names.SUCCESS]


def test_an_address_of_the_metadata_is_answered(site: Peer, cast: Cast) -> None:
    define(cast.cotisations, metadata(more=SECOND.format(names.POST)))
    assert answer_in(site.send(request(about=at("https://site.example/second")))).consumer.endswith("/second")
    assert answer_in(site.send(request(about='AssertionConsumerServiceIndex="7"'))).consumer.endswith("/second")
    assert answer_in(site.send(request(about=at(CONSUMER)))).consumer == CONSUMER


def test_an_address_for_another_binding_is_not_answered_by_post(site: Peer, cast: Cast) -> None:
    define(cast.cotisations, metadata(more=SECOND.format(names.REDIRECT)))
    assert refused(site.send(request(about=at("https://site.example/second"))))


def test_the_address_of_another_application_is_not_answered(site: Peer, cast: Cast) -> None:
    define(cast.bip, metadata(entity="https://other.example/", consumer="https://other.example/acs"))
    assert refused(site.send(request(about=at("https://other.example/acs"))))


def test_a_request_is_answered_once(site: Peer) -> None:
    asked = request()
    assert answer_in(site.send(asked)).statuses == [names.SUCCESS]
    before = traces()
    assert refused(site.send(asked))
    assert refused(site.post(asked))
    assert traces() == before


def test_the_same_identifier_from_two_applications_is_two_requests(site: Peer, cast: Cast) -> None:
    give(cast.claire, cast.bip)
    define(cast.bip, metadata(entity="https://other.example/", consumer="https://other.example/acs"))
    answer_in(site.send(request(id="_same")))
    assert answer_in(site.send(request(id="_same", issuer="https://other.example/"))).statuses == [names.SUCCESS]


def test_a_way_of_entry_that_was_changed_is_asked_again(site: Peer, cast: Cast) -> None:
    """The address of ours may be followed later: what was true of the application then may not be now."""
    away = site.browser.get("/saml/sso?" + sent(request()))["Location"]
    define(cast.cotisations, metadata(consumer="https://site.example/moved"))
    assert refused(site.browser.get(away))
    assert not Statement.objects.exists()


def sent(document: str) -> str:
    return address(document, relay_state="/deep")


@pytest.mark.parametrize("state", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_what_the_application_sends_along_leads_nowhere(site: Peer, state: str) -> None:
    answer = answer_in(Peer(state, site.browser).send())
    assert (answer.consumer, answer.relay_state) == (CONSUMER, state)


def test_what_the_application_sends_along_is_never_markup(site: Peer) -> None:
    state = '"><script>alert(1)</script><form action="https://evil.example/">'
    response = Peer(state, site.browser).send()
    assert b"<script>alert" not in response.content
    assert response.content.count(b"<form") == 1
    assert answer_in(response).relay_state == state
    assert "form-action https://site.example 'self'" in response["Content-Security-Policy"].split("; ")


def test_too_much_sent_along_is_refused(site: Peer) -> None:
    assert answer_in(Peer("a" * 1024, site.browser).send()).statuses == [names.SUCCESS]
    assert refused(Peer("a" * 1025, site.browser).send())


def sealed(site: Peer) -> str:
    location = site.browser.get("/saml/sso?" + sent(request()))["Location"]
    return parse_qs(urlsplit(location).query)["request"][0]


def test_our_address_altered_at_any_place_is_refused(site: Peer) -> None:
    given, before = sealed(site), traces()
    for place in range(0, len(given), 7):
        sign = "A" if given[place] != "A" else "B"
        assert refused(site.browser.get(f"/saml/suite?request={quote(given[:place] + sign + given[place + 1 :])}"))
    for other in ("", "x", given[:-1], f"{given}A", "null", ":::"):
        assert refused(site.browser.get(f"/saml/suite?request={quote(other)}"))
    assert refused(site.browser.get("/saml/suite"))
    assert traces() == before


def test_our_address_expires(site: Peer, cast: Cast) -> None:
    given = sealed(site)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=29)):
        assert signed_in(cast.claire.agent).get(f"/saml/suite?request={given}").status_code == 200
    Statement.objects.all().delete()
    with time_machine.travel(clock.now() + dt.timedelta(minutes=31)):
        assert refused(signed_in(cast.claire.agent).get(f"/saml/suite?request={given}"))
    assert not Statement.objects.exists()


def test_our_address_of_an_application_that_is_gone_is_refused(site: Peer) -> None:
    gone = asking.Asked(ServiceProvider.objects.get().pk + 1000, "_x", CONSUMER).sealed()
    assert refused(site.browser.get(f"/saml/suite?request={gone}"))


def test_our_address_given_to_another_agent_enters_as_that_agent(site: Peer, cast: Cast) -> None:
    """It carries what is asked, never who: as a link of the application would."""
    give(cast.nadia, cast.cotisations)
    answer = answer_in(signed_in(cast.nadia.agent).get(f"/saml/suite?request={sealed(site)}"))
    assert answer.attributes["mail"] == ["nadia.ferhat@pantin.example"]
