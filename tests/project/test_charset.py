"""RFC 9110, section 8.3.2: what a request says of its characters breaks no address down, whoever sends it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convergences.project.dispatching.charset import is_ours
from convergences.project.wsgi import application
from tests.oidc.dispatched import FORM, Request, sent

pytestmark = pytest.mark.usefixtures("kept_connection")

MULTIPART = "multipart/form-data; boundary=x"
ODD = [
    "rot13",
    "undefined",
    "raw_unicode_escape",
    "punycode",
    "idna",
    "utf-7",
    "utf-16",
    "us-ascii",
    "\0",
    "\xe9",
    "nobody's",
]
DOORS = ["/connexion", "/oauth/authorize", "/oauth/token", "/saml/sso", "/cas/serviceValidate"]
ASKED = "service=%5Cud800%C3%A9&client_id=%5Cud800&SAMLRequest=%C3%A9&ticket=%5Cud800"


def code(path: str, content_type: str, method: str, body: bytes = b"") -> int:
    return sent(application, Request(path, method, body, ASKED, server={"CONTENT_TYPE": content_type})).code


@pytest.mark.parametrize("odd", ODD)
def test_characters_that_are_not_utf8_are_refused_at_once(odd: str) -> None:
    for kind in ("text/plain", FORM, MULTIPART):
        assert {code(path, f"{kind}; charset={odd}", method) for path in DOORS for method in ("GET", "POST")} == {415}


@pytest.mark.django_db
def test_nor_does_another_word_of_the_type_break_anything() -> None:
    for odd in ODD:
        assert all(code(path, f"text/plain; x*={odd}''%41", "GET") < 500 for path in DOORS[1:])


@pytest.mark.django_db
def test_honest_types_are_read() -> None:
    for written in ("", FORM, f"{FORM}; charset=UTF-8", 'text/plain; charset="utf-8"', "text/xml; charset=utf8"):
        assert code("/oauth/authorize", written, "GET") < 500
        assert is_ours(written)


HEADS = [
    b"Content-Disposition: form-data; name*=rot13''%41",
    b"Content-Disposition: form-data; name*=undefined''%41",
    b"Content-Disposition: form-data; name=\"f\"; filename*=rot13''%41",
    b'Content-Disposition: form-data; name="f"; filename="a"\r\nContent-Type: text/plain; charset=rot13',
    b'Content-Disposition: form-data; name="f"\r\nContent-Transfer-Encoding: base64',
]


@pytest.mark.django_db
@pytest.mark.parametrize("head", HEADS)
def test_neither_does_a_part_of_a_form_break_anything(head: bytes) -> None:
    body = b"--x\r\n" + head + b"\r\n\r\n\xc3%5Cud800\r\n--x--\r\n"
    assert all(code(path, MULTIPART, "POST", body) < 500 for path in DOORS)


@given(st.text(st.characters(max_codepoint=255), max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_type_is_read_or_refused(said: str) -> None:
    assert is_ours(f"text/plain; {said}") in {True, False}
