"""No secret reaches the logs, whoever writes and however."""

import json
import logging
from typing import Any

import pytest
import structlog

from convergences.project.logs import MASKED, clean, configure, dict_config, sieve

SECRETS = [
    "password=hunter2secret",
    "{'password': 'hunter2secret', 'name': 'x'}",
    '{"client_secret": "hunter2secret"}',
    "Authorization: Bearer hunter2secret",
    "authorization: Basic aHVudGVyMnNlY3JldA==hunter2secret",
    "Cookie: __Host-session=hunter2secret; other=1",
    "Set-Cookie: session=hunter2secret; Path=/",
    "GET /callback?code=hunter2secret&state=1 HTTP/1.1",
    "https://bip.example/callback?code=hunter2secret",
    "POST /oauth/token grant_type=authorization_code&code=hunter2secret",
    "refresh_token: hunter2secret",
    "postgresql://user:hunter2secret@db/convergences",
    "smtp://hunter2secret@mail",
    "/premiere-visite/lien/hunter2secret" + "A" * 30,
    "id eyJhbGciOiJub25lIn0.eyJzdWIiOiJodW50ZXIyIn0.hunter2secret",
    "-----BEGIN EC PRIVATE KEY-----\nhunter2secret\n-----END EC PRIVATE KEY-----",
    "SAMLResponse=hunter2secret",
    "ticket=ST-hunter2secret",
]


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_in_a_text_is_masked(text: str) -> None:
    assert "hunter2secret" not in clean(text)


NAMES = (
    "password new_password client_secret token access_token code user_code authorization Cookie HTTP_COOKIE "
    "csrfmiddlewaretoken secret_key private_jwk api_key code_verifier link_digest"
)


@pytest.mark.parametrize("name", NAMES.split())
def test_a_field_that_sounds_like_a_secret_is_masked_at_any_depth(name: str) -> None:
    event = sieve(None, "info", {"event": "x", "outer": [{name: "hunter2"}], name: "hunter2"})
    assert "hunter2" not in json.dumps(event)


@pytest.mark.parametrize(
    "text",
    [
        "/annuaire/collectivites/pantin/utilisateurs/3fa85f64-5717-4562-b3fc-2c963f66afa6/modifier",
        "Le compte de Claire est prêt : 3 essais restants",
        "2026-11-22T00:51:29Z",
        "https://bip.example/callback",
        "session ended",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert clean(text) == text


def test_objects_bytes_and_bottomless_nests_are_tamed() -> None:
    class Request:
        def __str__(self) -> str:
            return "token=hunter2"

    nest: dict[str, Any] = {}
    nest["nest"] = nest
    assert "hunter2" not in str(clean([Request(), b"hunter2", {"a": nest}]))


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_traceback_of_a_library_is_masked_too(log_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure(dict_config(log_format))
    try:
        raise ValueError("could not reach https://user:hunter2@idp.example/token?code=hunter2")
    except ValueError:
        logging.getLogger("some.package").exception("password=%s", "hunter2")
        structlog.get_logger("ours").exception("it broke", token="hunter2", status_code=200)
    written = capsys.readouterr().err
    assert "Traceback" in written
    assert MASKED in written
    assert "hunter2" not in written


def test_a_line_for_people_gives_no_orders_to_their_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    configure(dict_config("console"))
    structlog.get_logger("convergences.web").info("request", path="/\x1b]0;mine\x07\x00\x9b2J\u202e\nFAKE")
    logging.getLogger("some.package").warning("asked %s", "/\x1b[2J\r\nFAKE")
    written = capsys.readouterr().err
    assert len(written.splitlines()) == 2
    assert written.replace("\n", "").isprintable()
    assert written.count("FAKE") == 2


def test_json_is_one_object_per_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure(dict_config("json"))
    structlog.get_logger("convergences.web").info("request", path="/é", ms=1.5)
    [line] = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert (event["event"], event["path"], event["level"], event["logger"]) == (
        "request",
        "/é",
        "info",
        "convergences.web",
    )
