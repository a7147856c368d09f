"""What the machine holds, what it expects of each thing, and the comparison with what the doors answer."""

import datetime as dt
from typing import Any

from django.db import transaction

from convergences.admission.models import EmployerChoice
from convergences.directory.models import Membership
from tests.oidc.machine.model import DAY, MINUTE, Access, Code, Family, Refresh, Session, Visit, stands
from tests.oidc.machine.stage import Stage
from tests.oidc.relying import CALLBACK, VERIFIER


class Checks:
    """The model beside the stage. `at`: the session that each browser holds."""

    stage: Stage
    ready = False

    def open_world(self) -> None:
        """Write the world, to be undone at the end."""
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.stage = Stage.build()
        self.at: list[Session | None] = [None] * len(self.stage.browsers)
        self.visits: list[Visit] = []
        self.codes: list[Code] = []
        self.accesses: list[Access] = []
        self.refreshes: list[Refresh] = []
        self.of_machines: list[tuple[str, dt.datetime]] = []
        self.refusing: set[int] = set()
        self.number = 0
        self.ready = True

    def close_world(self) -> None:
        """Undo it."""
        if self.ready:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)
            self.ready = False

    @property
    def now(self) -> dt.datetime:
        """The instant of the world."""
        return self.stage.now

    def sessions(self, agent: int) -> set[Session]:
        """Every session of this agent."""
        held = {visit.session for visit in self.visits} | {session for session in self.at if session is not None}
        return {session for session in held if session.agent == agent}

    def usable(self, place: int) -> bool:
        """Whether this browser is signed in; when it is, its request is a sign of life."""
        session = self.at[place]
        if session is None or not session.alive(self.now) or self.stage.agent_state(place) != "active":
            return False
        session.used(self.now)
        return True

    def expected_entry(self, place: int, application: int) -> Membership | str:
        """For which membership the agent of this browser enters, or the error that the client is told."""
        if not self.usable(place):
            self.at[place] = None  # the browser is told to forget a session that is not
            return "login_required"
        able = self.stage.employers(self.stage.seats[place], application)
        if len(able) > 1:
            choices = EmployerChoice.objects.filter(agent=self.stage.seats[place], application_id=application)
            able = [each for each in able if each.pk == choices.get().membership_id] or able
        if len(able) > 1:
            return "account_selection_required"
        if not able:
            return "access_denied"
        if not self.stage.asks_password_only(application):
            return "interaction_required"
        return able[0] if self.agreed(place, application) else "consent_required"

    def agreed(self, place: int, application: int) -> bool:
        """Whether the agent lets this application read them, where it must ask."""
        agrees = self.stage.seats[place].pk not in self.refusing
        return agrees or self.stage.clients[application].client.is_public

    def entered(self, place: int, application: int, membership: Membership) -> Visit:
        """The visit of this browser: that which is open, or a new one."""
        session = self.at[place]
        assert session is not None
        for visit in self.visits:
            same = (visit.session, visit.application, visit.membership) == (session, application, membership.pk)
            if same and not visit.over:
                return visit
        self.visits.append(Visit(session, membership.pk, application))
        return self.visits[-1]

    def of_confidential(self, agent: int) -> list[Visit]:
        """The visits of this agent in the application that must ask them."""
        confidential = self.stage.confidential.client.application_id
        return [each for each in self.visits if (each.session.agent, each.application) == (agent, confidential)]

    def mark(self, visit: Visit) -> None:
        """Write what the worker's round does to this visit."""
        if not visit.over and not stands(visit, self.now, self.stage.right):
            visit.over = "right" if visit.session.alive(self.now) else "session"

    def forgotten(self, family: Family) -> bool:
        """A family that ended more than a day ago may have been forgotten."""
        return self.now > family.until + DAY

    def ask_for_tokens(self, code: Code) -> Any:
        """Bring a code."""
        fields = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        with self.stage.world.travel():
            return self.stage.post(code.visit.application, "/oauth/token", code=code.clear, **fields)

    def ask_to_renew(self, token: Refresh) -> Any:
        """Bring a refresh token."""
        application = token.family.visit.application
        with self.stage.world.travel():
            return self.stage.post(application, "/oauth/token", grant_type="refresh_token", refresh_token=token.clear)

    def renew(self, token: Refresh) -> None:
        """Bring a refresh token, and expect of it what the model says."""
        given = self.ask_to_renew(token)
        answers = token.shown(self.now, self.stage.right)
        assert (given.status_code == 200) == answers, (given.content, token)
        if not answers:
            assert given.json()["error"] == "invalid_grant"
            return
        body = given.json()
        self.accesses.append(Access(body["access_token"], token.family, self.now))
        if token.successor is None:
            token.successor = Refresh(body["refresh_token"], token.family)
            self.refreshes.append(token.successor)
        assert body["refresh_token"] == token.successor.clear

    def check(self, latest: int | None = None) -> None:
        """Codes and tokens, all or the latest of each kind, answer if and only if the model says that they may."""
        start = -latest if latest else 0
        with self.stage.only_trying():
            self._check_accesses(self.accesses[start:])
            self._check_machines()
        for token in self.refreshes[start:]:
            with self.stage.only_trying():
                self._check_refresh(token)
        for code in self.codes[start:]:
            with self.stage.only_trying():
                self._check_code(code)

    def _check_accesses(self, accesses: list[Access]) -> None:
        for access in accesses:
            lives = access.answers(self.now, self.stage.right)
            client = self.stage.clients[access.family.visit.application]
            assert self.stage.userinfo(access.clear) == (200 if lives else 401), vars(access)
            assert self.stage.is_active(access.clear) == (lives and not client.client.is_public)

    def _check_machines(self) -> None:
        for clear, given_at in self.of_machines[-2:]:
            offered = self.stage.is_offered(self.stage.confidential.client.application_id)
            assert self.stage.is_active(clear) == (offered and self.now < given_at + 10 * MINUTE)

    def _check_refresh(self, token: Refresh) -> None:
        lives = token.family.lives(self.now, self.stage.right)
        theirs = not self.stage.clients[token.family.visit.application].client.is_public
        assert self.stage.is_active(token.clear) == (theirs and lives and token.used_at is None)
        given = self.ask_to_renew(token)
        expected = token.answers(self.now, self.stage.right)
        assert given.status_code == (200 if expected else 400), (given.content, vars(token))

    def _check_code(self, code: Code) -> None:
        given = self.ask_for_tokens(code)
        expected = code.answers(self.now, self.stage.right)
        assert given.status_code == (200 if expected else 400), (given.content, vars(code))
