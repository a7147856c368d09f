"""« Essayer »: an engineer sees whether an agent enters and what is told; who looked is journaled."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from convergences.admission.models import Visit
from convergences.audit.models import AuditEvent
from convergences.catalog.models import Application
from convergences.directory.models import Membership
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from convergences.protocols.oidc.models import AccessToken, AuthorizationCode, Grant
from tests.administration.pages import address, plain, words
from tests.cast import Cast, join, member, signed_in
from tests.oidc.relying import define, entitle

pytestmark = pytest.mark.database
TRIAL = address("bip", "essayer")


def told(answer: Any) -> str:
    """Return what the page says."""
    assert answer.status_code == 200, answer.status_code
    return plain(words(answer))


def tried(engineer: Client, cast: Cast) -> str:
    """Try BIP for Claire by her address."""
    return told(engineer.post(TRIAL, {"email": cast.claire.agent.email}))


def connect(application: Application, **changes: Any) -> None:
    """Connect an application by OpenID Connect."""
    define(application, **changes)
    application.protocol = "oidc"
    application.save()


def _events() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action="admission.access_tried"))


@pytest.mark.parametrize("who", ["nadia", "claire", "karim", "julien"])
def test_nobody_but_an_engineer_tries_or_is_journaled(cast: Cast, who: str) -> None:
    connect(cast.bip)
    browser = signed_in(getattr(cast, who).agent)
    assert browser.get(TRIAL).status_code == 404
    for form in ({"email": cast.claire.agent.email}, {"member": str(cast.claire.uid)}):
        assert browser.post(TRIAL, form).status_code == 404
    assert _events() == []


def test_a_get_never_tells_of_an_agent_whom_its_address_names(cast: Cast, engineer: Client) -> None:
    connect(cast.bip)
    answer = engineer.get(TRIAL, {"email": cast.claire.agent.email, "member": str(cast.claire.uid)})
    assert "Claire" not in told(answer)
    assert _events() == []


def test_another_site_cannot_make_an_engineer_look(cast: Cast, anne_laure: Membership) -> None:
    browser = signed_in(anne_laure.agent, enforce_csrf_checks=True)
    assert browser.post(TRIAL, {"email": cast.claire.agent.email}).status_code == 403
    assert _events() == []


def test_a_trial_names_engineer_agent_and_application_and_opens_nothing(cast: Cast, engineer: Client) -> None:
    connect(cast.bip)
    entitle(cast.claire, cast.bip, "reader")
    tried(engineer, cast)
    [event] = _events()
    assert (event.actor_label, event.subject_label, event.application) == ("Anne-Laure Petit", "Claire Nguyen", "bip")
    assert not any(table.objects.exists() for table in (Visit, Grant, AuthorizationCode, AccessToken))


def test_who_enters_is_shown_with_roles_and_what_the_application_would_receive(cast: Cast, engineer: Client) -> None:
    connect(cast.bip, scope="openid profile email")
    entitle(cast.claire, cast.bip, "reader")
    said = tried(engineer, cast)
    assert "L'agent entre Il ouvre BIP avec le rôle « Consulter »." in said
    assert "email claire.nguyen@pantin.example Portée email" in said
    assert f"sub {cast.claire.agent.subject} Identifiant de l'agent" in said
    assert "acr eidas1 Force de l'identification : mot de passe." in said
    assert "picture « Photo » n'est pas dans la fiche" in said
    assert said.count(" Oui") == 9


def test_the_page_is_still_the_engineer_s_own(cast: Cast, engineer: Client) -> None:
    """The agent tried must not become whom the header greets: nobody is impersonated, not even in looks."""
    page = plain(engineer.post(TRIAL, {"email": cast.claire.agent.email}).content.decode())
    assert "Bienvenue, <strong>Anne-Laure Petit" in page
    assert "Bienvenue, <strong>Claire" not in page


def test_who_does_not_enter_is_shown_the_rule_the_sentence_and_whom_to_ask(cast: Cast, engineer: Client) -> None:
    connect(cast.bip)
    said = tried(engineer, cast)
    assert "L'agent n'entre pas Il lirait : « Votre compte fonctionne, mais ce droit ne vous a pas encore été" in said
    assert "Moussa Diarra (moussa.diarra@pantin.example) et Nadia Ferhat" in said
    assert "valable aujourd'hui. C'est ce qui arrête l'agent. Non" in said
    assert "l'application n'apprend rien de lui" in said
    assert "Jeton d'identité" not in said


def test_a_stronger_application_says_what_comes_after_the_second_step(cast: Cast, engineer: Client) -> None:
    connect(cast.bip)
    Application.objects.filter(pk=cast.bip.pk).update(assurance="second_factor")
    entitle(cast.claire, cast.bip, "reader")
    said = tried(engineer, cast)
    assert "L'agent doit d'abord faire une vérification en deux étapes" in said
    assert "acr eidas2" in said
    assert "Une fois les deux étapes faites" in said


def test_among_several_employers_the_one_that_gave_the_right_comes_first(cast: Cast, engineer: Client) -> None:
    connect(cast.bip)
    elsewhere = join(cast.claire.agent, cast.romainville)
    entitle(elsewhere, cast.bip, "manager")
    said = tried(engineer, cast)
    assert "Pour la Ville de Romainville." in said
    assert "« Gérer »" in said
    other = told(engineer.post(TRIAL, {"member": str(cast.claire.uid)}))
    assert "Pour la Ville de Pantin." in other
    assert "L'agent n'entre pas" in other
    assert len(_events()) == 2


def test_an_agent_without_any_employer_is_said_so(cast: Cast, engineer: Client) -> None:
    connect(cast.bip)
    Membership.objects.filter(pk=cast.claire.pk).update(closed_at=clock.now())
    said = tried(engineer, cast)
    assert "Aucun employeur ne déclare cet agent." in said
    assert "Sans objet" in said
    assert engineer.post(TRIAL, {"member": str(cast.claire.uid)}).status_code == 422


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"email": ""},
        {"email": "nobody@pantin.example"},
        {"email": "x" * 300},
        {"member": "nonsense"},
        {"member": "00000000-0000-0000-0000-000000000000"},
    ],
)
def test_nobody_found_writes_nothing(cast: Cast, engineer: Client, form: dict[str, str]) -> None:
    connect(cast.bip)
    assert engineer.post(TRIAL, form).status_code == 422
    assert _events() == []


def test_a_simple_link_and_one_not_connected_yet_tell_nothing(cast: Cast, engineer: Client) -> None:
    entitle(cast.claire, cast.bip, "reader")
    assert "est un simple lien" in tried(engineer, cast)
    Application.objects.filter(pk=cast.bip.pk).update(protocol="oidc")
    assert "n'est pas encore raccordée" in tried(engineer, cast)


def test_what_people_typed_is_shown_as_text(cast: Cast, engineer: Client) -> None:
    connect(cast.bip)
    entitle(cast.claire, cast.bip, "reader")
    Membership.objects.filter(pk=cast.claire.pk).update(department="<img src=x onerror=alert(1)>")
    Application.objects.filter(pk=cast.bip.pk).update(attributes=["organizational_unit"], name="<b>BIP</b>")
    page = engineer.post(TRIAL, {"email": cast.claire.agent.email}).content.decode()
    assert "<img src=x" not in page
    assert "<b>BIP</b>" not in page
    assert html.escape("<img src=x onerror=alert(1)>") in page


def _crowd(cast: Cast, count: int) -> None:
    for number in range(count):
        entitle(member(cast.pantin, f"Agent Numéro{number:03d}", email=f"agent{number}@pantin.example"), cast.bip)


def test_the_list_of_those_who_have_the_right_is_short_and_searched(cast: Cast, engineer: Client) -> None:
    _crowd(cast, 12)
    entitle(cast.claire, cast.bip)
    page = engineer.get(TRIAL)
    assert len(re.findall(r'name="member"', page.content.decode())) == 8
    assert "Et d'autres : précisez le nom." in told(page)
    assert "Claire Nguyen" in told(engineer.get(TRIAL, {"q": "nguyen CLAIRE"}))
    assert "Personne ne correspond à « zzz »." in told(engineer.get(TRIAL, {"q": "zzz"}))
    Entitlement.objects.update(closed_at=clock.now())
    assert "Personne n'a encore le droit" in told(engineer.get(TRIAL))


def test_neither_page_costs_more_with_many_agents_and_employers(cast: Cast, engineer: Client) -> None:
    connect(cast.bip)
    entitle(cast.claire, cast.bip)
    engineer.get(TRIAL)
    counts = []
    for grown in (False, True):
        if grown:
            _crowd(cast, 10)
            join(cast.claire.agent, cast.romainville)
        with CaptureQueriesContext(connection) as asked:
            engineer.get(TRIAL)
        with CaptureQueriesContext(connection) as shown:
            tried(engineer, cast)
        counts.append((len(asked), len(shown)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 6
    assert counts[0][1] <= 20
