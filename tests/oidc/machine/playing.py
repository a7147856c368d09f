"""The machine: what may be done, and what must hold after each act."""

import datetime as dt
from collections.abc import Callable
from typing import Any, ClassVar

import hypothesis.strategies as st
from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from convergences.audit.services import SYSTEM
from convergences.directory.models import Agent, Membership
from convergences.foundations.errors import Refusal
from convergences.foundations.outbound import Answer
from convergences.lifecycle import services as lifecycle
from convergences.protocols.oidc.notices import back_channel
from tests.admission.acts import ACTS, Step
from tests.oidc.machine.checks import Checks
from tests.oidc.machine.model import Access, Code, Refresh, Session

PLACE = st.integers(0, 3)
WHICH = st.integers(0, 5)
MOMENTS = st.sampled_from([1, 10, 29, 30, 31, 59, 60, 61])
TIMES = st.sampled_from([300, 599, 600, 2700, 3599, 3600, 3 * 3600, 10 * 3600])
# Of each kind, how many are looked at after each act; all of them after some.
LATEST, ALL_EVERY = 4, 5
DAYS = st.sampled_from([1, 2, 16, 30])
# What may happen to rights, elsewhere than here; signing in, entering and passing time are acts of this machine.
OF_RIGHTS = sorted(set(ACTS) - {"sign_in_again", "end_session", "enter", "wait", "close_expired", "request_ends"})
STEP = st.builds(Step, act=st.sampled_from(OF_RIGHTS), who=WHICH, what=st.integers(0, 1), n=WHICH)
UNDONE = st.sampled_from([Step("grant", n=0), Step("set_agent_state"), Step("set_status"), Step("subscribe", n=5)])


class Playing(Checks, RuleBasedStateMachine):
    """Agents, their référents, applications, a thief, an engineer, a worker and time."""

    __test__: ClassVar[bool] = False
    acts = 0

    def __init__(self, listening: Callable[[Callable[[str, dict[str, str]], Answer]], None]) -> None:
        """`listening` makes a function the network by which applications are told."""
        super().__init__()
        self.listening = listening

    @initialize()
    def begin(self) -> None:
        """Everybody may enter; one agent is at work, with tokens of both applications, some of them replaced."""
        self.open_world()
        self.listening(self.stage.hear)
        self.sign_in(2)
        for application in (0, 1):
            self.authorize(2, application, offline=bool(application))
            self.exchange(0)
            self.renew(self.refreshes[-1])
        self.renew(self.refreshes[-1])

    def teardown(self) -> None:
        """Leave no trace."""
        self.close_world()

    @rule(place=PLACE)
    def sign_in(self, place: int) -> None:
        """Somebody signs in; the session that this browser had is over."""
        if self.stage.agent_state(place) != "active":
            return
        previous = self.at[place]
        if previous is not None and previous.alive(self.now):
            previous.ended = True
        self.at[place] = Session(self.stage.seats[place].pk, self.now, self.stage.sign_in(place))

    @rule(place=PLACE, which=st.integers(0, 1), offline=st.booleans())
    def authorize(self, place: int, which: int, *, offline: bool) -> None:
        """A client asks, silently."""
        application = self.stage.application(which)
        expected = self.expected_entry(place, application)
        answer = self.stage.authorize(place, application, offline=offline)
        if isinstance(expected, str):
            assert answer.get("error") == expected, (answer, expected)
            return
        assert "code" in answer, answer
        kept = offline and not self.stage.clients[application].client.is_public
        self.codes.append(Code(answer["code"], self.entered(place, application, expected), kept, self.now))

    @precondition(lambda self: self.codes)
    @rule(which=WHICH)
    def exchange(self, which: int) -> None:
        """A code is brought, the latest first; one that comes again is a theft."""
        code = self.codes[-1 - which % len(self.codes)]
        answers = code.answers(self.now, self.stage.right)
        given = self.ask_for_tokens(code)
        assert (given.status_code == 200) == answers, given.content
        if answers:
            family = code.exchanged(self.now)
            self.accesses.append(Access(given.json()["access_token"], family, self.now))
            self.refreshes.append(Refresh(given.json()["refresh_token"], family))
        elif code.family is not None and not self.forgotten(code.family):
            code.family.revoked = True

    @precondition(lambda self: self.refreshes)
    @rule(which=WHICH, lost=st.integers(0, 5))
    def refresh(self, which: int, lost: int) -> None:
        """A token is renewed, the latest first, and renewed again when answers get lost (or a thief floods us)."""
        token = self.refreshes[-1 - which % len(self.refreshes)]
        for _ in range(1 + max(0, lost - 2)):
            self.renew(token)

    @precondition(lambda self: self.refreshes)
    @rule(which=WHICH)
    def replay_a_former_refresh(self, which: int) -> None:
        """A thief shows a token that was replaced."""
        former = [token for token in self.refreshes if token.successor]
        if former:
            self.renew(former[which % len(former)])

    @precondition(lambda self: self.accesses)
    @rule(which=WHICH, whole=st.booleans())
    def give_back(self, which: int, *, whole: bool) -> None:
        """A client gives a token back: an access token alone, or a refresh token and all its family."""
        kept: list[Any] = self.refreshes if whole else self.accesses
        token = kept[which % len(kept)]
        with self.stage.world.travel():
            answer = self.stage.post(token.family.visit.application, "/oauth/revoke", token=token.clear)
        assert answer.status_code == 200
        if isinstance(token, Access):
            token.given_back = True
        elif not self.forgotten(token.family):
            token.family.revoked = True

    @rule(place=PLACE, which=st.integers(0, 2))
    def sign_out(self, place: int, which: int) -> None:
        """The agent leaves, by the portal or by an application."""
        usable = self.usable(place)
        self.stage.leave(place, self.stage.application(which) if which < 2 else None)
        held, self.at[place] = self.at[place], None
        if held is not None and usable:
            held.ended = True

    @rule(place=PLACE, which=st.integers(0, 2))
    def leave_with_a_code(self, place: int, which: int) -> None:
        """The agent signs out between the code and its exchange."""
        self.sign_in(place)
        self.authorize(place, which % 2, offline=True)
        self.sign_out(place, which)

    @rule(step=st.one_of(STEP, UNDONE))
    def change_rights(self, step: Step) -> None:
        """A référent, a contract, a calendar or an engineer changes what somebody may do."""
        self.stage.play(step)

    @rule(who=WHICH, act=st.sampled_from(["suspend", "reactivate", "depart", "restore"]))
    def employ(self, who: int, act: str) -> None:
        """An employer suspends, takes back or lets go; the last one of an account takes its sessions along."""
        row = self.stage.world.memberships[who % len(self.stage.world.memberships)]
        membership = Membership.objects.select_related("agent", "organization").get(pk=row.pk)
        how: dict[str, Any] = {"reason": "essai", "notify": True} if act == "suspend" else {}
        try:
            with self.stage.world.travel(), transaction.atomic():
                getattr(lifecycle, act)(membership, giver=None, actor=SYSTEM, **how)
        except Refusal:
            return
        self.stage.known.clear()
        if act in {"suspend", "depart"} and Agent.objects.get(pk=membership.agent_id).state != "active":
            for session in self.sessions(membership.agent_id):
                session.ended = True

    @rule(which=st.integers(0, 1))
    def remove_and_give_again(self, which: int) -> None:
        """A right is removed, the worker passes, the right is given again: what was dead stays so."""
        self.stage.play(Step("revoke", who=1, what=which))
        self.work()
        self.stage.play(Step("grant", who=1, what=which))

    @rule(which=st.integers(0, 1))
    def come_back_by_another_attachment(self, which: int) -> None:
        """The agent leaves the employer, and comes back: another life, with rights of its own."""
        self.stage.play(Step("leave_employer", who=1, n=1))
        self.stage.play(Step("grant", who=len(self.stage.world.memberships) - 1, what=which))

    @rule(place=PLACE)
    def agree_or_take_it_back(self, place: int) -> None:
        """The agent takes back what they let the confidential application read, or agrees again."""
        agent = self.stage.seats[place].pk
        if agent in self.refusing:
            self.refusing.remove(agent)
            self.stage.agree(place)
            return
        self.refusing.add(agent)
        self.stage.withdraw(place)
        for visit in self.of_confidential(agent):
            visit.over = visit.over or "withdrawn"
        for code in self.codes:
            code.withdrawn = code.withdrawn or code.visit in self.of_confidential(agent)
        for family in {token.family for token in self.refreshes}:
            family.revoked = family.revoked or family.visit in self.of_confidential(agent)

    @rule()
    def work(self) -> None:
        """The worker makes its round, and each application that can be told is told once of each visit that ended."""
        for visit in self.visits:
            self.mark(visit)
        confidential = self.stage.confidential.client.application_id
        told = [visit for visit in self.visits if visit.over and not visit.told and visit.application == confidential]
        for visit in told:
            visit.told = True
        before = len(self.stage.heard)
        self.stage.work(back_channel.Teller())
        assert sorted(self.stage.heard[before:]) == sorted(visit.session.sid for visit in told)

    @rule(overlap=st.booleans())
    def change_the_secret(self, *, overlap: bool) -> None:
        """The engineer replaces the secret; the former serves for a while, or no more."""
        self.number += 1
        fresh = f"a secret of the machine, number {self.number}, long enough"
        self.stage.change_secrets([self.stage.secrets[-1], fresh] if overlap else [fresh])

    @rule()
    def ask_for_itself(self) -> None:
        """A machine asks a token for itself: its application must not be closed."""
        confidential = self.stage.confidential.client.application_id
        with self.stage.world.travel():
            given = self.stage.post(confidential, "/oauth/token", grant_type="client_credentials")
        assert (given.status_code == 200) == self.stage.is_offered(confidential)
        if given.status_code == 200:
            self.of_machines.append((given.json()["access_token"], self.now))

    @rule(seconds=MOMENTS)
    def pass_a_moment(self, seconds: int) -> None:
        """Seconds: codes and the grace of a lost answer are over."""
        self.stage.world.now += dt.timedelta(seconds=seconds)

    @rule(seconds=TIMES)
    def pass_time(self, seconds: int) -> None:
        """Minutes, hours: access tokens and sessions are over."""
        self.stage.world.now += dt.timedelta(seconds=seconds)

    @rule(days=DAYS)
    def pass_days(self, days: int) -> None:
        """Days: contracts end, openings come, `offline_access` goes on or is over."""
        self.stage.world.now += dt.timedelta(days=days)

    @invariant()
    def nothing_dead_answers(self) -> None:
        """No dead right answers; whatever lives does."""
        if self.ready:
            self.acts += 1
            self.check(None if self.acts % ALL_EVERY == 0 else LATEST)
