"""Static files: one address per version, kept for ever, compressed once."""

import gzip
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.test import Client, RequestFactory, override_settings

from convergences.project.static_digest import static_digest
from convergences.web.serving.statics import StaticFiles, prepare

# Closing an answer ends the request, at which Django looks at its connections.
pytestmark = pytest.mark.django_db

CSS = "css/convergences.css"


def answer(path: str, **headers: str) -> HttpResponse:
    def absent(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=404)

    request = RequestFactory().get(path, headers=headers)
    response: HttpResponse = StaticFiles(absent)(request)
    return response


def body(response: HttpResponse) -> bytes:
    content = b"".join(response)
    response.close()
    return content


def test_the_address_changes_with_any_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "some_app"
    (package / "static").mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    file = package / "static" / "a.css"
    digests = []
    for content in ("a", "b", "a"):
        file.write_text(content)
        digests.append(static_digest(["some_app", "convergences.audit"]))
    assert digests[0] == digests[2] != digests[1]
    assert len(digests[0]) == 12


def test_a_file_is_kept_for_ever_under_the_address_of_its_version() -> None:
    response = answer(static(CSS))
    assert response.status_code == 200
    assert "immutable" in response["Cache-Control"]
    assert b"@import" in body(response)


def test_an_address_inside_a_style_sheet_leads_to_a_file() -> None:
    response = answer(static(CSS).replace(CSS, "icons/check.svg"))
    assert response.status_code == 200
    assert response["Content-Type"].startswith("image/svg")
    response.close()


def test_a_page_of_another_version_is_dressed_without_being_remembered() -> None:
    response = answer(f"/static/{'0' * 12}/{CSS}")
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    response.close()


@pytest.mark.parametrize(
    "path", ["../../settings.py", "%2e%2e/settings.py", "css/", "absent.css", "css/../css/convergences.css"]
)
def test_nothing_else_is_served(path: str) -> None:
    assert answer(settings.STATIC_URL + path).status_code == 404


def test_a_prepared_copy_is_served_compressed(tmp_path: Path) -> None:
    folder = tmp_path / "static" / settings.STATIC_DIGEST
    assert prepare(folder) > 3
    assert prepare(folder) == 0
    with override_settings(STATIC_PREPARED=folder):
        plain = body(answer(static(CSS)))
        for accepted, coding, unpack in (
            ("gzip", "gzip", gzip.decompress),
            ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ):
            packed = answer(static(CSS), **{"Accept-Encoding": accepted})
            assert (packed["Content-Encoding"], packed["Vary"]) == (coding, "Accept-Encoding")
            assert unpack(body(packed)) == plain


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "static").write_text("a file, not a folder")
    assert prepare(tmp_path / "static" / "x") == 0


def test_static_files_say_what_they_are() -> None:
    response = Client().get(static(CSS))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in response
    response.close()
