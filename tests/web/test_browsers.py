"""Names of browsers that people recognise."""

import pytest

from convergences.web.wording.browsers import browser_name

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (f"{WINDOWS}{WEBKIT} Edg/142.0", "Edge sur Windows"),
        (f"{WINDOWS}{WEBKIT}", "Chrome sur Windows"),
        (f"{WINDOWS}Gecko/20100101 Firefox/145.0", "Firefox sur Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari sur iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) " + WEBKIT, "Chrome sur Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18.0 Safari/605.1", "Safari sur Mac"),
        ("", "Navigateur inconnu"),
        ("<script>alert(1)</script>", "Navigateur inconnu"),
    ],
)
def test_a_browser_is_named_and_its_own_words_are_never_shown(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name
