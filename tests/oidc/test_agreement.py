"""Whatever the sequence of rights, suspensions, closings and dates, no token answers that the one decision refuses."""

import datetime as dt
from dataclasses import dataclass

import pytest
from django.conf import settings as django_settings
from django.test import Client as Browser
from hypothesis import HealthCheck, example, given, settings
from hypothesis.extra.django import TestCase

from convergences.admission.models import Visit
from convergences.authentication.models import Session
from convergences.catalog.models import Application
from convergences.directory.models import Agent, Membership
from convergences.foundations.sealing import digest
from convergences.protocols.oidc.models import AccessToken, Grant
from convergences.protocols.oidc.services import tokens
from tests.admission.world import STEPS, Step, World
from tests.draws import drawn
from tests.oidc.relying import Relying, answered, define


@dataclass
class Held:
    """What an application holds of one visit, for long enough that only the right can end it."""

    visit: Visit
    relying: Relying
    offline: bool
    access: str
    refresh: str


def clients_of(world: World) -> dict[int, Relying]:
    return {offered.pk: Relying(define(offered, client_id=offered.slug)) for offered in world.applications}


def hold(world: World, visit: Visit, relying: Relying, *, offline: bool) -> Held:
    until = world.now + dt.timedelta(days=90)
    scope = "openid offline_access" if offline else "openid"
    grant = Grant.objects.create(
        client=relying.client, visit=visit, scope=scope, offline=offline, granted_at=world.now, expires_at=until
    )
    held = Held(visit, relying, offline, tokens.give_access(grant, scope=scope), tokens.give_first_refresh(grant))
    AccessToken.objects.filter(grant=grant).update(expires_at=until)
    return held


def stands(world: World, held: Held) -> bool:
    """The oracle: the visit goes on; or, offline, its session alone is over and the right stands."""
    visit = Visit.objects.select_related("application").get(pk=held.visit.pk)
    if not held.offline:
        return visit.end_requested_at is None and world.visit_stands(visit)
    membership = Membership.objects.get(pk=visit.membership_id)
    right = world._stands(membership, visit.application) and world.is_strong(visit.session, visit.application)
    return right and visit.end_reason in {"", "session_over"}


def expected_of(world: World, agent: Agent, application: Application) -> str:
    """The oracle of a silent authorization: `code`, or the error that the client is told."""
    session = Session.objects.get(pk=world.sessions[agent.pk].pk)
    dead = session.ended_at is not None or world.now >= session.idle_at
    if dead or Agent.objects.get(pk=agent.pk).state != "active":
        return "login_required"
    employers = [town for town in world.organizations if world.may_enter(agent, application, town)]
    if not employers:
        return "access_denied"
    if len(employers) > 1:
        return "account_selection_required"
    return "code" if world.is_strong(session, application) else "interaction_required"


def browser_of(world: World, agent: Agent) -> Browser:
    token = f"a token of the tests for agent {agent.pk}"
    Session.objects.filter(pk=world.sessions[agent.pk].pk).update(token_digest=digest(token))
    browser = Browser()
    browser.cookies[django_settings.SESSION_COOKIE_NAME] = token
    return browser


def assert_tokens_agree(world: World, held: list[Held]) -> None:
    expected = [stands(world, each) for each in held]
    assert [each.relying.userinfo(each.access).status_code == 200 for each in held] == expected
    assert [each.relying.refresh(each.refresh).status_code == 200 for each in held] == expected


def assert_authorize_agrees(world: World, relying: dict[int, Relying]) -> None:
    for agent in world.agents:
        browser = browser_of(world, agent)
        for application in world.applications:
            expected = expected_of(world, agent, application)
            answer = answered(relying[application.pk].authorize(browser, prompt="none"))
            assert answer.get("error", "code") == expected
            assert ("code" in answer) == (expected == "code")


@pytest.mark.long
@pytest.mark.database
class Agreement(TestCase):
    """Hypothesis looks for the sequence after which a dead right still answers, or a living one does not."""

    @given(steps=STEPS)
    @example(steps=[])
    @example(steps=[Step("end_session", n=1), Step("revoke")])
    @example(steps=[Step("end_session", n=1), Step("request_ends"), Step("suspend")])
    @example(steps=[Step("leave_employer", n=1), Step("grant", who=4)])
    @example(steps=[Step("revoke"), Step("request_ends"), Step("grant")])
    @settings(max_examples=drawn(15), deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_authorize_userinfo_and_refresh_answer_as_the_one_decision(self, steps: list[Step]) -> None:
        world = World.build()
        with world.travel():
            relying = clients_of(world)
            visits = list(Visit.objects.select_related("application", "session"))
            held = [
                hold(world, visit, relying[visit.application_id], offline=offline)
                for visit in visits
                for offline in (False, True)
            ]
        world.play(steps)
        with world.travel():
            assert_tokens_agree(world, held)
            assert_authorize_agrees(world, relying)
