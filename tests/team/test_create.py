"""Creating a user: with first rights, with every way to be wrong; nothing typed is lost, nothing is half done."""

import pytest

from convergences.audit.models import AuditEvent
from convergences.directory.models import Agent, Membership, Organization
from convergences.entitlements.models import Entitlement
from convergences.foundations.models import OutboxMessage
from tests.cast import Cast, member
from tests.team.pages import PERSON, client, held, sheet, team, value_of, words

pytestmark = pytest.mark.database

CREATE = team("utilisateurs/creer")


def _nothing_done() -> bool:
    known = Agent.objects.filter(family_name="Marchand").exists() or Membership.objects.filter(
        shown_family_name="Marchand"
    )
    return not known and not OutboxMessage.objects.exists() and not AuditEvent.objects.exists()


def test_an_agent_is_created_with_first_rights_and_invited(cast: Cast) -> None:
    form = {**PERSON, "droit-bip": "on", "role-bip": "manager", "fin-bip": "2099-12-31"}
    answer = client(cast.nadia).post(CREATE, form, follow=True)
    made = Membership.objects.get(agent__email="lea.marchand@pantin.example")
    assert answer.redirect_chain[-1][0] == sheet(made)
    assert "Le compte de Léa Marchand est créé" in words(answer)
    assert held(made) == {("bip", ("manager",))}
    assert [mail.recipient for mail in OutboxMessage.objects.all()] == ["lea.marchand@pantin.example"]


def test_what_is_switched_off_is_not_given_whatever_its_role(cast: Cast) -> None:
    client(cast.nadia).post(CREATE, {**PERSON, "role-bip": "manager", "fin-bip": "2099-12-31"})
    assert not Entitlement.objects.exists()


def test_every_error_is_said_at_once_and_everything_typed_is_kept(cast: Cast) -> None:
    form = {
        **PERSON,
        "given_name": "",
        "department": "",
        "droit-bip": "on",
        "role-bip": "manager",
        "fin-bip": "1999-01-01",
    }
    answer = client(cast.nadia).post(CREATE, form)
    told = words(answer)
    assert answer.status_code == 422
    assert "3 informations sont à corriger" in told
    for sentence in ("Saisissez le prénom", "Saisissez le service", "La date de fin pour BIP est déjà passée"):
        assert sentence in told
    assert value_of(answer, "family_name") == "Marchand"
    assert value_of(answer, "fin-bip") == "1999-01-01"
    assert '<option value="manager" selected>' in answer.content.decode()
    assert _nothing_done()


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("lea.marchand", "il manque le signe @"),
        ("lea.marchand@pantin", "il manque la fin"),
        ("léa@pantin.example", "contient un accent"),
        ("lea..marchand@pantin.example", "n'est pas valable"),
        ("a" * 300 + "@pantin.example", "trop longue"),
    ],
)
def test_a_malformed_address_is_said_with_its_remedy(cast: Cast, email: str, sentence: str) -> None:
    answer = client(cast.nadia).post(CREATE, {**PERSON, "email": email})
    assert sentence in words(answer)
    assert value_of(answer, "email") == email
    assert _nothing_done()


def test_an_address_outside_the_domains_is_confirmed_by_a_box(cast: Cast) -> None:
    nadia, form = client(cast.nadia), {**PERSON, "email": "lea@ailleurs.example"}
    answer = nadia.post(CREATE, form)
    assert "ne se termine pas par @pantin.example" in words(answer)
    assert 'name="outside_domains_confirmed"' in answer.content.decode()
    assert value_of(answer, "email") == "lea@ailleurs.example"
    assert _nothing_done()
    nadia.post(CREATE, {**form, "outside_domains_confirmed": "on"})
    assert Membership.objects.filter(agent__email="lea@ailleurs.example").exists()


def test_the_box_is_not_shown_before_it_is_needed(cast: Cast) -> None:
    assert "outside_domains_confirmed" not in client(cast.nadia).get(CREATE).content.decode()


def test_a_duplicate_leads_to_the_sheet_that_exists(cast: Cast) -> None:
    answer = client(cast.nadia).post(CREATE, {**PERSON, "email": "CLAIRE.nguyen@pantin.example"})
    assert "Claire Nguyen a déjà un compte dans votre collectivité" in words(answer)
    assert sheet(cast.claire) in answer.content.decode()


def test_an_address_known_elsewhere_answers_as_an_unknown_one(cast: Cast) -> None:
    cast.pantin.email_domains = []
    cast.pantin.save()
    nadia = client(cast.nadia)
    known = nadia.post(CREATE, {**PERSON, "email": cast.lucie.agent.email}, follow=True)
    unknown = nadia.post(CREATE, {**PERSON, "email": "inconnue@romainville.example"}, follow=True)
    emails = (str(cast.lucie.agent.email), "inconnue@romainville.example")
    assert words(known).replace(emails[0], "X") == words(unknown).replace(emails[1], "X")


def test_the_same_form_sent_twice_makes_one_account(cast: Cast) -> None:
    nadia = client(cast.nadia)
    first, second = (nadia.post(CREATE, PERSON) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Agent.objects.filter(email=PERSON["email"]).count() == 1
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize(
    "altered",
    [
        {"droit-inconnue": "on"},
        {"droit-bip": "on", "role-bip": "owner"},
        {"droit-bip": "on", "role-bip": "+", "roles-bip": ["reader", "owner"]},
        {"droit-bip": "on", "role-bip": ["reader", "manager"]},
        {"email": ["lea.marchand@pantin.example", "autre@pantin.example"]},
        {"civility": "doctor"},
        {"droit-bip": "on", "role-bip": "reader", "fin-bip": "9999-12-31"},
        {"droit-bip": "on", "role-bip": "reader", "fin-bip": "demain"},
    ],
    ids=str,
)
def test_an_altered_form_does_nothing(cast: Cast, altered: dict[str, object]) -> None:
    answer = client(cast.nadia).post(CREATE, {**PERSON, **altered})
    assert answer.status_code == 422
    assert _nothing_done()


def test_an_application_that_cannot_be_given_is_not_offered(cast: Cast) -> None:
    cast.bip.affiliations = []
    cast.bip.save()
    assert "droit-bip" not in client(cast.nadia).get(CREATE).content.decode()
    answer = client(cast.nadia).post(CREATE, {**PERSON, "droit-bip": "on", "role-bip": "reader"})
    assert answer.status_code == 422
    assert _nothing_done()


def test_a_right_that_became_impossible_leaves_no_account_behind(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    nadia = client(cast.nadia)
    from convergences.pages.team.views import create

    sheet_shown = create.entitlements.first_rights(cast.pantin)
    cast.bip.affiliations = []
    cast.bip.save()
    monkeypatch.setattr(create.entitlements, "first_rights", lambda _organization: sheet_shown)
    answer = nadia.post(CREATE, {**PERSON, "droit-bip": "on", "role-bip": "reader"})
    assert "Aucun abonnement de la Ville de Pantin" in words(answer)
    assert _nothing_done()


def test_services_already_used_are_proposed(cast: Cast) -> None:
    assert '<option value="Carrières">' in client(cast.nadia).get(CREATE).content.decode()


def test_services_of_another_town_are_not_proposed(cast: Cast) -> None:
    member(cast.romainville, "Zoé Petit", department="Cabinet secret")
    assert "Cabinet secret" not in client(cast.nadia).get(CREATE).content.decode()


def test_markup_typed_in_a_name_stays_text(cast: Cast) -> None:
    answer = client(cast.nadia).post(CREATE, {**PERSON, "given_name": "<script>alert(1)</script>"})
    assert "<script>alert" not in answer.content.decode()
    assert Organization.objects.filter(memberships__agent__given_name__contains="script").count() == 0
