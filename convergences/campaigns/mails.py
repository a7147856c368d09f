"""The mails of a campaign: to the official address of an employer, and to those whose profile it changes."""

import datetime as dt
from typing import Any

from convergences.campaigns import addressing
from convergences.campaigns.answers import Answer
from convergences.campaigns.details import paragraphs
from convergences.campaigns.models import Designation, Invitation, InvitationState, Reconfirmation
from convergences.directory.models import Membership, Organization
from convergences.directory.names import at, of
from convergences.directory.staff import contact_line
from convergences.foundations import clock
from convergences.foundations.mail import compose
from convergences.foundations.outbox import Mail
from convergences.foundations.text import day_in_words, french

_FOLDER = "campaigns/mail"


def invitation(asked: Invitation, token: str) -> Mail:
    """Return the mail that asks an autorité territoriale to name its référents, with its secret link."""
    return _compose("invitation", asked, token)


def reminder(asked: Invitation, token: str) -> Mail:
    """Return the mail that asks again; it says by when, and whom to call."""
    return _compose("reminder", asked, token)


def official_code(asked: Invitation, answer: Answer, code: str) -> Mail:
    """Return the code by which the autorité territoriale signs, with the whole of what it signs."""
    grouped = f"{code[:3]} {code[3:]}"
    return _tell("official_code", asked, {"answer": answer, "code": grouped})


def receipt(designation: Designation, answer: Answer) -> Mail:
    """Return the receipt of an answer, with the whole of it."""
    return _tell(
        "receipt", designation.invitation, {"answer": answer, "designation": designation, **_dates(designation)}
    )


def validated(designation: Designation) -> Mail:
    """Return what tells the autorité territoriale that its référents are named."""
    named = [str(each) for each in designation.named.all()]
    return _tell("validated", designation.invitation, {"designation": designation, "named": named})


def sent_back(designation: Designation, token: str) -> Mail:
    """Return what asks for a correction: why, and a new link to the form filled in as it was."""
    said = {"designation": designation, "token": token, "reasons": designation.reason.splitlines()}
    return _tell("sent_back", designation.invitation, said)


def set_aside(designation: Designation) -> Mail:
    """Return what tells that an answer cannot be validated, nor corrected any more."""
    said = {"designation": designation, "reasons": designation.reason.splitlines()}
    return _tell("set_aside", designation.invitation, said)


def named(member: Membership, designation: Designation) -> Mail:
    """Return what tells an agent who has an account already that they are référent from now on."""
    return _to_agent("named", member, {"signatory": f"{designation.signatory_name}, {designation.signatory_title}"})


def ended(member: Membership, why: str = "une nouvelle désignation a pris effet") -> Mail:
    """Return what tells an agent that they are no longer référent; their account goes on."""
    return _to_agent("ended", member, {"why": french(why)})


def end_planned(member: Membership, last: dt.date) -> Mail:
    """Return what tells a référent until when they are one."""
    return _to_agent("end_planned", member, {"last": day_in_words(last)})


def end_lifted(member: Membership) -> Mail:
    """Return what tells a référent that the end that was said of their mandate is taken back."""
    return _to_agent("end_lifted", member, {})


def mandate_goes_on(member: Membership) -> Mail:
    """Return what tells the autorité territoriale the same."""
    return _to_authority("mandate_goes_on", member.organization, {"referent": member.full_name})


def mandate_over(member: Membership, last: dt.date, *, over: bool, left: int) -> Mail:
    """Return what tells the autorité territoriale that a mandate is over, or will be; how many référents are left."""
    said = {"referent": member.full_name, "last": day_in_words(last), "over": over, "left": left}
    return _to_authority("mandate_over", member.organization, said)


def to_confirm(organization: Organization, names: list[str], asked: Reconfirmation) -> Mail:
    """Return what asks the autorité territoriale, after elections, to confirm its référents by a day."""
    return _to_authority("to_confirm", organization, {"names": names, **_asked(asked)})


def late_to_confirm(organization: Organization, names: list[str], asked: Reconfirmation) -> Mail:
    """Return what tells it that this day is past; its référents go on."""
    return _to_authority("late_to_confirm", organization, {"names": names, **_asked(asked)})


def mandate_to_confirm(member: Membership, asked: Reconfirmation) -> Mail:
    """Return what tells a référent that their mandate is to be confirmed, and that they keep it meanwhile."""
    return _to_agent("mandate_to_confirm", member, _asked(asked))


def mandate_late(member: Membership, asked: Reconfirmation) -> Mail:
    """Return what tells a référent that the day is past, and that they go on."""
    return _to_agent("mandate_late", member, _asked(asked))


def _asked(asked: Reconfirmation) -> dict[str, str]:
    return {"reason": asked.reason, "deadline": day_in_words(asked.deadline)}


def _dates(designation: Designation) -> dict[str, str]:
    signed = designation.signed_on
    return {"signed_on": day_in_words(signed) if signed else ""}


def _tell(name: str, asked: Invitation, more: dict[str, Any]) -> Mail:
    organization = asked.organization
    context = {
        "organization": organization.name,
        "of_employer": of(organization.name),
        "reference": asked.reference,
        "contact": contact_line(organization),
        **more,
    }
    return compose(f"campaigns.{name}", organization.authority_email, f"{_FOLDER}/{name}", context)


def _to_authority(name: str, organization: Organization, more: dict[str, Any]) -> Mail:
    context = {
        "greeting": addressing.greeting(organization.authority_title),
        "of_employer": of(organization.name),
        "contact": contact_line(organization),
        **more,
    }
    return compose(f"campaigns.{name}", organization.authority_email, f"{_FOLDER}/{name}", context)


def _to_agent(name: str, member: Membership, more: dict[str, Any]) -> Mail:
    organization = member.organization
    context = {
        "member": member,
        "of_employer": of(organization.name),
        "at_employer": at(organization.name),
        "contact": contact_line(organization),
        **more,
    }
    return compose(f"campaigns.{name}", member.email, f"{_FOLDER}/{name}", context)


def _compose(name: str, asked: Invitation, token: str) -> Mail:
    organization, campaign = asked.organization, asked.campaign
    context = {
        "organization": organization.name,
        "attention": addressing.attention(organization),
        "subject_line": campaign.mail_subject,
        "paragraphs": paragraphs(campaign.mail_text),
        "deadline": day_in_words(campaign.deadline),
        "late": campaign.deadline < clock.today(),
        "sent_back": asked.state == InvitationState.SENT_BACK,
        "reference": asked.reference,
        "token": token,
        "contact": contact_line(organization),
    }
    return compose(f"campaigns.{name}", organization.authority_email, f"{_FOLDER}/{name}", context)
