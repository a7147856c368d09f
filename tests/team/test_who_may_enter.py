"""Who may enter a référent's pages: nobody but the référents in activity of that organization."""

import datetime as dt

import pytest
from django.test import Client

from convergences.audit.models import AuditEvent
from convergences.directory.models import AgentState, Membership
from convergences.foundations import clock
from tests.cast import Cast, signed_in
from tests.team.pages import PERSON, client, held, right, sheet, team, words

pytestmark = pytest.mark.database

PAGES = ["", "utilisateurs", "utilisateurs/creer", "utilisateurs/selection", "journal", "journal/export"]
ACTS = [
    "", "fiche", "habilitations", "habilitations/apercu", "modifier", "suspendre", "reactiver", "supprimer",
    "restaurer", "invitation", "mot-de-passe", "sessions",
]  # fmt: skip
FORM = {**PERSON, "reason": "Autre", "family_name": "Nguyen", "droit-bip": "on", "role-bip": "manager", "version": "0"}


def _answers(browser: Client, key: str, member: Membership) -> set[int]:
    """Return the answers of every page of an organization, and of every act on a member, to reading and to writing."""
    paths = [team(path, key) for path in PAGES] + [sheet(member, act, key) for act in ACTS]
    found = set()
    for path in paths:
        found |= {browser.get(path).status_code, browser.post(path, FORM).status_code}
    return found


def _state(member: Membership) -> list[object]:
    row = Membership.objects.filter(pk=member.pk).values().get()
    return [row, held(member), AuditEvent.objects.filter(organization_id=member.organization_id).count()]


def test_a_referent_of_another_town_finds_nothing(cast: Cast) -> None:
    before = _state(cast.claire)
    assert _answers(client(cast.karim), "pantin", cast.claire) == {404}
    assert _state(cast.claire) == before


def test_a_member_of_another_town_is_not_found_in_ones_own(cast: Cast) -> None:
    before = _state(cast.claire)
    karim = client(cast.karim)
    for act in ACTS:
        path = sheet(cast.claire, act, "romainville")
        assert {karim.get(path).status_code, karim.post(path, FORM).status_code} <= {404, 405}, act
    assert _state(cast.claire) == before


def test_a_user_of_the_same_town_finds_nothing_not_even_about_themself(cast: Cast) -> None:
    before = _state(cast.claire)
    assert _answers(client(cast.claire), "pantin", cast.claire) == {404}
    assert _state(cast.claire) == before


def test_a_correspondant_of_the_centre_has_no_door_here(cast: Cast) -> None:
    assert _answers(client(cast.julien), "pantin", cast.claire) == {404}


def test_a_referent_whose_account_is_suspended_is_sent_to_sign_in(cast: Cast) -> None:
    nadia = client(cast.nadia)
    cast.nadia.agent.state = AgentState.SUSPENDED
    cast.nadia.agent.save()
    assert _answers(nadia, "pantin", cast.claire) == {302}
    assert nadia.get(team())["Location"].startswith("/session-terminee")


@pytest.mark.parametrize(
    "change",
    [
        {"suspended_at": clock.now()},
        {"closed_at": clock.now()},
        {"confirmed_at": None},
        {"profile": "user"},
        {"ends_on": dt.date(2021, 1, 1)},
        {"starts_on": dt.date(2990, 1, 1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_referent_who_no_longer_is_finds_nothing(cast: Cast, change: dict[str, object]) -> None:
    nadia = client(cast.nadia)
    Membership.objects.filter(pk=cast.nadia.pk).update(**change)
    assert _answers(nadia, "pantin", cast.claire) == {404}


def test_a_town_that_left_the_portal_is_not_found(cast: Cast) -> None:
    cast.pantin.active = False
    cast.pantin.save()
    assert signed_in(cast.nadia.agent).get(team()).status_code == 404


def test_an_unknown_town_and_another_town_answer_the_same(cast: Cast) -> None:
    nadia = client(cast.nadia)
    unknown, others = nadia.get(team(key="nulle-part")), nadia.get(team(key="romainville"))
    assert unknown.status_code == others.status_code == 404
    assert words(unknown) == words(others)


def test_a_selection_that_holds_a_stranger_is_refused_whole(cast: Cast) -> None:
    form = {"action": "suspend", "step": "confirm", "reason": "Autre", "u": [str(cast.claire.uid), str(cast.lucie.uid)]}
    answer = client(cast.nadia).post(team("utilisateurs/selection"), form, follow=True)
    assert "n'est pas dans votre collectivité" in words(answer)
    assert not Membership.objects.filter(suspended_at__isnull=False).exists()


def test_the_journal_of_a_stranger_is_never_shown(cast: Cast) -> None:
    right(cast.lucie, cast.bip)
    client(cast.karim).post(sheet(cast.lucie, "habilitations", "romainville"), {"version": "x"})
    answer = client(cast.nadia).get(team("journal"), {"agent": str(cast.lucie.uid)})
    assert "Lucie" not in words(answer)
    exported = client(cast.nadia).get(team("journal/export"), {"agent": str(cast.lucie.uid)})
    assert "Lucie" not in b"".join(exported.streaming_content).decode()  # type: ignore[arg-type]
