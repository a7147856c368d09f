"""`python -m bench.filling AGENTS ORGANIZATIONS VISITORS`: fills an empty database, and prints what a load needs.

`VISITORS` agents have an open session, whose tokens are printed. Everybody holds a right on the application, and has a
session, a visit and tokens of their own, so that every table that the protocol reads grows with the number of agents.
"""

import datetime as dt
import itertools
import json
import secrets
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import django
from django.db.models import Model

BATCH = 2000
SECRET = "a secret of the bench, of more than 24 signs"
CALLBACK = "https://bench.example/callback"
LONG_AGO = dt.date(2020, 1, 1)
MACHINES = {"machine-opaque": "", "machine-es256": "ES256", "machine-rs256": "RS256"}
API = "https://bench.example/api"
GATE = "gate.example"
CAS = "https://cas.bench.example/"


def main() -> None:
    """Fill the database that the environment names."""
    django.setup()
    agents, organizations, visitors = map(int, sys.argv[1:4])
    applications = list(_applications())
    employers = _written(_organizations(organizations))
    people = _written(_agents(agents))
    members = _written(_memberships(people, employers))
    _written(_rights(members, applications[0]))
    _written(_rights(members, _behind_a_server()))
    _written(_rights(members, _by_tickets()))
    print(json.dumps({"sessions": list(_lives(members, applications[0], visitors))}))


def _now() -> dt.datetime:
    return dt.datetime.now(tz=dt.UTC)


def _written(rows: Iterator[Any]) -> list[Any]:
    """Write rows by lots; return them with their keys."""
    written: list[Any] = []
    while lot := list(itertools.islice(rows, BATCH)):
        written += type(lot[0]).objects.bulk_create(lot)
    return written


def _applications() -> Iterator[Model]:
    """Write one application that agents enter, and machines that ask for themselves; yield the applications."""
    from convergences.audit.services import SYSTEM
    from convergences.catalog.models import Application
    from convergences.protocols.oidc.models import Client
    from convergences.protocols.oidc.services import clients

    common: dict[str, Any] = {"client_secret": SECRET}
    agents = {
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile email offline_access",
        "resources": [API],
    }
    machine = {"redirect_uris": [], "grant_types": ["client_credentials"], "scope": "bench.read"}
    for name in ("bench", *MACHINES):
        application = Application.objects.create(
            slug=name,
            name=name,
            url="https://bench.example/",
            status="open",
            affiliations=["affiliated"],
            attributes=["email", "given_name", "usual_name", "organization", "roles"],
            protocol="oidc",
            created_at=_now(),
        )
        given = {"client_id": name, **common, **(machine if name in MACHINES else agents)}
        clients.define(application, given, actor=SYSTEM)
        signing = MACHINES.get(name, "")
        Client.objects.filter(client_id=name).update(access_token_signed_response_alg=signing)
        yield application


def _behind_a_server() -> Model:
    """Write an application of which a web server asks who each request comes from."""
    from convergences.audit.services import SYSTEM
    from convergences.protocols.forward_auth.services import registration

    application = _entered("gate", f"http://{GATE}/")
    registration.define(application, {"hosts": [GATE], "paths": []}, actor=SYSTEM)
    return application


def _by_tickets() -> Model:
    """Write an application that speaks CAS."""
    from convergences.audit.services import SYSTEM
    from convergences.protocols.cas.services import registration

    application = _entered("cas", CAS)
    registration.define(application, {"services": [f"{CAS}*"]}, actor=SYSTEM)
    return application


def _entered(protocol: str, url: str) -> Any:
    from convergences.catalog.models import Application

    return Application.objects.create(
        slug=protocol,
        name=protocol,
        url=url,
        status="open",
        affiliations=["affiliated"],
        attributes=["email", "given_name", "usual_name", "organization", "roles"],
        protocol=protocol,
        created_at=_now(),
    )


def _organizations(number: int) -> Iterator[Model]:
    from convergences.directory.models import Organization

    for index in range(number):
        yield Organization(
            key=f"commune-{index}",
            siret=f"{index:014d}",
            name=f"Commune {index}",
            name_key=f"commune {index}",
            kind="commune",
            affiliation="affiliated",
            department="93",
            created_at=_now(),
        )


def _agents(number: int) -> Iterator[Model]:
    from convergences.directory.models import Agent

    for index in range(number):
        yield Agent(
            email=f"agent.{index}@bench.example",
            given_name="Camille",
            family_name=f"Numéro{index}",
            state="active",
            created_at=_now(),
            activated_at=_now(),
        )


def _memberships(people: list[Any], employers: list[Any]) -> Iterator[Model]:
    from convergences.directory.models import Membership

    for index, agent in enumerate(people):
        yield Membership(
            agent=agent,
            organization=employers[index % len(employers)],
            department="Carrières",
            starts_on=LONG_AGO,
            confirmed_at=_now(),
            created_at=_now(),
            shown_given_name=agent.given_name,
            shown_family_name=agent.family_name,
            name_key=f"numero{index} camille",
            search_text=f"camille numero{index}",
        )


def _rights(members: list[Any], application: Any) -> Iterator[Model]:
    from convergences.entitlements.models import Entitlement

    for member in members:
        yield Entitlement(
            membership=member,
            organization=member.organization,
            application=application,
            roles=["reader"],
            starts_on=LONG_AGO,
            granted_at=_now(),
        )


def _lives(members: list[Any], application: Any, visitors: int) -> Iterable[str]:
    """Write a session, a visit, a grant and tokens for everybody; yield the sessions of the first ones, in clear."""
    from convergences.authentication.models import Session
    from convergences.foundations.sealing import digest
    from convergences.protocols.oidc.models import Client

    client = Client.objects.get(client_id="bench")
    clear = [secrets.token_urlsafe(32) for _ in members]
    now = _now()
    soon = now + dt.timedelta(hours=1)
    sessions = _written(
        Session(
            token_digest=digest(token),
            agent=member.agent,
            factors=["pwd"],
            authenticated_at=now,
            created_at=now,
            last_seen_at=now + dt.timedelta(minutes=30),  # no session is touched while the bench runs
            idle_at=soon,
            expires_at=soon,
        )
        for token, member in zip(clear, members, strict=True)
    )
    others = zip(sessions[visitors:], members[visitors:], strict=True)
    _families(others, application, client)
    return clear[:visitors]


def _families(entered: Iterable[tuple[Any, Any]], application: Any, client: Any) -> None:
    from convergences.admission.models import Visit
    from convergences.protocols.oidc.models import AccessToken, Grant, RefreshToken

    now = _now()
    soon = now + dt.timedelta(hours=1)
    visits = _written(
        Visit(
            session=session,
            application=application,
            membership=member,
            protocol="oidc",
            entered_at=now,
            last_entered_at=now,
        )
        for session, member in entered
    )
    grants = _written(
        Grant(client=client, visit=visit, scope="openid", granted_at=now, expires_at=soon) for visit in visits
    )
    _written(
        AccessToken(digest=secrets.token_hex(32), grant=grant, scope="openid", issued_at=now, expires_at=soon)
        for grant in grants
    )
    _written(RefreshToken(digest=secrets.token_hex(32), grant=grant, issued_at=now) for grant in grants)


if __name__ == "__main__":
    main()
