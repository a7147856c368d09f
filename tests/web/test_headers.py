"""Headers of every page: the strict policy of the design, nothing inline, no frame, no referrer to others."""

import pytest
from django.test import Client

from tests.cast import Cast, signed_in

POLICY = {
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


@pytest.mark.parametrize("path", ["/aide", "/connexion", "/nulle-part"])
def test_the_policy_lets_nothing_inline_nor_foreign(path: str) -> None:
    answer = Client().get(path)
    assert set(answer["Content-Security-Policy"].split("; ")) == POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]


@pytest.mark.django_db
def test_each_answer_has_its_own_reference(cast: Cast) -> None:
    nadia = signed_in(cast.nadia.agent)
    assert nadia.get("/")["X-Reference"] != nadia.get("/")["X-Reference"]
