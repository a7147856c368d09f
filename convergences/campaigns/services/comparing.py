"""An answer beside what the directory knows: what a correspondant should see before deciding. Nothing here writes."""

from collections.abc import Iterator
from dataclasses import dataclass

from convergences.campaigns.models import Designation, Named
from convergences.campaigns.services import registering
from convergences.directory import queries as directory
from convergences.directory import rules
from convergences.directory.models import Membership, Organization, Profile
from convergences.foundations import clock
from convergences.foundations.text import french, searchable


@dataclass(frozen=True, slots=True)
class Remark:
    """A fact about a person named (`position`, from 0; -1: the whole answer). `blocks`: it cannot be accepted so."""

    code: str
    sentence: str
    position: int = -1
    blocks: bool = False


def compare(designation: Designation) -> list[Remark]:
    """Return the remarks on an answer, person by person; a few queries, whoever it names."""
    organization = designation.invitation.organization
    named = list(designation.named.all())
    known = _memberships_by_email([each.email for each in named])
    by_name = _members_by_name(organization, named)
    remarks: list[Remark] = []
    for each, person in zip(named, registering.read(designation).people, strict=True):
        if person.has_generic_email:
            remarks.append(_about(each, "generic", f"{each.email} semble la boîte d'un service, non d'une personne."))
        if not rules.email_is_expected(each.email, organization):
            domains = ", ".join(organization.email_domains)
            remarks.append(_about(each, "outside", f"{each.email} n'est pas une adresse de l'employeur ({domains})."))
        remarks += _of_account(each, known.get(each.email, []), organization)
        namesake = by_name.get(_name_key(each))
        if namesake is not None and namesake.email != each.email:
            said = f"{namesake.full_name} a déjà un compte chez cet employeur, avec l'adresse {namesake.email}."
            remarks.append(_about(each, "namesake", said))
    return [*remarks, *_of_the_whole(designation, {each.email for each in named})]


def _memberships_by_email(emails: list[str]) -> dict[str, list[Membership]]:
    found: dict[str, list[Membership]] = {}
    rows = Membership.objects.filter(agent__email__in=emails).select_related("agent", "organization")
    for member in rows.order_by("-created_at", "-pk"):
        found.setdefault(str(member.agent.email), []).append(member)
    return found


def _members_by_name(organization: Organization, named: list[Named]) -> dict[str, Membership]:
    keys = [_name_key(each) for each in named]
    rows = Membership.objects.filter(organization=organization, closed_at__isnull=True, name_key__in=keys)
    return {member.name_key: member for member in rows.select_related("agent").order_by("-pk")}


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
        if elsewhere and member.profile == Profile.REFERENT:
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
    elif member.profile == Profile.REFERENT:
        yield _about(each, "same", f"{each} est déjà référent de cet employeur.")
    if searchable(member.full_name) != searchable(str(each)):
        yield _about(each, "name", f"L'adresse {each.email} est celle de {member.full_name}.")


def _of_the_whole(designation: Designation, emails: set[str]) -> Iterator[Remark]:
    if not designation.replaces:
        return
    leaving = [
        member.full_name
        for member in referents_held(designation.invitation.organization)
        if member.agent.email not in emails
    ]
    if leaving:
        yield Remark("leaving", french(f"Perdent le profil Référent : {', '.join(leaving)}."))


def referents_held(organization: Organization) -> list[Membership]:
    """Return all who hold the profile here, in activity or not: a replacement leaves it to none of them."""
    rows = Membership.objects.filter(organization=organization, profile=Profile.REFERENT, closed_at__isnull=True)
    return list(rows.select_related("agent", "organization").order_by("pk"))


def _about(each: Named, code: str, sentence: str, *, blocks: bool = False) -> Remark:
    return Remark(code, french(sentence), each.position, blocks)
