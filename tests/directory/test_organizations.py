"""Organizations are declared and changed by the centre."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergences.audit.models import AuditEvent
from convergences.directory import departments
from convergences.directory.errors import ForTheCentre, InvalidField
from convergences.directory.models import Organization
from convergences.directory.organization_details import _DEPARTMENT, Authority, OrganizationDetails, clean_siret
from convergences.directory.services import organizations
from tests.cast import Cast
from tests.directory.acting import OPERATOR, actor

BOBIGNY = "21930008400015"
any_text = st.text(max_size=80)


def details(**changes: Any) -> OrganizationDetails:
    typed: dict[str, Any] = {
        "key": "bobigny",
        "siret": BOBIGNY,
        "name": "Ville de Bobigny",
        "kind": "commune",
        "affiliation": "affiliated",
        "department": "93",
        "email_domains": ("bobigny.example",),
        "authority": Authority(
            "Maire", "Camille Roy", "maire@bobigny.example", "31 avenue du Président-Salvador-Allende"
        ),
    }
    return OrganizationDetails(**{**typed, **changes})


def of(organization: Organization, **changes: Any) -> OrganizationDetails:
    names = ("key", "siret", "name", "kind", "affiliation", "department")
    same = {name: getattr(organization, name) for name in names}
    return OrganizationDetails(**{**same, "email_domains": tuple(organization.email_domains), **changes})


@pytest.mark.database
@pytest.mark.parametrize("who", ["nadia", "claire", "karim"])
def test_nobody_but_the_centre_declares_or_changes(cast: Cast, who: str) -> None:
    meddler = actor(getattr(cast, who))
    with pytest.raises(ForTheCentre):
        organizations.create(details(), actor=meddler)
    with pytest.raises(ForTheCentre):
        organizations.modify(cast.pantin, of(cast.pantin, name="À moi"), actor=meddler)
    with pytest.raises(ForTheCentre):
        organizations.set_correspondent(cast.pantin, None, actor=meddler)


@pytest.mark.database
def test_an_organization_is_declared(cast: Cast) -> None:
    made = organizations.create(
        details(siret=" 219 300 084 00015 ", email_domains=("@Bobigny.Example",)), actor=OPERATOR
    )
    assert (made.siret, made.email_domains, made.authority_name) == (BOBIGNY, ["bobigny.example"], "Camille Roy")
    assert AuditEvent.objects.get().organization_id == made.pk


@pytest.mark.database
def test_a_correspondent_declares_too(cast: Cast) -> None:
    assert organizations.create(details(), actor=actor(cast.julien)).pk


@pytest.mark.database
def test_a_change_tells_its_fields_and_no_change_tells_nothing(cast: Cast) -> None:
    assert organizations.modify(cast.pantin, of(cast.pantin), actor=OPERATOR) == ()
    assert AuditEvent.objects.count() == 0
    changed = organizations.modify(cast.pantin, of(cast.pantin, name="Commune de Pantin", active=False), actor=OPERATOR)
    assert set(changed) == {"name", "active"}


@pytest.mark.database
@pytest.mark.parametrize(("field", "value"), [("siret", "21930055500014"), ("key", "pantin")])
def test_a_siret_or_handle_already_declared_is_refused(cast: Cast, field: str, value: str) -> None:
    with pytest.raises(InvalidField) as refused:
        organizations.create(details(**{field: value}), actor=OPERATOR)
    assert refused.value.field == field


@pytest.mark.database
def test_a_ccas_hangs_from_its_commune_and_never_in_a_ring(cast: Cast) -> None:
    ccas = organizations.create(details(key="ccas", kind="ccas", parent=cast.pantin), actor=OPERATOR)
    assert ccas.parent == cast.pantin
    for parent in (ccas, cast.pantin):
        with pytest.raises(InvalidField) as refused:
            organizations.modify(cast.pantin, of(cast.pantin, parent=parent), actor=OPERATOR)
        assert refused.value.field == "parent"


@pytest.mark.database
def test_the_correspondent_of_an_organization_is_one_of_the_centres(cast: Cast) -> None:
    for wanted in (None, cast.julien.agent, cast.julien.agent):
        organizations.set_correspondent(cast.pantin, wanted, actor=OPERATOR)
    assert AuditEvent.objects.count() == 2
    with pytest.raises(InvalidField):
        organizations.set_correspondent(cast.pantin, cast.nadia.agent, actor=OPERATOR)


@pytest.mark.parametrize(
    ("siret", "words"),
    [
        ("", "14 chiffres"),
        ("2193005550001", "14 chiffres"),
        ("219300555000144", "14 chiffres"),
        ("２１９３００５５５０００１４", "14 chiffres"),
        ("2193005550001x", "14 chiffres"),
        ("21930055500015", "n’existe pas"),
        ("12345678901234", "n’existe pas"),
    ],
)
def test_a_malformed_siret_is_refused(siret: str, words: str) -> None:
    with pytest.raises(InvalidField) as refused:
        clean_siret(siret)
    assert (refused.value.field, words in refused.value.sentence) == ("siret", True)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", "Pantin"),
        ("key", "../pantin"),
        ("key", ""),
        ("name", " "),
        ("name", "x" * 161),
        ("kind", "royaume"),
        ("affiliation", "center"),
        ("department", "00"),
        ("department", "20"),
        ("department", "999"),
        ("email_domains", ("pantin",)),
        ("email_domains", ("*.example",)),
        ("email_domains", ("a@pantin.example",)),
    ],
)
def test_a_malformed_field_is_named(field: str, value: object) -> None:
    with pytest.raises(InvalidField) as refused:
        details(**{field: value}).cleaned()
    assert refused.value.field == field


def test_a_malformed_authority_is_named() -> None:
    with pytest.raises(InvalidField) as refused:
        details(authority=Authority(email="maire")).cleaned()
    assert refused.value.field == "authority_email"


@pytest.mark.parametrize("department", ["01", "2a", "2B", "75", "95", "971", "976", "988"])
def test_every_department_of_the_country_is_known(department: str) -> None:
    assert details(department=department).cleaned().department == department.upper()


@given(
    st.builds(
        OrganizationDetails,
        key=any_text,
        siret=any_text | st.just(BOBIGNY),
        name=any_text,
        kind=any_text | st.just("commune"),
        affiliation=any_text | st.just("affiliated"),
        department=any_text | st.just("93"),
        email_domains=st.lists(any_text, max_size=2).map(tuple),
        authority=st.builds(Authority, any_text, any_text, any_text, any_text),
    )
)
def test_anything_declared_is_cleaned_or_refused(typed: OrganizationDetails) -> None:
    with contextlib.suppress(InvalidField):
        assert typed.cleaned().cleaned() == typed.cleaned()


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("93", "93"),
        ("1", "01"),
        ("2a", "2A"),
        ("Seine-Saint-Denis", "93"),
        ("seine saint denis", "93"),
        ("Seine-Saint-Denis (93)", "93"),
        ("93 – Seine-Saint-Denis", "93"),
        ("cote d'or", "21"),
        ("La Réunion", "974"),
        ("château", "château"),
        ("", ""),
    ],
)
def test_a_department_is_meant_by_its_number_its_name_or_both(typed: str, number: str) -> None:
    assert departments.number_of(typed) == number


def test_every_department_that_may_be_declared_has_a_name_and_no_other() -> None:
    words = [f"{number:02d}" for number in range(1000)] + ["2A", "2B"]
    declared = {word for word in words if _DEPARTMENT.fullmatch(word)}
    assert declared == set(departments.NAMES)
