"""The demo's folder: secrets that nobody else reads, one demo at a time, and nothing of others ever removed."""

import datetime as dt
import stat
from pathlib import Path

import click
import pytest

from convergences.cli.demo_data.clients import CLIENTS
from convergences.cli.demo_data.files import edition
from convergences.cli.demo_data.folder import Filled, Folder, default_path


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder that has been prepared."""
    made = Folder(tmp_path / "data")
    made.prepare()
    return made


def test_secrets_are_made_once_and_for_their_owner_alone(folder: Folder) -> None:
    secrets = [folder.path / "secret-key", *(folder.secret(client) for client in CLIENTS if client.has_secret)]
    before = [path.read_text() for path in secrets]
    folder.prepare()
    assert [path.read_text() for path in secrets] == before
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
    assert len(set(before)) == 3
    assert min(map(len, before)) >= 43


def test_it_knows_whether_it_was_filled_to_the_end(folder: Folder) -> None:
    assert folder.filled() is None
    filled = Filled(edition(), dt.date(2027, 3, 7), 8000)
    folder.note(filled)
    assert folder.filled() == filled
    (folder.path / "demo.json").write_text("{half")
    assert folder.filled() is None


def test_a_reset_removes_what_the_demo_wrote_and_nothing_else(folder: Folder) -> None:
    theirs = [folder.path / "convergences.sqlite3", folder.path / "media" / "photo.webp"]  # a real installation's
    theirs[1].parent.mkdir()
    for path in (*theirs, folder.path / "demo.sqlite3"):
        path.write_text("kept")
    folder.reset()
    assert sorted(path for path in folder.path.rglob("*") if path.is_file()) == sorted(theirs)


def test_a_folder_is_one_demos_at_a_time(folder: Folder) -> None:
    with folder.held(), pytest.raises(click.ClickException, match="--data"), folder.held():
        pass
    with folder.held():
        pass


def test_a_folder_that_cannot_be_written_is_said_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(click.ClickException, match="--data"):
        Folder(tmp_path / "file" / "data").prepare()


def test_the_settings_of_this_shell_never_reach_the_demo(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVERGENCES_DATABASE_URL", "postgresql://production")
    monkeypatch.setenv("CONVERGENCES_SECRET_KEY", "of the production")
    environment = folder.environment("http://127.0.0.1:1")
    assert environment["CONVERGENCES_DATABASE_URL"] == f"sqlite:///{folder.path}/demo.sqlite3"
    assert "CONVERGENCES_SECRET_KEY" not in environment


def test_a_checkout_keeps_its_data_in_var() -> None:
    assert default_path() == Path(__file__).parents[2] / "var"
