"""`convergences agent`: an operator's hand, through the same services as the pages."""

import pytest

from convergences.audit.models import AuditEvent
from convergences.foundations.errors import Refusal
from convergences.foundations.models import OutboxMessage
from tests.cast import Cast
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
