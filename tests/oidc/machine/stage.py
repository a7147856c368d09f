"""Where the machine plays: the world of admission's properties, two clients of it, four browsers, and what they ask."""

import contextlib
import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import Client as Browser
from joserfc import jws

from convergences.admission import services as admission
from convergences.audit.services import SYSTEM, Actor
from convergences.authentication.services import sessions
from convergences.authentication.services.sessions import Browser as Seen
from convergences.catalog.models import Application
from convergences.directory.models import Agent, Membership
from convergences.entitlements.services import close_expired
from convergences.foundations.outbound import Answer
from convergences.protocols.oidc.notices import back_channel
from convergences.protocols.oidc.services import cleaning, consents
from tests.admission.world import Step, World
from tests.oidc.dispatched import Request, same
from tests.oidc.machine.model import Visit
from tests.oidc.relying import SECRET, Relying, answered, define, encoded

PUBLIC, CONFIDENTIAL = "bip", "octime"
OUT = "https://octime.example/out"
FORM = "application/x-www-form-urlencoded"
MACHINE_SCOPE = "payroll.read"


def _defined(application: Application, secrets: list[str]) -> Relying:
    if application.slug == PUBLIC:
        return Relying(define(application, token_endpoint_auth_method="none", client_secret=None, scope="openid"))
    grants = ["authorization_code", "refresh_token", "client_credentials"]
    scope = f"openid offline_access {MACHINE_SCOPE}"
    changes: dict[str, Any] = {"client_secret": secrets, "grant_types": grants, "scope": scope}
    asking = {"backchannel_logout_uri": OUT, "consent_required": True}
    return Relying(define(application, **changes, **asking), secrets[-1])


@dataclass
class Stage:
    """The real thing; `clients` by the key of their application. `seats`: which agent sits at which browser."""

    world: World
    clients: dict[int, Relying]
    browsers: list[Browser]
    seats: list[Agent]
    secrets: list[str]
    heard: list[str] = field(default_factory=list)
    known: dict[tuple[int, int, dt.datetime], bool] = field(default_factory=dict)  # forgotten at each act on rights

    @classmethod
    def build(cls) -> "Stage":
        """Write the world and its clients; Camille, who has two employers, has two browsers and has chosen one."""
        world = World.build()
        offered = world.applications[:2]
        camille, alex, sam = world.agents
        with world.travel():
            clients = {each.pk: _defined(each, [SECRET]) for each in offered}
            for each in offered:
                admission.choose_employer(camille, each, world.memberships[0], actor=SYSTEM)
        seats = [camille, camille, alex, sam]
        stage = cls(world, clients, [Browser() for _ in seats], seats, [SECRET])
        for place in (0, 2, 3):
            stage.agree(place)
        return stage

    @property
    def now(self) -> dt.datetime:
        """The instant of the world."""
        return self.world.now

    @property
    def confidential(self) -> Relying:
        """The client that can keep a secret."""
        return next(each for each in self.clients.values() if not each.client.is_public)

    def right(self, visit: Visit) -> bool:
        """The oracle of admission: this membership may be in this application now, by the strength of its sign-in."""
        asked = (visit.membership, visit.application, self.now)
        if asked not in self.known:
            membership = Membership.objects.get(pk=visit.membership)
            application = Application.objects.get(pk=visit.application)
            stands = self.world._stands(membership, application)
            self.known[asked] = stands and self.asks_password_only(visit.application)
        return self.known[asked]

    def employers(self, agent: Agent, application: int) -> list[Membership]:
        """The memberships for which the agent may enter now."""
        offered = Application.objects.get(pk=application)
        rows = Membership.objects.filter(agent=agent, closed_at=None)
        return [row for row in rows if self.world._stands(row, offered)]

    def application(self, which: int) -> int:
        """The key of the first or the second application."""
        return self.world.applications[which].pk

    def agent_state(self, place: int) -> str:
        """The state of the account of who sits at this browser."""
        return str(Agent.objects.get(pk=self.seats[place].pk).state)

    def is_offered(self, application: int) -> bool:
        """Whether an application is anything but closed: its machine may ask for itself."""
        return Application.objects.get(pk=application).status != "closed"

    def asks_password_only(self, application: int) -> bool:
        """Whether a password is enough: nobody here has more."""
        return Application.objects.get(pk=application).assurance == "password"

    @contextlib.contextmanager
    def only_trying(self) -> Iterator[None]:
        """Whatever is done inside is undone: what would be answered is seen, and nothing was asked."""
        with self.world.travel(), transaction.atomic():
            yield
            transaction.set_rollback(True)

    def sign_in(self, place: int) -> str:
        """The agent of this browser proves who they are, anew; return the public name of the session."""
        browser, name = self.browsers[place], settings.SESSION_COOKIE_NAME
        with self.world.travel():
            held = browser.cookies.get(name)
            previous = sessions.find(held.value) if held else None
            agent = Agent.objects.get(pk=self.seats[place].pk)
            seen = Seen("127.0.0.1", "Firefox")
            row, token = sessions.open_session(agent, factors=("pwd",), browser=seen, previous=previous)
            browser.cookies[name] = token
            return str(row.uid)

    def authorize(self, place: int, application: int, *, offline: bool) -> dict[str, str]:
        """Ask silently; return what the client is told."""
        scope = "openid offline_access" if offline else "openid"
        with self.world.travel():
            asked = self.clients[application].authorize(self.browsers[place], prompt="none", scope=scope)
            return answered(asked)

    def agree(self, place: int) -> None:
        """The agent lets the confidential application read them."""
        with self.world.travel():
            client = self.confidential.client
            consents.give(client, self.seats[place], ["sub"], actor=SYSTEM)

    def withdraw(self, place: int) -> None:
        """The agent takes that back."""
        agent = self.seats[place]
        with self.world.travel():
            actor = Actor(agent_id=agent.pk, label=agent.full_name)
            consents.withdraw(self.confidential.client.application, agent, actor=actor)

    def post(self, application: int, path: str, **fields: str) -> Any:
        """Ask one of the machine endpoints as this client."""
        client = self.clients[application]
        headers = {} if client.client.is_public else {"Authorization": client.basic()}
        if client.client.is_public:
            fields["client_id"] = client.client.client_id
        return client.machine.post(path, encoded(fields), content_type=FORM, headers=headers)

    def is_active(self, clear: str) -> bool:
        """What the confidential client is told of a token; an inactive one is told nothing of."""
        body, headers = encoded({"token": clear}).encode(), {"Authorization": self.confidential.basic()}
        sent = same(Request("/oauth/introspect", "POST", body, headers=headers))
        told = json.loads(sent.body)
        assert told["active"] or told == {"active": False}
        return bool(told["active"])

    def userinfo(self, clear: str) -> int:
        """The status by which userinfo answers a token, as servers answer it: before Django, and by Django alike."""
        return same(Request("/oauth/userinfo", headers={"Authorization": f"Bearer {clear}"})).code

    def leave(self, place: int, application: int | None) -> None:
        """Sign out in this browser, by the portal or by an application."""
        browser = self.browsers[place]
        with self.world.travel():
            if application is None:
                browser.post("/deconnexion")
                return
            page = browser.get("/oauth/logout", {"client_id": self.clients[application].client.client_id})
            ticket = re.search(r'name="ticket" value="([^"]*)"', page.content.decode())
            if ticket:
                browser.post("/deconnexion/confirmer", {"ticket": ticket[1]})

    def change_secrets(self, secrets: list[str]) -> None:
        """The engineer gives the confidential client other secrets; it uses the last."""
        application = self.confidential.client.application
        with self.world.travel():
            self.clients[application.pk] = _defined(application, secrets)
        self.secrets = secrets

    def hear(self, url: str, fields: dict[str, str]) -> Answer:
        """Be the network: an application hears a logout token."""
        assert url == OUT
        told = json.loads(jws.extract_compact(fields["logout_token"].encode()).payload)
        self.heard.append(told["sid"])
        return Answer(200, "text/plain", b"")

    def play(self, step: Step) -> None:
        """Do one of admission's acts."""
        self.world.play([step])
        self.known.clear()

    def work(self, teller: back_channel.Teller) -> None:
        """The worker's round."""
        with self.world.travel():
            sessions.end_lapsed()
            admission.request_ends(self.now)
            while teller.tell_due():
                pass
            cleaning.forget_expired(self.now)
            close_expired(self.now)
        self.known.clear()
