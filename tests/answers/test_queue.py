"""« Réponses à vérifier »: what waits, oldest first, in a constant number of queries."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.campaigns.models import Designation, Invitation
from convergences.campaigns.services import answering, deciding
from convergences.directory.models import Organization
from tests.answers.doing import QUEUE, browser, fr, said
from tests.campaigns.answering import ANNE, PAUL, VISITOR, answer, letter_of, received
from tests.campaigns.doing import acting
from tests.cast import Cast

pytestmark = pytest.mark.database


def _romainville_answers(cast: Cast) -> Designation:
    invitation = Invitation.objects.get(organization=cast.romainville)
    return answering.receive(invitation, answer(PAUL), actor=VISITOR, letter_code=letter_of(invitation))


def test_it_shows_what_waits_the_oldest_first(cast: Cast) -> None:
    first, second = received(cast, ANNE), _romainville_answers(cast)
    Designation.objects.filter(pk=second.pk).update(received_at=first.received_at - dt.timedelta(days=2))  # type: ignore[operator]
    page = said(browser(cast.julien).get(QUEUE))
    assert page.index("Romainville") < page.index("Pantin")
    assert "Anne Martin" in page
    assert "Code du courrier" in page
    assert fr("2 réponses à vérifier") in page


def test_what_is_decided_waits_no_more(cast: Cast) -> None:
    deciding.accept(received(cast), actor=acting(cast.julien))
    page = browser(cast.julien).get(QUEUE)
    assert "Rien à vérifier" in said(page)
    assert '<span class="count">' not in said(page)


def test_remarks_are_told_in_a_few_words(cast: Cast) -> None:
    received(cast, ANNE)
    line = browser(cast.julien).get(QUEUE).context["lines"][0]
    assert (line.chip[1], line.remarks) == ("Rien à signaler", "")
    _romainville_answers(cast)  # an address of Pantin
    line = browser(cast.julien).get(QUEUE).context["lines"][1]
    assert (line.chip[1], line.remarks) == (fr("1 remarque"), "adresse extérieure")


def test_the_employers_of_a_correspondant_and_one_campaign_are_asked_for(cast: Cast) -> None:
    designation = received(cast)
    _romainville_answers(cast)
    Organization.objects.update(correspondent=None)
    Organization.objects.filter(pk=cast.pantin.pk).update(correspondent=cast.julien.agent)
    julien = browser(cast.julien)
    assert [line.designation.pk for line in julien.get(f"{QUEUE}?suivi=miens").context["lines"]] == [designation.pk]
    uid = designation.invitation.campaign.uid
    assert len(julien.get(f"{QUEUE}?campagne={uid}").context["lines"]) == 2
    other = "00000000-0000-4000-8000-000000000000"
    assert julien.get(f"{QUEUE}?campagne={other}").context["lines"] == []
    assert len(julien.get(f"{QUEUE}?campagne=%00&suivi=x&page=99").context["lines"]) == 2


def test_the_menu_leads_there_with_how_many_wait(cast: Cast) -> None:
    received(cast)
    page = said(browser(cast.julien).get("/espace-cig/employeurs"))
    assert f'href="{QUEUE}"' in page
    assert '<span class="count">1<span class="visually-hidden"> à vérifier' in page


def _queries(cast: Cast) -> int:
    julien = browser(cast.julien)
    with CaptureQueriesContext(connection) as captured:
        assert julien.get(QUEUE).status_code == 200
    return len(captured)


def test_it_asks_as_much_for_many_answers_as_for_one(cast: Cast) -> None:
    first = received(cast, ANNE, PAUL, replaces=True)
    one = _queries(cast)
    _romainville_answers(cast)
    for n in range(8):
        _copy(first, n)
    assert _queries(cast) == one
    assert one <= 16


def _copy(first: Designation, n: int) -> None:
    """Write another employer's answer, of the same people."""
    employer, people = first.invitation.organization, list(first.named.all())
    fields: dict[str, Any] = {"key": f"saint-{n}", "siret": f"{n:014d}", "name": f"Saint {n}"}
    for name, value in fields.items():
        setattr(employer, name, value)
    employer.pk = None
    employer.save()
    invitation = Invitation.objects.create(
        campaign=first.invitation.campaign, organization=employer, reference=f"AAAA-AAA{n}", state="received"
    )
    made = Designation.objects.create(
        invitation=invitation, state="received", channel="online", proof="letter_code", replaces=True,
        created_at=first.created_at, received_at=first.received_at,
    )  # fmt: skip
    for person in people:
        person.pk, person.designation = None, made
        person.save()
