"""The check asks one question, whatever it answers; what it tells again is still true."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.authentication.models import Level, Session
from convergences.catalog.models import Application
from convergences.directory.models import Agent, AgentState, Organization
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from tests.forward_auth.serving import PAGE, Surfer, header

pytestmark = pytest.mark.database

Change = Callable[[], Any]
# Each thing that a header says, changed by a statement that tells nobody.
SAID: dict[str, tuple[Change, str]] = {
    "Remote-Email": (lambda: Agent.objects.filter(given_name="Claire").update(email="c@pantin.example"), "c@"),
    "Remote-Name": (lambda: Agent.objects.filter(given_name="Claire").update(family_name="Martin"), "Claire Martin"),
    "Remote-Groups": (lambda: Entitlement.objects.update(roles=["manager", "reader"]), "manager,reader"),
    "Remote-Organization": (lambda: Organization.objects.filter(key="pantin").update(name="Ailleurs"), "Ailleurs"),
    "Remote-Siret": (lambda: Organization.objects.filter(key="pantin").update(siret="12345678901234"), "1234567"),
    "Remote-Acr": (lambda: Session.objects.update(level=Level.TWO_FACTORS), "eidas2"),
    "Remote-Amr": (lambda: Session.objects.update(factors=["pwd", "otp", "mfa"]), "pwd,otp,mfa"),
}


@pytest.mark.parametrize("name", SAID)
def test_what_is_told_again_is_told_otherwise_as_soon_as_it_changes(
    snapi: Application, claire: Surfer, name: str
) -> None:
    claire.enter()
    before = claire.check(PAGE)
    change, said = SAID[name]
    change()
    after = claire.check(PAGE)
    assert said not in header(before, name)
    assert header(after, name).startswith(said)
    assert header(after, "Remote-Token") != header(before, "Remote-Token")


def test_a_sheet_that_lists_less_is_obeyed_at_the_next_request(snapi: Application, claire: Surfer) -> None:
    claire.enter()
    assert header(claire.check(PAGE), "Remote-Email")
    Application.objects.filter(pk=snapi.pk).update(attributes=["roles"])
    assert not header(claire.check(PAGE), "Remote-Email")


ENDS: dict[int, Change] = {
    200: lambda: None,
    401: lambda: Session.objects.update(ended_at=clock.now()),
    403: lambda: Agent.objects.update(state=AgentState.SUSPENDED),
}


@pytest.mark.parametrize("status", ENDS)
def test_one_question_is_asked_whatever_the_answer(snapi: Application, claire: Surfer, status: int) -> None:
    claire.enter()
    claire.check(PAGE)
    ENDS[status]()
    with CaptureQueriesContext(connection) as captured:
        assert claire.check(PAGE).code == status
    assert len(captured) == 1
