"""Every address, walked as a stranger, then as another town's référent with all of Pantin's identifiers."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from convergences.audit.models import AuditEvent
from convergences.catalog.models import Application
from convergences.directory.models import Agent, Membership, Organization, Photo, Role, StaffRole
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from tests.cast import Cast, signed_in

pytestmark = pytest.mark.database

# Doors that a stranger may push, each with its reason.
OPEN_TO_STRANGERS = {
    "healthz": "alive, for the load balancer",
    "readyz": "ready, for the load balancer",
    "robots.txt": "for crawlers",
    ".well-known/security.txt": "RFC 9116",
    ".well-known/openid-configuration": "public by nature",
    ".well-known/oauth-authorization-server": "public by nature",
    "oauth/jwks": "public by nature",
    "oauth/logout": "somebody already signed out must be answered",
    "connexion": "signing in",
    "premiere-visite": "first visit",
    "reinitialisation": "reset",
    "deconnecte": "after signing out",
    "deconnexion": "signing out twice",
    "session-terminee": "after an idle hour",
    "securite/ce-nest-pas-moi": "the link of a mail, whose secret is asked",
    "designation": "the answer of an autorité territoriale, whose secret is asked",
    "aide": "help",
    "donnees-personnelles": "legal",
    "accessibilite": "legal",
    "mentions-legales": "legal",
    "courrier": "the demo's mail page, absent in production",
    "favicon.ico": "browsers ask for it",
}
REFUSED = {400, 401, 403, 404, 405, 415}
# Where one acts for others: nothing there answers a référent of another town.
OF_OTHERS = ("annuaire/collectivites/", "administration/", "espace-cig/")


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, route)
        elif isinstance(entry, URLPattern):
            yield route.replace("^", "").replace("$", ""), entry.default_args


def _filled(route: str, values: dict[str, str]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values.get(found[1], values["other"]), route)


def _is_open(route: str) -> bool:
    return any(route == door or route.startswith(f"{door}/") for door in OPEN_TO_STRANGERS)


def _identifiers(member: Membership, application: Application) -> dict[str, str]:
    photo = Photo.objects.create(agent=member.agent, file="photos/none.webp", updated_at=clock.now())
    right = Entitlement.objects.create(
        membership=member, organization=member.organization, application=application, roles=["reader"],
        starts_on=clock.today(), granted_at=clock.now(), granted_by="Nadia Ferhat",
    )  # fmt: skip
    known = {"organization": member.organization.key, "slug": application.slug, "photo": str(photo.uid)}
    return {**known, "right": str(right.uid), "other": str(member.uid)}


def test_a_stranger_is_sent_to_sign_in_or_refused_everywhere_else(cast: Cast) -> None:
    values = _identifiers(cast.claire, cast.bip)
    walked, wrong = 0, []
    for route, _ in _patterns(get_resolver()):
        if _is_open(route) or route.startswith(("oauth/", "cas/", "gate/", "saml/", "static/")):
            continue
        for method in ("get", "post"):
            answer = getattr(Client(REMOTE_ADDR="203.0.113.9"), method)("/" + _filled(route, values))
            walked += 1
            sent_to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/connexion")
            if not sent_to_sign_in and answer.status_code not in REFUSED:
                wrong.append(f"{method} /{route}: {answer.status_code}")
    assert walked > 30
    assert wrong == []


def test_the_machines_doors_refuse_a_stranger(cast: Cast) -> None:
    for path in ("token", "userinfo", "revoke"):
        assert Client().post(f"/oauth/{path}").status_code in REFUSED
    answer = Client().get("/oauth/authorize", {"client_id": "nobody", "response_type": "code"})
    assert answer.status_code in REFUSED
    assert Client().get("/cas/login", {"service": "https://nobody.example/"}).status_code in REFUSED
    for path in ("serviceValidate", "proxyValidate", "p3/serviceValidate", "p3/proxyValidate", "proxy"):
        assert b"Failure" in Client().get(f"/cas/{path}").content
    assert Client().get("/cas/validate").content == b"no\n\n"
    for path in ("check", "start", "lost"):
        assert Client().get(f"/gate/{path}").status_code in REFUSED
    assert Client().get("/gate/leave")["Location"] == "/deconnecte"
    for path in ("sso", "slo", "suite", "slo/soap"):
        assert Client().get(f"/saml/{path}").status_code in REFUSED
        assert Client().post(f"/saml/{path}").status_code in REFUSED
    for path in ("slo/suite", "slo/tour"):
        assert Client().get(f"/saml/{path}")["Location"] == "/deconnecte"
    assert Client().get("/saml/ouvrir/bip")["Location"].startswith("/connexion")


def _state_of_pantin(pantin: Organization) -> list[Any]:
    members = Membership.objects.filter(organization=pantin).order_by("id")
    rights = Entitlement.objects.filter(organization=pantin).order_by("id")
    people = Agent.objects.filter(memberships__organization=pantin).order_by("id")
    events = AuditEvent.objects.filter(organization_id=pantin.id).order_by("id")
    return [list(members.values()), list(rights.values()), list(people.values()), list(events.values("action"))]


# What a référent may see that carries no identifier of anybody: their own pages.
OWN_PAGES_WITHOUT_IDENTIFIER = re.compile(r"^[^<]*$")


def test_a_referent_of_another_town_reads_and_changes_nothing_with_our_identifiers(cast: Cast) -> None:
    values = _identifiers(cast.claire, cast.bip)
    before = _state_of_pantin(cast.pantin)
    karim, walked, wrong = signed_in(cast.karim.agent), 0, []
    for route, _ in _patterns(get_resolver()):
        if OWN_PAGES_WITHOUT_IDENTIFIER.match(route) or route.startswith(("ouvrir/", "static/", "courrier")):
            continue
        for method in ("get", "post"):
            answer = getattr(karim, method)("/" + _filled(route, values))
            walked += 1
            if answer.status_code not in REFUSED and "Claire" in answer.content.decode(errors="replace"):
                wrong.append(f"{method} /{route}: {answer.status_code}")
            if answer.status_code not in REFUSED and route.startswith(OF_OTHERS):
                wrong.append(f"{method} /{route}: {answer.status_code}")
    assert walked > 20
    assert wrong == []
    assert _state_of_pantin(cast.pantin) == before


def test_a_referent_who_puts_our_agents_into_their_own_addresses_finds_nothing(cast: Cast) -> None:
    values = {**_identifiers(cast.claire, cast.bip), "organization": cast.romainville.key}
    before = _state_of_pantin(cast.pantin)
    karim, wrong = signed_in(cast.karim.agent), []
    for route, _ in _patterns(get_resolver()):
        if not route.startswith("annuaire/") or "<uuid" not in route:
            continue
        for method in ("get", "post"):
            answer = getattr(karim, method)("/" + _filled(route, values))
            if answer.status_code not in REFUSED:
                wrong.append(f"{method} /{route}: {answer.status_code}")
    assert wrong == []
    assert _state_of_pantin(cast.pantin) == before


def _past_their_grace(agent: Agent, role: Role | None) -> Client:
    long_ago = clock.now() - dt.timedelta(days=30)
    Agent.objects.filter(pk=agent.pk).update(activated_at=long_ago)
    Membership.objects.filter(agent=agent).update(created_at=long_ago)
    StaffRole.objects.filter(agent=agent).delete()
    if role:
        StaffRole.objects.create(agent=agent, role=role, granted_at=long_ago)
    return signed_in(agent)


@pytest.mark.parametrize(
    ("who", "role", "theirs"),
    [
        ("nadia", None, "annuaire/collectivites/"),
        ("julien", Role.CORRESPONDENT, "espace-cig/"),
        ("julien", Role.ENGINEER, "administration/"),
    ],
)
def test_no_address_where_one_acts_for_others_opens_by_a_password_past_the_grace(
    cast: Cast, who: str, role: Role | None, theirs: str
) -> None:
    values = _identifiers(cast.claire, cast.bip)
    browser, led, wrong = _past_their_grace(getattr(cast, who).agent, role), 0, []
    for route, _ in _patterns(get_resolver()):
        for method in ("get", "post") if route.startswith(theirs) else ():
            answer = getattr(browser, method)("/" + _filled(route, values))
            if answer.status_code == 302 and answer["Location"].startswith("/verification?"):
                led += 1
            elif answer.status_code not in REFUSED:
                wrong.append(f"{method} /{route}: {answer.status_code}")
    assert wrong == []
    assert led > 5


@pytest.mark.parametrize("path", ["", "utilisateurs", "journal", "utilisateurs/creer"])
def test_an_agent_who_is_not_a_referent_has_no_team_pages(cast: Cast, path: str) -> None:
    assert signed_in(cast.claire.agent).get(f"/annuaire/collectivites/pantin/{path}").status_code == 404
