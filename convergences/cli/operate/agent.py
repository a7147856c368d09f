"""`convergences agent`: accounts, when no référent can do it from the pages. Same services, journal and mails."""

from typing import Any

import click

from convergences.authentication.services import recoveries
from convergences.cli.answers import answer, json_option, moment, operator
from convergences.directory import queries
from convergences.directory.details import AgentDetails
from convergences.directory.models import Membership, Organization
from convergences.directory.queries import MemberFilters
from convergences.foundations.errors import Refusal
from convergences.lifecycle import services

STATES = {"active": "actif", "invited": "invité", "suspended": "suspendu", "ended": "terminé", "deleted": "supprimé"}
organization_option = click.option(
    "--organization", "key", required=True, metavar="CLÉ", help="Clé de la collectivité."
)
email_argument = click.argument("email", metavar="ADRESSE")


@click.group("agent", short_help="Comptes : lister, inviter, suspendre, réactiver, aider.")
def command() -> None:
    """Comptes des agents d’une collectivité."""


@command.command("list")
@organization_option
@click.option("--state", default="", type=click.Choice(["", *STATES]), help="Seulement ceux qui sont dans cet état.")
@click.option("--search", default="", help="Mots du nom, de l’adresse ou du service.")
@json_option
def list_agents(key: str, state: str, search: str, as_json: bool) -> None:  # noqa: FBT001 - click's option
    """Liste les agents d’une collectivité, par nom."""
    members = queries.members(_organization(key), MemberFilters(q=search, state=state)).iterator(chunk_size=500)
    if as_json:
        answer([_value(member) for member in members], [], as_json=True)
        return
    for member in members:
        named = f"{member.shown_family_name} {member.shown_given_name}"
        click.echo(
            f"{STATES[queries.state_of(member)]:10} {named:32} {member.agent.email:40} {member.department}".rstrip()
        )


@command.command()
@email_argument
@organization_option
@click.option("--given-name", default="", help="Prénom d’un nouvel agent.")
@click.option("--family-name", default="", help="Nom d’un nouvel agent.")
@json_option
def invite(email: str, key: str, given_name: str, family_name: str, as_json: bool) -> None:  # noqa: FBT001 - click's option
    """Crée un compte et invite l’agent ; ou renvoie l’invitation à un agent qui n’est pas encore venu."""
    organization, actor = _organization(key), operator("agent invite")
    found = _found(organization, email)
    if found is not None:
        member = services.invite_again(found, giver=None, actor=actor)
    else:
        details = AgentDetails(given_name=given_name, family_name=family_name, email=email)
        member = services.arrive(
            details, organization=organization, giver=None, actor=actor, outside_domains_confirmed=True
        )
    _tell(member, "invitation envoyée", as_json=as_json)


@command.command()
@email_argument
@organization_option
@click.option("--reason", default="Demande du centre", show_default=True, help="Motif, pour le journal.")
@click.option("--notify/--silent", default=True, help="Prévenir l’agent par courrier [défaut : oui].")
@json_option
def suspend(email: str, key: str, reason: str, notify: bool, as_json: bool) -> None:  # noqa: FBT001 - click's option
    """Suspend un agent : ses accès tombent aussitôt, ses droits et son historique restent."""
    member = _member(_organization(key), email)
    held = services.suspend(member, reason=reason, notify=notify, giver=None, actor=operator("agent suspend"))
    _tell(held, "suspendu", as_json=as_json)


@command.command()
@email_argument
@organization_option
@json_option
def reactivate(email: str, key: str, as_json: bool) -> None:  # noqa: FBT001 - click's option
    """Rend ses accès à un agent suspendu."""
    held = services.reactivate(_member(_organization(key), email), giver=None, actor=operator("agent reactivate"))
    _tell(held, "réactivé", as_json=as_json)


@command.command()
@email_argument
@click.option("--organization", "key", default="", metavar="CLÉ", help="Clé de la collectivité, s’il en a plusieurs.")
@click.option("--cancel", is_flag=True, help="Annuler la récupération en cours.")
@json_option
def recover(email: str, key: str, cancel: bool, as_json: bool) -> None:  # noqa: FBT001 - click's options
    """Aide un agent qui a perdu tous ses moyens de vérification, après l’avoir reconnu de vive voix.

    Ses référents et lui sont prévenus ; passé le délai, il termine lui-même, par son mot de passe et un code reçu.
    """
    member = _member(_organization(key), email) if key else _only_member(email)
    actor = operator("agent recover")
    if cancel:
        recoveries.cancel(member, actor=actor)
        _tell(member, "récupération annulée", as_json=as_json)
        return
    recovery = recoveries.start(member, actor=actor)
    opens = moment(recovery.opens_at)
    value = {"email": member.agent.email, "opens_at": recovery.opens_at, "expires_at": recovery.expires_at}
    answer(value, [f"{member.agent.email} : récupération possible à partir du {opens}."], as_json=as_json)


def _organization(key: str) -> Organization:
    found = queries.organization(key)
    if found is None:
        raise Refusal(f"Aucune collectivité ne porte la clé « {key} ».")
    return found


def _found(organization: Organization, email: str) -> Membership | None:
    members = queries.members(organization, MemberFilters())
    return members.select_related("organization", "agent").filter(agent__email=email.strip().lower()).first()


def _member(organization: Organization, email: str) -> Membership:
    found = _found(organization, email)
    if found is None:
        raise Refusal(f"{email} n’est pas un agent de {organization.name}.")
    return found


def _only_member(email: str) -> Membership:
    agent = queries.by_email(email)
    members = queries.current_memberships(agent) if agent else []
    if len(members) != 1:
        why = "a plusieurs employeurs : précisez --organization" if members else "n’est l’agent d’aucune collectivité"
        raise Refusal(f"{email} {why}.")
    return members[0]


def _tell(member: Membership, done: str, *, as_json: bool) -> None:
    answer(_value(member), [f"{member.agent.email} : {done}."], as_json=as_json)


def _value(member: Membership) -> dict[str, Any]:
    return {
        "uid": str(member.uid),
        "email": member.agent.email,
        "given_name": member.shown_given_name,
        "family_name": member.shown_family_name,
        "profile": member.profile,
        "department": member.department,
        "job_title": member.job_title,
        "state": queries.state_of(member),
        "invited_at": moment(member.invited_at) if member.invited_at else None,
    }
