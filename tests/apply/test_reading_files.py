"""A mistake in a file is shown where it is, with its remedy; nothing is guessed."""

from pathlib import Path

import pytest

from convergences.cli.declarative import ways
from convergences.cli.declarative.applying import load
from convergences.cli.declarative.problems import BadFiles
from convergences.cli.declarative.secrets import Secret
from tests.apply.files import APPLICATIONS, ORGANIZATIONS, SECRET, WHOLE, write

_TENFOLD = "".join(f"{n}: &{n} [{','.join([f'*{m}'] * 10)}]\n" for m, n in zip("abcdefg", "bcdefgh", strict=True))


def said_of(folder: Path, text: str) -> str:
    """Return what reading a text says, all problems in lines."""
    with pytest.raises(BadFiles) as caught:
        load([write(folder, text)])
    return str(caught.value).replace(f"{folder}/installation.yaml", "file")


def test_an_unknown_key_is_an_error_with_its_line_and_the_nearest_known_key(tmp_path: Path) -> None:
    said = said_of(
        tmp_path, ORGANIZATIONS.replace("    kind: commune", "    kind: commune\n    mail_domains: [x.example]")
    )
    assert said == "file:7: clé inconnue « mail_domains » ; vouliez-vous dire « email_domains » ?"


def test_an_unknown_key_deep_in_an_entry_is_found_too(tmp_path: Path) -> None:
    said = said_of(tmp_path, ORGANIZATIONS.replace("title: Maire", "titel: Maire"))
    assert said == "file:10: clé inconnue « titel » ; vouliez-vous dire « title » ?"


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    text = WHOLE.replace('siret: "21930055500014"', "siret: 21930055500014").replace(
        "profile: referent", "profile: chef"
    )
    assert said_of(tmp_path, text).splitlines() == [
        "file:4: siret : écrivez cette valeur entre guillemets, pour que ses chiffres soient gardés",
        "file:33: profile : valeur inconnue « chef » ; valeurs possibles : user, referent",
    ]


def test_mistakes_of_several_files_are_told_together(tmp_path: Path) -> None:
    first = write(tmp_path, "organisations: []\n", "first.yaml")
    second = write(tmp_path, "agents: [{email: 3}]\n", "second.yaml")
    with pytest.raises(BadFiles) as caught:
        load([first, second])
    assert {problem.path.name for problem in caught.value.problems} == {"first.yaml", "second.yaml"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("applications: [\n", "file:2: le YAML est mal formé"),
        ("agents: []\nagents: []\n", "file:2: cette clé est écrite deux fois"),
        ("&o [*o]\n", "file:1: ce fichier se contient lui-même"),
        ("- a\n- b\n", "file:1: cette valeur doit être un groupe de clés"),
        ("agents: !secret x\n", "file:1: agents : cette valeur doit être une liste"),
        ("agents:\n  - {given_name: A}\n", "file:2: il manque la clé « email »"),
        ("agents:\n  - {email: a,\n     until: 2027-02-30}\n", "file:3: cette valeur n'existe pas : « 2027-02-30 »"),
        (f"agents: {'9' * 5000}\n", "file:1: cette valeur n'existe pas : « 9999999999"),
        (f"agents: {'[' * 5000}{']' * 5000}\n", "file:1: ce fichier a trop de niveaux"),
        ("a: &a [1,1,1,1,1,1,1,1,1,1]\n" + _TENFOLD, "file:1: ce fichier se contient lui-même"),
    ],
)
def test_what_is_no_proper_file_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert said_of(tmp_path, text).startswith(said)


def test_a_file_that_is_absent_or_not_in_utf_8_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadFiles, match="ne peut pas être lu"):
        load([tmp_path / "absent.yaml"])
    (tmp_path / "latin.yaml").write_bytes("organizations: # été".encode("latin-1"))
    with pytest.raises(BadFiles, match="UTF-8"):
        load([tmp_path / "latin.yaml"])


@pytest.mark.parametrize("protocol", sorted(ways.WAYS))
def test_a_protocol_without_its_settings_is_refused(tmp_path: Path, protocol: str) -> None:
    alone = APPLICATIONS.partition("    oidc:")[0]
    said = f"le protocole {protocol} et le bloc « {protocol} » vont ensemble"
    assert said in said_of(tmp_path, alone.replace("protocol: oidc", f"protocol: {protocol}"))
    assert said in said_of(tmp_path, alone.replace("protocol: oidc", f"protocol: link\n    {protocol}: {{}}"))


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert load([write(tmp_path, "# rien\n")])[0].contents.agents == []


@pytest.mark.parametrize("value", ["{envv: X}", "{env: X, file: y}", "12", "''", "[]"])
def test_a_secret_is_written_in_one_of_three_ways(tmp_path: Path, value: str) -> None:
    text = WHOLE.replace("password: {file: nadia}", f"password: {value}")
    assert "un secret s'écrit" in said_of(tmp_path, text)


def test_a_secret_is_read_where_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    monkeypatch.setenv("A_SECRET", SECRET)
    assert {Secret.read(v).value(tmp_path) for v in (SECRET, {"env": "A_SECRET"}, {"file": "secret"})} == {SECRET}


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    assert SECRET not in repr(Secret.read(SECRET))
    assert SECRET not in said_of(tmp_path, WHOLE.replace("{file: nadia}", f"[{SECRET}]"))
