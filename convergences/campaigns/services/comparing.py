"""An answer beside what the directory knows: what a correspondant should see before deciding. Nothing here writes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, prefetch_related_objects

from convergences.campaigns.answers import Person
from convergences.campaigns.models import Designation, Named
from convergences.campaigns.services import registering
from convergences.directory import queries as directory
from convergences.directory import rules
from convergences.directory.models import Membership, Organization, Profile
from convergences.foundations import clock
from convergences.foundations.text import french, name_words, searchable


@dataclass(frozen=True, slots=True)
class Remark:
    """A fact about a person named (`position`, from 0; -1: the whole answer). `blocks`: it cannot be accepted so."""

    code: str
    sentence: str
    position: int = -1
    blocks: bool = False


def compare(designation: Designation) -> list[Remark]:
    """Return the remarks on an answer, person by person; a few queries, whoever it names."""
    return compare_each([designation])[designation.pk]


def compare_each(designations: Sequence[Designation]) -> dict[int, list[Remark]]:
    """Return the remarks on several answers, by their keys; as many queries as for one.

    Each answer comes with its invitation and employer, else a query reads them.
    """
    prefetch_related_objects(list(designations), "named")
    known = _memberships_by_email([each.email for one in designations for each in one.named.all()])
    by_name = _members_by_name(designations)
    held = _referents_by_organization([one for one in designations if one.replaces])
    found: dict[int, list[Remark]] = {}
    for one in designations:
        remarks = [
            remark
            for each, person in zip(one.named.all(), registering.read(one).people, strict=True)
            for remark in _of_person(each, person, one.invitation.organization, known, by_name)
        ]
        found[one.pk] = [*remarks, *_of_the_whole(one, held)]
    return found


def _of_person(
    each: Named,
    person: Person,
    organization: Organization,
    known: Mapping[str, list[Membership]],
    by_name: Mapping[tuple[int, str], Membership],
) -> Iterator[Remark]:
    if person.has_generic_email:
        yield _about(each, "generic", f"{each.email} semble la boîte d'un service, non d'une personne.")
    if not rules.email_is_expected(each.email, organization):
        domains = ", ".join(organization.email_domains)
        yield _about(each, "outside", f"{each.email} n'est pas une adresse de l'employeur ({domains}).")
    yield from _of_account(each, known.get(each.email, []), organization)
    namesake = by_name.get((organization.pk, _name_key(each)))
    if namesake is not None and namesake.email != each.email:
        said = f"{namesake.full_name} a déjà un compte chez cet employeur, avec l'adresse {namesake.email}."
        yield _about(each, "namesake", said)


def _memberships_by_email(emails: list[str]) -> dict[str, list[Membership]]:
    found: dict[str, list[Membership]] = {}
    rows = _with_people(Membership.objects.filter(agent__email__in=emails))
    for member in rows.order_by("-created_at", "-pk"):
        found.setdefault(str(member.agent.email), []).append(member)
    return found


def _members_by_name(designations: Sequence[Designation]) -> dict[tuple[int, str], Membership]:
    keys = {_name_key(each) for one in designations for each in one.named.all()}
    employers = {one.invitation.organization_id for one in designations}
    rows = Membership.objects.filter(organization__in=employers, closed_at__isnull=True, name_key__in=keys)
    return {(member.organization_id, member.name_key): member for member in _with_people(rows).order_by("-pk")}


def _name_key(each: Named) -> str:
    return searchable(f"{each.family_name} {each.given_name}")  # as the directory keeps it


def _of_account(each: Named, members: list[Membership], organization: Organization) -> Iterator[Remark]:
    """Yield what is known of the account that the address leads to."""
    ours = [member for member in members if member.organization_id == organization.pk]
    held = next((member for member in ours if member.closed_at is None), None)
    if held is not None:
        yield from _of_member(each, held)
    elif ours:
        soon = rules.may_restore(ours[0], clock.now())
        remedy = " Rétablissez son compte, puis validez." if soon else ""
        yield _about(each, "left", f"{each} a quitté cet employeur.{remedy}", blocks=soon)
    for member in members:
        elsewhere = member.organization_id != organization.pk and member.closed_at is None
        if elsewhere and member.is_referent:
            yield _about(each, "elsewhere", f"{each} est déjà référent : {member.organization.name}.")


def _of_member(each: Named, member: Membership) -> Iterator[Remark]:
    state = directory.state_of(member)
    if state == "suspended":
        yield _about(
            each, "suspended", f"Le compte de {each} est suspendu : réactivez-le avant de valider.", blocks=True
        )
    elif state == "ended":
        yield _about(
            each, "ended", f"Le rattachement de {each} est terminé : prolongez-le avant de valider.", blocks=True
        )
    elif member.is_referent:
        yield _about(each, "same", f"{each} est déjà référent de cet employeur.")
    if searchable(member.full_name) != searchable(str(each)):
        yield _about(each, "name", f"L'adresse {each.email} est celle de {member.full_name}.")


def _of_the_whole(designation: Designation, held: Mapping[int, list[Membership]]) -> Iterator[Remark]:
    known, signed = designation.invitation.organization.authority_name, designation.signatory_name
    if known and name_words(known) != name_words(signed):
        yield Remark("signatory", french(f"Signée par {signed}, alors que l'autorité connue est {known}."))
    emails = {each.email for each in designation.named.all()}
    leaving = [
        member.full_name
        for member in held.get(designation.invitation.organization_id, [])
        if designation.replaces and member.agent.email not in emails
    ]
    if leaving:
        verb = "Perdent" if len(leaving) > 1 else "Perd"
        yield Remark("leaving", french(f"{verb} le profil Référent : {', '.join(leaving)}."))


def referents_held(organization: Organization) -> list[Membership]:
    """Return all who hold the profile here, in activity or not: a replacement leaves it to none of them."""
    return _referents_of([organization.pk])


def _referents_by_organization(replacing: Sequence[Designation]) -> dict[int, list[Membership]]:
    found: dict[int, list[Membership]] = {}
    if replacing:
        for member in _referents_of([one.invitation.organization_id for one in replacing]):
            found.setdefault(member.organization_id, []).append(member)
    return found


def _referents_of(organization_ids: list[int]) -> list[Membership]:
    held = Membership.objects.filter(profile=Profile.REFERENT, closed_at__isnull=True)
    return list(_with_people(held.filter(organization__in=organization_ids)).order_by("pk"))


def _with_people(rows: QuerySet[Membership]) -> QuerySet[Membership]:
    return rows.select_related("agent", "organization")


def _about(each: Named, code: str, sentence: str, *, blocks: bool = False) -> Remark:
    return Remark(code, french(sentence), each.position, blocks)
