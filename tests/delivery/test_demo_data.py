"""The demo's people and employers: plausible, invented, the same for everybody, and applied like any file."""

import datetime as dt
import tempfile
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from stdnum.fr import siret

from convergences.campaigns.answers import Answer, Person
from convergences.catalog.queries import offers
from convergences.cli.declarative.applying import apply, load
from convergences.cli.declarative.validation import File
from convergences.cli.demo_data.clients import CLIENTS
from convergences.cli.demo_data.files import TEMPLATES, Place, lay
from convergences.cli.demo_data.folder import Folder
from convergences.cli.demo_data.programs import describe_applications
from convergences.directory.models import Agent, AgentState, Organization, Profile
from convergences.entitlements.queries import rights_sheet
from convergences.foundations import clock
from tests.apply.files import OPERATOR

PLACE = Place(port=8000, day=clock.today())


@cache
def descriptions() -> dict[str, str]:
    """Return what the applications that speak SAML write of themselves: their keys take a while to make."""
    with tempfile.TemporaryDirectory() as name:
        folder = Folder(Path(name))
        folder.prepare()
        describe_applications(folder, PLACE)
        return {path.name: path.read_text() for path in (folder.path / "files").glob("*-metadata.xml")}


def laid(folder: Path, place: Place = PLACE) -> list[Path]:
    """Lay the demo's files with a secret for each application that has one, and what others say of themselves."""
    for client in CLIENTS:
        if client.has_secret:
            (folder / client.secret_file).write_text("x" * 43)
    for file, text in descriptions().items():
        (folder / file).write_text(text)
    return lay(folder, place)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[File]:
    """The demo's files, read."""
    return load(laid(tmp_path_factory.mktemp("demo")))


def entries(files: list[File], section: str) -> list[Any]:
    """Return all the entries of a section."""
    return [entry for file in files for entry in getattr(file.contents, section)]


def test_there_are_a_centre_and_twelve_employers_of_several_kinds_and_departments(files: list[File]) -> None:
    organizations = entries(files, "organizations")
    assert Counter(o.affiliation for o in organizations) == {"center": 1, "affiliated": 11, "subscriber": 1}
    assert {o.department for o in organizations} == {"92", "93", "94"}
    assert len({o.kind for o in organizations}) >= 9
    assert next(o for o in organizations if o.kind == "ccas").parent == "pantin"
    assert all(siret.is_valid(o.siret) for o in organizations)


def test_there_are_some_400_agents_with_names_of_all_origins_and_no_real_address(files: list[File]) -> None:
    agents = entries(files, "agents")
    assert 380 <= len(agents) <= 440
    assert len({agent.family_name for agent in agents}) > 150
    assert all(agent.email.endswith(".example") for agent in agents)
    assert all(agent.phone.startswith("01 99 ") for agent in agents if agent.phone)  # numbers kept for fiction
    assert sum(agent.password is not None for agent in agents) <= 20


def test_every_employer_has_a_referent_and_somebody_serves_two(files: list[File]) -> None:
    agents = entries(files, "agents")
    managed = Counter(
        m.organization
        for a in agents
        for m in a.memberships
        if m.profile == Profile.REFERENT and a.state != "suspended"
    )
    assert set(managed) == {o.key for o in entries(files, "organizations")} - {"cig"}
    assert [a.email for a in agents if sum(m.profile == "referent" for m in a.memberships) > 1]
    assert [a.email for a in agents if len(a.memberships) > 1]


def test_every_application_is_there_by_the_protocol_that_is_its_own(files: list[File]) -> None:
    found = {a.slug: a.protocol for a in entries(files, "applications")}
    assert found == {
        "bip": "oidc",
        "rdv-emploi": "oidc",
        "commission-medicale": "oidc",
        "net-cotisations": "cas",
        "site": "saml",
        "octime": "saml",
        "snapi-cap": "gate",
    }
    assert not [a.slug for a in entries(files, "applications") if a.planned_protocol]


def test_somebody_may_open_every_application(files: list[File]) -> None:
    [moussa] = [a for a in entries(files, "agents") if a.email == "moussa.diarra@pantin.example"]
    assert {e.application for m in moussa.memberships for e in m.entitlements} == {
        a.slug for a in entries(files, "applications")
    }


def test_it_is_the_same_every_time_but_for_its_days(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    first, second = (laid(tmp_path / name) for name in ("a", "b"))
    assert [path.read_text() for path in first] == [path.read_text() for path in second]
    later = laid(tmp_path / "b", Place(PLACE.port, PLACE.day + dt.timedelta(days=30)))
    assert later[1].read_text() != first[1].read_text()
    assert "${" not in "".join(path.read_text() for path in later)


def test_its_campaign_asks_employers_that_are_there_and_names_people_as_a_form_would_take_them(
    files: list[File],
) -> None:
    said = tomllib.loads((TEMPLATES / "campaign.toml").read_text(encoding="utf-8"))
    kinds = {o.key: o.kind for o in entries(files, "organizations")}
    for each in said["answers"]:
        asked = said[each.get("campaign", "main")]
        assert kinds[each["employer"]] in asked["kinds"]
        assert asked["day"] > each["day"] > each.get("accepted", each.get("sent_back", 0)) >= 0
        if each["by"] not in {"opened", "draft"}:
            people = tuple(Person(**person) for person in each["people"])
            assert list(Answer(people, signatory_name="Inès Roy", signatory_title="Maire").faults()) == []
    assert {each["by"] for each in said["answers"]} == {"opened", "draft", "letter", "mail", "paper"}


@pytest.mark.django_db
def test_it_is_applied_once(tmp_path: Path) -> None:
    files = load(laid(tmp_path))
    apply(files, actor=OPERATOR)
    assert apply(files, actor=OPERATOR).changes == []
    assert {AgentState.ACTIVE, AgentState.INVITED, AgentState.SUSPENDED} == set(
        Agent.objects.values_list("state", flat=True)
    )
    today = clock.today()
    opened = [offer.has_opened(today) for o in Organization.objects.all() for offer in offers(o).values()]
    assert {True, False} == set(opened)
    bruno = Agent.objects.get(email="bruno.keller@malakoff.example").memberships.get()
    invited = bruno.organization.memberships.exclude(agent__email=bruno.agent.email).order_by("pk")
    obstacles = {line.obstacle.code for m in invited for line in rights_sheet(m) if line.obstacle}
    assert {"no_seat", "not_open_yet"} <= obstacles
