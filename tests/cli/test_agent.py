"""`convergences agent`: an operator's hand, through the same services as the pages."""

import pytest

from convergences.audit.models import AuditEvent
from convergences.authentication.models import Recovery
from convergences.foundations.errors import Refusal
from convergences.foundations.models import OutboxMessage
from tests.cast import Cast, give_totp, join
from tests.cli.commands import run, told

pytestmark = pytest.mark.database


def test_agents_of_one_organization_are_listed(cast: Cast) -> None:
    names = {agent["family_name"] for agent in told("agent", "list", "--organization", "pantin")}
    assert names == {"Ferhat", "Diarra", "Nguyen"}
    assert "Nguyen Claire" in run("agent", "list", "--organization", "pantin", "--search", "nguyen").stdout
    assert told("agent", "list", "--organization", "pantin", "--state", "suspended") == []


def test_an_agent_is_suspended_and_reactivated_and_the_journal_says_who(cast: Cast) -> None:
    claire = (cast.claire.agent.email, "--organization", "pantin")
    assert told("agent", "suspend", *claire, "--reason", "Compte compromis")["state"] == "suspended"
    assert told("agent", "reactivate", *claire)["state"] == "active"
    labels = set(AuditEvent.objects.values_list("actor_label", flat=True))
    assert all(label.startswith("Exploitation : ") for label in labels)


def test_a_new_agent_is_invited_and_an_address_in_capitals_is_theirs_too(cast: Cast) -> None:
    arguments = (
        "lea.petit@pantin.example",
        "--organization",
        "pantin",
        "--given-name",
        "Léa",
        "--family-name",
        "Petit",
    )
    assert told("agent", "invite", *arguments)["state"] == "invited"
    assert OutboxMessage.objects.filter(recipient="lea.petit@pantin.example").count() == 1
    with pytest.raises(Refusal):  # ten minutes have not passed
        run("agent", "invite", "LEA.PETIT@pantin.example", "--organization", "pantin")


@pytest.mark.parametrize("arguments", [("suspend", "personne@pantin.example"), ("invite", "sans arobase")])
def test_what_cannot_be_is_refused_in_french(cast: Cast, arguments: tuple[str, ...]) -> None:
    with pytest.raises(Refusal):
        run("agent", *arguments, "--organization", "pantin")
    with pytest.raises(Refusal, match="Aucune collectivité"):
        run("agent", *arguments, "--organization", "nowhere")


def test_an_agent_of_another_organization_is_not_found(cast: Cast) -> None:
    with pytest.raises(Refusal, match="n’est pas un agent"):
        run("agent", "suspend", cast.lucie.agent.email, "--organization", "pantin")


def test_an_agent_who_has_lost_everything_is_helped_and_the_journal_says_by_whom(cast: Cast) -> None:
    give_totp(cast.moussa.agent)
    assert "possible à partir du" in run("agent", "recover", cast.moussa.agent.email).stdout
    event = AuditEvent.objects.get(action="authentication.recovery_started")
    assert event.actor_label.startswith("Exploitation : ")
    assert event.organization_id == cast.pantin.pk
    recipients = set(OutboxMessage.objects.values_list("recipient", flat=True))
    assert recipients == {cast.moussa.agent.email, cast.nadia.agent.email}
    assert "annulée" in run("agent", "recover", cast.moussa.agent.email, "--cancel").stdout
    assert Recovery.objects.get().cancelled_at


def test_help_needs_one_employer(cast: Cast) -> None:
    give_totp(cast.claire.agent)
    join(cast.claire.agent, cast.romainville)
    with pytest.raises(Refusal, match="plusieurs employeurs"):
        run("agent", "recover", cast.claire.agent.email)
    with pytest.raises(Refusal, match="aucune collectivité"):
        run("agent", "recover", "personne@pantin.example")
    assert told("agent", "recover", cast.claire.agent.email, "--organization", "pantin")["opens_at"]
