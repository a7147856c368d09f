"""What files say of agents: their employers, their rights, their state, their roles at the centre."""

from pathlib import Path

import pytest

from convergences.audit.models import AuditEvent
from convergences.directory.models import Agent, AgentState, Membership
from convergences.entitlements.models import Entitlement
from tests.apply.files import AGENTS, SECRET, WHOLE, bring, problems

pytestmark = pytest.mark.database

SECOND_EMPLOYER = "      - {organization: cig, job_title: Formatrice}\n"


@pytest.fixture(autouse=True)
def _installation(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIP_SECRET", SECRET)


def test_a_referent_is_named_on_the_operators_warrant(tmp_path: Path) -> None:
    bring(tmp_path, WHOLE)
    named = AuditEvent.objects.get(action="directory.referent_named")
    assert named.details == {"warrant": "déclaré dans un fichier"}
    assert named.actor_id is None


def test_an_agent_of_two_employers_is_one_account_accepted_by_both(tmp_path: Path) -> None:
    bring(tmp_path, WHOLE + SECOND_EMPLOYER)
    agent = Agent.objects.get()
    held = Membership.objects.filter(agent=agent, confirmed_at__isnull=False)
    assert {membership.organization.key for membership in held} == {"pantin", "cig"}
    assert bring(tmp_path, WHOLE + SECOND_EMPLOYER).changes == []


def test_a_second_employer_may_come_with_a_later_file(tmp_path: Path) -> None:
    bring(tmp_path, WHOLE)
    plan = bring(tmp_path, WHOLE + SECOND_EMPLOYER)
    assert [(change.kind, change.key) for change in plan.changes] == [
        ("membership", "nadia.ferhat@pantin.example à cig (user)")
    ]


def test_a_name_and_a_job_are_corrected(tmp_path: Path) -> None:
    bring(tmp_path, WHOLE)
    text = WHOLE.replace("family_name: Ferhat", "family_name: Ferhat-Roy").replace("Responsable RH", "DRH")
    bring(tmp_path, text)
    held = Membership.objects.get()
    assert (held.agent.family_name, held.shown_family_name, held.job_title) == ("Ferhat-Roy", "Ferhat-Roy", "DRH")


def test_a_right_is_changed_and_one_that_is_not_cited_stays(tmp_path: Path) -> None:
    bring(tmp_path, WHOLE)
    plan = bring(tmp_path, WHOLE.replace("roles: [manager]", "roles: [reader]"))
    assert [change.kind for change in plan.changes] == ["entitlement"]
    assert Entitlement.objects.get(closed_at__isnull=True).roles == ["reader"]
    bring(tmp_path, WHOLE.partition("        entitlements:")[0])
    assert Entitlement.objects.filter(closed_at__isnull=True).count() == 1


def test_a_suspended_account_is_suspended_everywhere_and_may_come_back(tmp_path: Path) -> None:
    suspended = WHOLE.replace("    password:", "    state: suspended\n    password:") + SECOND_EMPLOYER
    bring(tmp_path, suspended)
    assert Agent.objects.get().state == AgentState.SUSPENDED
    assert bring(tmp_path, suspended).changes == []
    bring(tmp_path, suspended.replace("state: suspended", "state: active"))
    assert Agent.objects.get().state == AgentState.ACTIVE


def test_roles_at_the_centre_are_for_its_own_agents(tmp_path: Path) -> None:
    roles = "    staff_roles: [correspondent, auditor]\n"
    assert problems(tmp_path, WHOLE + roles)
    text = WHOLE + SECOND_EMPLOYER + roles
    bring(tmp_path, text)
    bring(tmp_path, text.replace("[correspondent, auditor]", "[auditor]"))
    assert [role.role for role in Agent.objects.get().staff_roles.all()] == ["auditor"]


def test_the_correspondent_of_an_organization_is_named_by_address(tmp_path: Path) -> None:
    text = WHOLE.replace("    email_domains:", "    correspondent: nadia.ferhat@pantin.example\n    email_domains:")
    text += SECOND_EMPLOYER + "    staff_roles: [correspondent]\n"
    bring(tmp_path, text)
    assert Membership.objects.filter(organization__correspondent=Agent.objects.get()).exists()
    [said] = problems(tmp_path, text.replace("correspondent: nadia.ferhat@", "correspondent: personne@"))
    assert said.startswith("9: aucun agent n'a l'adresse")


def test_the_operator_is_bound_by_the_seats_of_a_contract(tmp_path: Path) -> None:
    contract = "subscriptions:\n  - {organization: pantin, application: bip, seats: 1, from: 2026-01-01}\n"
    second = AGENTS.removeprefix("agents:\n").replace("nadia.ferhat", "moussa.diarra").replace("{file: nadia}", "null")
    [said] = problems(tmp_path, contract + WHOLE + second.replace("    password: null\n", ""))
    assert "place" in said
