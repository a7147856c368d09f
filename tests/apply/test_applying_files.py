"""Applying files: all or nothing, again without effect, through the domain's own rules."""

from pathlib import Path

import pytest

from convergences.audit.models import AuditEvent
from convergences.authentication.services import passwords
from convergences.catalog.models import Application
from convergences.directory import rules
from convergences.directory.models import Agent, AgentState, Membership, Organization
from convergences.directory.services import memberships
from convergences.entitlements.models import Entitlement
from convergences.foundations.models import OutboxMessage
from convergences.protocols.oidc.models import Client
from tests.apply.files import AGENTS, OPERATOR, ORGANIZATIONS, PASSWORD, SECRET, WHOLE, bring, problems

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _installation(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIP_SECRET", SECRET)


def nadia() -> Agent:
    """Return the agent of the file."""
    return Agent.objects.get(email="nadia.ferhat@pantin.example")


def test_a_whole_installation_is_created(tmp_path: Path) -> None:
    bring(tmp_path, WHOLE)
    pantin = Organization.objects.get(key="pantin")
    assert (pantin.authority_name, pantin.email_domains) == ("Camille Roy", ["pantin.example"])
    assert nadia().state == AgentState.ACTIVE
    assert rules.may_manage(nadia(), pantin)
    assert passwords.check(nadia(), PASSWORD)
    assert Entitlement.objects.get().roles == ["manager"]
    assert Client.objects.get().application == Application.objects.get(slug="bip")


def test_the_second_time_nothing_changes(tmp_path: Path) -> None:
    bring(tmp_path, WHOLE)
    events = AuditEvent.objects.count()
    assert bring(tmp_path, WHOLE).text() == "Rien à changer : la base est déjà conforme aux fichiers."
    assert AuditEvent.objects.count() == events


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    tried = bring(tmp_path, WHOLE, dry=True)
    assert not Organization.objects.exists()
    assert not AuditEvent.objects.exists()
    assert bring(tmp_path, WHOLE).text() == tried.text()


def test_what_changes_is_shown_as_a_diff(tmp_path: Path) -> None:
    bring(tmp_path, WHOLE)
    text = WHOLE.replace("name: Ville de Pantin", "name: Commune de Pantin").replace("name: Gérer", "name: Administrer")
    assert bring(tmp_path, text).text().splitlines() == [
        "~ organisation pantin",
        "    name : Ville de Pantin → Commune de Pantin",
        "~ application bip",
        "    roles : [reader (Consulter), manager (Gérer)] → [reader (Consulter), manager (Administrer)]",
        "À créer : 0. À modifier : 2.",
    ]


def test_one_refusal_undoes_everything(tmp_path: Path) -> None:
    assert problems(tmp_path, WHOLE.replace("roles: [manager]", "roles: [chief]"))
    assert not Organization.objects.exists()
    assert not Agent.objects.exists()


def test_a_refusal_of_the_domain_is_shown_at_the_line_of_its_field(tmp_path: Path) -> None:
    [said] = problems(tmp_path, ORGANIZATIONS.replace("21930055500014", "21930055500015"))
    assert said.startswith("4: Ce numéro SIRET n’existe pas")
    [said] = problems(tmp_path, WHOLE.replace("https://bip.example/callback", "javascript:alert(1)"))
    assert said.startswith("25: redirect_uris")


def test_an_unknown_reference_names_itself_and_its_line(tmp_path: Path) -> None:
    assert problems(tmp_path, AGENTS) == [
        "7: aucune organisation ne porte la clé « pantin » : déclarez-la, ou corrigez la clé"
    ]


def test_an_entry_written_twice_is_refused(tmp_path: Path) -> None:
    twice = AGENTS + AGENTS.removeprefix("agents:\n").replace("nadia.ferhat@", "Nadia.Ferhat@")
    [said] = problems(tmp_path, ORGANIZATIONS + twice)
    assert "est déjà décrit" in said


def test_a_parent_may_come_after_its_child_but_not_hang_from_it(tmp_path: Path) -> None:
    child = '  - {key: ccas, siret: "26939907700016", name: CCAS, kind: ccas, affiliation: affiliated, department: "93"'
    start, end = ORGANIZATIONS.split("  - key: pantin")
    bring(tmp_path, f"{start}{child}, parent: pantin}}\n  - key: pantin{end}")
    parent = Organization.objects.get(key="ccas").parent
    assert parent is not None
    assert parent.key == "pantin"
    ring = f"{start}{child}, parent: pantin}}\n  - key: pantin\n    parent: ccas{end}"
    assert any("dépend d'elle-même" in said for said in problems(tmp_path, ring))


def test_a_key_left_out_leaves_the_database_as_it_is(tmp_path: Path) -> None:
    bring(tmp_path, WHOLE)
    memberships.suspend(Membership.objects.get(), reason="congé", actor=OPERATOR)
    without = WHOLE.replace("    email_domains: [pantin.example]\n", "").replace("        profile: referent\n", "")
    assert bring(tmp_path, without).changes == []
    held = Membership.objects.get()
    assert (held.profile, held.suspended_at is not None) == ("referent", True)
    assert Organization.objects.get(key="pantin").email_domains == ["pantin.example"]


def test_a_password_that_the_agent_has_chosen_is_not_replaced(tmp_path: Path) -> None:
    bring(tmp_path, WHOLE)
    passwords.store(nadia(), "Trois canards longent le canal")
    assert bring(tmp_path, WHOLE).changes == []
    assert passwords.check(nadia(), "Trois canards longent le canal")


def test_a_weak_password_is_refused_and_not_repeated(tmp_path: Path) -> None:
    [said] = problems(tmp_path, WHOLE.replace("{file: nadia}", "pantin2027"))
    assert said.startswith("30: ")
    assert "pantin2027" not in said


def test_without_a_password_the_first_visit_is_to_come_and_no_mail_leaves(tmp_path: Path) -> None:
    bring(tmp_path, WHOLE.replace("    password: {file: nadia}\n", ""))
    assert nadia().state == AgentState.INVITED
    assert not OutboxMessage.objects.exists()
    assert bring(tmp_path, WHOLE.replace("password: {file: nadia}", "state: invited")).changes == []


def test_a_client_secret_is_kept_as_a_digest_only(tmp_path: Path) -> None:
    plan = bring(tmp_path, WHOLE)
    assert SECRET not in str(Client.objects.values())
    assert SECRET not in plan.text() + str(list(AuditEvent.objects.values_list("details", flat=True)))


def test_a_missing_environment_variable_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BIP_SECRET")
    [said] = problems(tmp_path, WHOLE)
    assert "BIP_SECRET" in said
