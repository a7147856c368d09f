"""Operators and the centre's engineers declare applications."""

import contextlib
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergences.audit.models import AuditEvent
from convergences.catalog import queries
from convergences.catalog.errors import InvalidField, UnknownApplication
from convergences.catalog.models import Application, Status
from convergences.catalog.services import applications
from convergences.catalog.sheet import ApplicationDetails, RoleDetails, clean_url
from convergences.directory.errors import ForTheCentre
from tests.cast import Cast
from tests.directory.acting import OPERATOR, actor

any_text = st.text(max_size=60)


def details(**changes: Any) -> ApplicationDetails:
    typed: dict[str, Any] = {
        "slug": "octime",
        "name": "Octime",
        "url": "https://octime.example/",
        "roles": (RoleDetails("reader", "Consulter"), RoleDetails("manager", "Gérer")),
        "category": "Temps de travail",
        "status": "open",
        "affiliations": ("affiliated",),
        "attributes": ("email", "given_name", "roles"),
        "protocol": "link",
        "planned_protocol": "saml",
    }
    return ApplicationDetails(**{**typed, **changes})


@pytest.mark.database
@pytest.mark.parametrize("who", ["nadia", "claire", "julien"])
def test_nobody_but_operators_and_engineers_declares(cast: Cast, who: str) -> None:
    with pytest.raises(ForTheCentre):
        applications.define(details(), actor=actor(getattr(cast, who)))
    assert not Application.objects.filter(slug="octime").exists()


@pytest.mark.database
def test_an_application_is_declared_with_its_roles_in_order(cast: Cast) -> None:
    done = applications.define(details(), actor=OPERATOR)
    assert done.created
    found = queries.by_slug("octime")
    assert [role.key for role in found.roles.all()] == ["reader", "manager"]
    assert AuditEvent.objects.get().application == "octime"


@pytest.mark.database
def test_declaring_the_same_again_changes_and_tells_nothing(cast: Cast) -> None:
    applications.define(details(), actor=OPERATOR)
    done = applications.define(details(), actor=OPERATOR)
    assert (done.created, done.fields) == (False, ())
    assert AuditEvent.objects.count() == 1


@pytest.mark.database
def test_a_change_tells_its_fields(cast: Cast) -> None:
    applications.define(details(), actor=OPERATOR)
    roles = (RoleDetails("manager", "Gérer"), RoleDetails("approver", "Valider"))
    done = applications.define(details(name="Octime Web", roles=roles), actor=OPERATOR)
    assert done.fields == ("name", "roles")
    assert [role.key for role in queries.by_slug("octime").roles.all()] == ["manager", "approver"]


@pytest.mark.database
def test_the_catalogue_is_read_by_state_and_order_in_two_queries(cast: Cast, django_assert_num_queries: Any) -> None:
    applications.define(details(position=1), actor=OPERATOR)
    applications.define(details(slug="brouillon", status="draft"), actor=OPERATOR)
    with django_assert_num_queries(2):
        found = queries.applications()
        roles = {each.slug: [role.name for role in each.roles.all()] for each in found}
    assert roles["octime"] == ["Consulter", "Gérer"]
    assert [each.slug for each in found] == ["octime", "bip", "net-cotisations"]
    assert [each.slug for each in queries.applications([Status.DRAFT])] == ["brouillon"]
    assert len(queries.every_application()) == 4


@pytest.mark.database
def test_an_unknown_application_is_refused(cast: Cast) -> None:
    with pytest.raises(UnknownApplication):
        queries.by_slug("rien")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example/",
        "/chemin",
        "https://",
        "https://bip.example@evil.example/",
        "https://bip.example\\@evil.example/",
        "https://bip.example/\nX: y",
        "https://bip.example:99999/",
        "ftp://bip.example/",
        "https://bip.example/<script>",
        "https://é.example/",
        "https://bip.example/" + "x" * 500,
    ],
)
def test_an_address_that_a_tile_must_not_lead_to_is_refused(url: str) -> None:
    with pytest.raises(InvalidField) as refused:
        clean_url(url)
    assert refused.value.field == "url"


@pytest.mark.parametrize(
    "url", ["https://bip.example/", "http://127.0.0.1:8001/", "https://bip.example/a?b=c#d", "http://[::1]:8001/"]
)
def test_web_addresses_are_kept(url: str) -> None:
    assert clean_url(f" {url} ") == url


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "../bip"),
        ("slug", "BIP"),
        ("name", ""),
        ("status", "ouverte"),
        ("assurance", "none"),
        ("protocol", "kerberos"),
        ("planned_protocol", "x"),
        ("affiliations", ("everyone",)),
        ("attributes", ("password",)),
        ("roles", (RoleDetails("a b", "Nom"),)),
        ("roles", (RoleDetails("a", ""),)),
        ("roles", (RoleDetails("a", "Nom"), RoleDetails("a", "Autre"))),
        ("icon", "x y"),
        ("position", -1),
    ],
)
def test_a_malformed_field_is_named(field: str, value: object) -> None:
    with pytest.raises(InvalidField) as refused:
        details(**{field: value}).cleaned()
    assert refused.value.field == field


@given(
    st.builds(
        ApplicationDetails,
        slug=any_text | st.just("octime"),
        name=any_text,
        url=any_text | st.just("https://octime.example/"),
        roles=st.lists(st.builds(RoleDetails, any_text | st.just("reader"), any_text), max_size=3).map(tuple),
        tagline=any_text,
        category=any_text,
        icon=any_text | st.just("apps"),
        opens_on=st.none() | st.dates(),
        position=st.integers(),
    )
)
def test_anything_declared_is_cleaned_or_refused(typed: ApplicationDetails) -> None:
    with contextlib.suppress(InvalidField):
        assert typed.cleaned().cleaned() == typed.cleaned()


def test_dates_are_kept() -> None:
    assert details(opens_on=dt.date(2027, 3, 7)).cleaned().opens_on == dt.date(2027, 3, 7)
