"""The mails of a campaign, to the official address of an employer."""

from convergences.campaigns.details import paragraphs
from convergences.campaigns.models import Invitation
from convergences.directory.models import Agent
from convergences.foundations.mail import compose
from convergences.foundations.outbox import Mail
from convergences.foundations.text import day_in_words

_FOLDER = "campaigns/mail"


def invitation(asked: Invitation, token: str) -> Mail:
    """Return the mail that asks an autorité territoriale to name its référents, with its secret link."""
    return _compose("invitation", asked, token)


def reminder(asked: Invitation, token: str) -> Mail:
    """Return the mail that asks again; it says by when, and whom to call."""
    return _compose("reminder", asked, token)


def _compose(name: str, asked: Invitation, token: str) -> Mail:
    organization, campaign = asked.organization, asked.campaign
    context = {
        "organization": organization.name,
        "title": organization.authority_title,
        "authority": organization.authority_name,
        "subject_line": campaign.mail_subject,
        "paragraphs": paragraphs(campaign.mail_text),
        "deadline": day_in_words(campaign.deadline),
        "reference": asked.reference,
        "token": token,
        "contact": _contact(organization.correspondent),
    }
    return compose(f"campaigns.{name}", organization.authority_email, f"{_FOLDER}/{name}", context)


def _contact(correspondent: Agent | None) -> str:
    if correspondent is None:
        return ""
    return ", ".join(part for part in (correspondent.full_name, correspondent.phone, correspondent.email) if part)
