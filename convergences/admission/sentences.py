"""What a refused agent reads: what is the matter, what to do next, and who can help. One function for each reason."""

from convergences.admission.contacts import Contacts
from convergences.admission.facts import Facts
from convergences.catalog.models import Status
from convergences.directory.models import AgentState
from convergences.directory.names import at, of, with_article
from convergences.foundations.text import day_in_words


def agent_inactive(facts: Facts, contacts: Contacts) -> str:
    """For an account that is not, or no longer, in use."""
    if facts.agent_state == AgentState.INVITED:
        renew = contacts.can("vous renvoyer l'invitation")
        return f"Votre compte n'est pas encore activé : faites d'abord votre première visite. {renew}"
    if facts.agent_state == AgentState.SUSPENDED:
        return f"Votre compte est suspendu. {contacts.can('le rétablir')}"
    return f"Votre compte est fermé. {contacts.can('vous en ouvrir un autre')}"


def membership_over(facts: Facts, contacts: Contacts) -> str:
    """For an agent whom this employer does not count among its own today."""
    if facts.organization_name is None:
        return f"Vous n'êtes rattaché à aucun employeur pour cette application. {contacts.can('vous renseigner')}"
    employer = at(facts.organization_name)
    if not facts.membership_confirmed:
        return f"Acceptez d'abord, dans votre profil, votre rattachement {employer}. {contacts.can('vous renseigner')}"
    if facts.membership_suspended:
        return f"Vos accès {employer} sont suspendus. {contacts.can('les rétablir')}"
    if facts.membership_closed or facts.membership_starts_on is None:
        return f"Votre rattachement {employer} a pris fin. {contacts.can('vous renseigner')}"
    if facts.membership_ends_on is None:
        return _not_begun(facts, contacts, employer)
    ended = f"Votre rattachement {employer} a pris fin le {day_in_words(facts.membership_ends_on)}."
    return f"{ended} {contacts.can('le prolonger')}"


def organization_inactive(facts: Facts, contacts: Contacts) -> str:
    """For an employer that has left the portal."""
    employer = with_article(facts.organization_name or "")
    return f"{employer[:1].upper()}{employer[1:]} n'utilise plus CONVERGENCES. {contacts.can('vous renseigner')}"


def not_subscribed(facts: Facts, contacts: Contacts) -> str:
    """For an employer without a subscription."""
    lacking = f"Aucun abonnement {of(facts.organization_name or '')} ne couvre {facts.application_name}."
    return f"{lacking} {contacts.can('faire le nécessaire auprès du centre de gestion')}"


def no_seat(facts: Facts, contacts: Contacts) -> str:
    """For a right that holds none of the seats."""
    subscription = f"l'abonnement {of(facts.organization_name or '')} à {facts.application_name}"
    return f"Toutes les places de {subscription} sont prises. {contacts.can('vous en libérer une')}"


def not_open_yet(facts: Facts, contacts: Contacts) -> str:
    """Before the opening."""
    if facts.offer.status == Status.PILOT or facts.offer.opens_on is None:
        trial = f"{facts.application_name} est à l'essai auprès de quelques agents."
        return f"{trial} {contacts.can('vous dire quand vous pourrez vous en servir')}"
    opening = f"{facts.application_name} ouvre le {day_in_words(facts.offer.opens_on)} : revenez à partir de ce jour."
    return f"{opening} {contacts.can('vous renseigner')}"


def application_closed(facts: Facts, contacts: Contacts) -> str:
    """For an application that nobody may open."""
    return (
        f"{facts.application_name} n'est pas en service actuellement. "
        f"{contacts.can('vous indiquer par quoi la remplacer')}"
    )


def not_entitled(facts: Facts, contacts: Contacts) -> str:
    """For an agent to whom nobody has given the right, or whose right is over."""
    if facts.entitlement_ends_on is not None:
        ended = (
            f"Votre droit d'ouvrir {facts.application_name} a pris fin le {day_in_words(facts.entitlement_ends_on)}."
        )
        return f"{ended} {contacts.can('le prolonger')}"
    lacking = "Votre compte fonctionne, mais ce droit ne vous a pas encore été donné."
    if contacts.own:
        return f"{lacking} Vous administrez les droits de votre collectivité : donnez-le-vous depuis l'annuaire."
    return f"{lacking} {contacts.can('le faire')}"


def _not_begun(facts: Facts, contacts: Contacts, employer: str) -> str:
    begins = day_in_words(facts.membership_starts_on) if facts.membership_starts_on else ""
    return f"Votre rattachement {employer} commence le {begins} : revenez ce jour-là. {contacts.can('vous renseigner')}"
