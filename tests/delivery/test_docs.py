"""What is written about the product is true of it."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from convergences.cli.demo import PEOPLE
from convergences.cli.demo_data.files import PASSWORD, TEMPLATES
from convergences.project.configuration import Configuration

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
WRITTEN = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def declared() -> set[str]:
    """Return the names of every package that the project asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = (
        project["project"]["dependencies"] + project["dependency-groups"]["dev"] + project["build-system"]["requires"]
    )
    asked += [name for extra in project["project"]["optional-dependencies"].values() for name in extra]
    asked += (ROOT / "tools" / "requirements.txt").read_text(encoding="utf-8").split()
    pages, clients = (json.loads((ROOT / folder / "package.json").read_text()) for folder in ("", "tests/clients"))
    npm = {*pages["dependencies"], *pages["devDependencies"], *clients["dependencies"]}
    return {re.split(r"[\[=<>~!]", name)[0] for name in asked} | npm


def test_every_dependency_is_explained_and_nothing_else() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| ([@\w./-]+) \|", text, re.MULTILINE)) - {"package"} == declared()


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_documents_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_decision_is_in_the_index_once_under_its_own_title() -> None:
    folder = ROOT / "docs" / "decisions"
    titles = {path.name: path.read_text(encoding="utf-8").partition("\n")[0] for path in folder.glob("0*.md")}
    listed = re.findall(
        r"^- \[(\d+)\]\((\S+)\) (.+)$", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted((name, f"# {number}. {title}") for number, name, title in listed) == sorted(titles.items())


def test_every_page_for_developers_is_named_in_the_readme() -> None:
    assert [path.name for path in (ROOT / "docs" / "developers").glob("*.md") if path.name not in README] == []


def test_every_setting_is_told_in_the_readme() -> None:
    told = set(re.findall(r"`([A-Z_]+)`", README))
    assert {name.upper() for name in Configuration.model_fields} - {"DEMO"} <= told


def test_the_people_of_the_readme_and_of_the_demo_exist() -> None:
    people = (TEMPLATES / "3-people.yaml").read_text(encoding="utf-8") + "sophie.delorme@pantin.example"
    named = set(re.findall(r"`([\w.-]+@[\w.-]+)`", README)) | {email for email, _who in PEOPLE}
    assert [email for email in sorted(named) if email not in people] == []


def test_the_demos_password_is_printed_by_the_demo_alone() -> None:
    assert [str(path) for path in WRITTEN if PASSWORD in path.read_text(encoding="utf-8")] == []


def test_the_changelog_begins_each_version_with_security() -> None:
    versions = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert all(re.search(r"^### (.+)$", version, re.MULTILINE)[1] == "Sécurité" for version in versions)  # type: ignore[index]
