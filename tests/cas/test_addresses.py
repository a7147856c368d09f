"""Whose address it is: to the letter, or under a prefix on a path boundary (specification, section 2.1.1, appendix)."""

import pytest

from convergences.protocols.cas import addresses

PATTERNS = ["https://good.example/app/*", "https://exact.example/home?x=1", "https://whole.example/*"]
HONEST = [
    "https://good.example/app/",
    "https://good.example/app/page?next=/a//b",
    "https://good.example/app/page;jsessionid=1A2B",
    "https://exact.example/home?x=1",
    "https://whole.example/",
    "https://whole.example/any/page",
    "https://whole.example",
    "https://whole.example?x=1",
]
TRICKS = [
    "https://good.example.evil/app/",
    "https://good.example@evil.example/app/",
    "https://good.example:443@evil.example/app/",
    "https://evil.example/https://good.example/app/",
    "https://good.example/application/",
    "https://good.example/app",
    "https://good.example/app/../admin/",
    "https://good.example/app/..;/admin/",
    "https://good.example/app/%2e%2e/admin/",
    "https://good.example/app%2f..%2fadmin",
    "https://good.example/app/%252e%252e/admin/",
    "https://good.example/app/\\evil.example",
    "https:\\\\good.example/app/",
    "https://good.example//app/",
    "http://good.example/app/",
    "https://good.example:8443/app/",
    "https://GOOD.example/app/",
    "HTTPS://good.example/app/",
    "https:/good.example/app/",
    "https:good.example/app/",
    "//good.example/app/",
    "https://good.example/app/#here",
    "https://good.example\t/app/",
    "https://good.example/app/\nx",
    "https://good.éxample/app/",
    "https://exact.example/home?x=1&y=2",
    "https://exact.example/home?x=1/",
    "https://exact.example/home",
    "https://whole.example.evil/",
    "https://whole.example.?x=1",
    "https://whole.example#",
    "https://me:secret@whole.example/",
    "https://whole.example/%09x",
    "https://whole.example/%0d%0aSet-Cookie:a=b",
    "https://whole.example/a%7F",
    "https://good.example/app/..%3b/other/",
    "https://good.example/app/.%3Bx/other/",
    "javascript:alert(1)//https://whole.example/",
    "https://[::1/app/",
    "https://good.example:99999999/app/",
    "",
]


@pytest.mark.parametrize("address", HONEST)
def test_an_address_under_what_is_registered_is_the_application_s(address: str) -> None:
    assert addresses.covers(PATTERNS, address)


@pytest.mark.parametrize("address", TRICKS)
def test_an_address_that_only_looks_like_it_is_nobody_s(address: str) -> None:
    assert not addresses.covers(PATTERNS, address)


def test_an_address_of_the_longest_path_is_read_in_bounded_time() -> None:
    assert len(addresses.candidates("https://whole.example/" + "a/" * 700)) < 1000
    assert addresses.candidates("https://whole.example/" + "a" * 2000) == []


@pytest.mark.parametrize("pattern", ["https://a.example/*", "https://a.example/x/*", "http://127.0.0.1:8000/*"])
def test_a_prefix_or_an_address_may_be_registered(pattern: str) -> None:
    assert not addresses.problem(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "https://*",
        "https://*.example/",
        "https://a.example/x*",
        "https://a.example/*/x",
        "http://a.example/*",
        "https://u@a.example/*",
        "https://a.example/#x",
        "*",
        "",
        None,
        3,
        "ftp://a.example/",
        "https://a.example/x?y/*",
    ],
)
def test_a_pattern_that_would_cover_others_is_refused_in_french(pattern: object) -> None:
    assert addresses.problem(pattern)
