"""The wheel is the product: installed in an empty environment, with no checkout around, it runs the whole demo."""

import os
import signal
import subprocess
import sys
import urllib.error
import zipfile
from pathlib import Path

import pytest

from tests.delivery.running import Demo, assets_of, command_line, fetch, free_ports, start

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def uv(*arguments: str | Path) -> None:
    """Run uv, and show what it said when it fails."""
    done = subprocess.run([BIN / "uv", "--quiet", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product, built."""
    folder = tmp_path_factory.mktemp("dist")
    uv("build", "--wheel", "--python", sys.executable, "--out-dir", folder)
    return next(folder.glob("convergences-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """The command, in an environment that holds the wheel and the locked versions of what it needs."""
    environment, locked = wheel.parent / "venv", wheel.parent / "locked.txt"
    uv("export", "--frozen", "--no-dev", "--no-emit-project", "--no-hashes", "--output-file", locked)
    uv("venv", "--python", sys.executable, environment)
    uv("pip", "install", "--python", environment / "bin" / "python", "--constraint", locked, wheel)
    return environment / "bin" / "convergences"


def test_the_wheel_holds_pages_assets_and_the_demo_but_no_test(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for ending in (
        "vendor/sprite.svg",
        ".woff2",
        "vendor/bootstrap.min.css",
        "web/base.html",
        "crowd.toml",
        "bip/__main__.py",
    ):
        assert [name for name in names if name.endswith(ending)], ending
    assert not [name for name in names if name.startswith(("tests/", "tools/", "var/"))]


def _show_a_page_with_its_assets(demo: Demo) -> None:
    page = f"{demo.portal}/connexion"
    kind, html = fetch(page)
    assert kind.startswith("text/html")
    kinds = {fetch(address)[0].partition(";")[0] for address in assets_of(page, html.decode())}
    assert {"text/css", "font/woff2", "text/javascript", "image/svg+xml"} <= kinds


def _say_what_is_not_installed(demo: Demo) -> None:
    """This environment has not the extra `demo`: who opens an application that needs it is told."""
    for rank in (4, 5, 6):
        demo.wait_until_open(rank)
        with pytest.raises(urllib.error.HTTPError) as refused:
            fetch(f"{demo.address(rank)}/")
        with refused.value as page:
            assert page.code == 503
            assert "n’est pas installée" in page.read().decode()
    assert demo.said().count("non installée : pip install 'convergences[demo]'") == 3


def _survive_the_crash_of_bip(demo: Demo) -> None:
    [bip] = [pid for pid in demo.children() if "convergences_demo.bip" in command_line(pid)]
    os.kill(bip, signal.SIGKILL)
    demo.wait_for("BIP s'est arrêté (signal 9)")
    assert fetch(f"{demo.portal}/connexion")


def _end_with_everybody(demo: Demo) -> None:
    family = demo.children()
    assert len(family) >= 3
    assert demo.interrupt() == 0, demo.said()
    assert [command_line(pid) for pid in family if command_line(pid)] == []


@pytest.mark.long
def test_installed_anywhere_it_runs_the_demo_again_and_again_and_leaves_nobody_behind(
    installed: Path, tmp_path: Path
) -> None:
    port = free_ports()
    first = start(installed, tmp_path, port)
    first.wait_for("Ctrl-C arrête tout")
    assert (tmp_path / "share" / "convergences-demo" / "demo.json").is_file()
    _show_a_page_with_its_assets(first)
    assert fetch(f"{first.bip}/healthz")
    _say_what_is_not_installed(first)
    _end_with_everybody(first)

    second = start(installed, tmp_path, port)
    second.wait_for("Ctrl-C arrête tout")
    assert "Mise en place" not in second.said()
    _survive_the_crash_of_bip(second)
    second.interrupt()

    elsewhere = start(installed, tmp_path, free_ports())
    elsewhere.wait_for("Ctrl-C arrête tout")
    assert "À modifier : 14." in elsewhere.said()  # the addresses of seven applications, on sheets and connections
    elsewhere.interrupt()
