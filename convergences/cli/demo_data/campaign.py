"""The designation campaigns of the demo: each act by the verb of the page where somebody would do it, on its day.

`campaign.toml` says what happened, in days before today. Signatures read their code where the mayor would: in the mail.
"""

import datetime as dt
import io
import logging
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction

from convergences.audit.services import SYSTEM, Actor
from convergences.campaigns.answers import Answer, Person
from convergences.campaigns.details import CampaignDetails, Filters
from convergences.campaigns.models import Campaign, Designation, Invitation, LetterScope
from convergences.campaigns.references import new_code
from convergences.campaigns.services import (
    answering,
    codes,
    deciding,
    mailing,
    mandates,
    paper,
    posting,
    preparing,
    printing,
    reconfirming,
)
from convergences.catalog.models import Application
from convergences.cli.demo_data.files import TEMPLATES
from convergences.cli.demo_data.forms import signed_form
from convergences.directory.models import Membership, Organization
from convergences.directory.queries import by_email
from convergences.foundations import clock, delivery
from convergences.foundations.models import DemoLetter
from convergences.foundations.text import french

_JULIEN, _FATOU = "julien.moreau@cig.example", "fatou.sow@cig.example"
_MAYOR = Actor(agent_id=None, label="Autorité territoriale", address="192.0.2.77", browser="Firefox sur Windows")
_OPENING, _ANSWERING, _DECIDING = 9.25, 11.4, 15.1  # hours of the day


@dataclass
class _Story:
    """What happens, act by act: `days` before today, at an hour, then in the order in which it was told."""

    acts: list[tuple[float, Callable[[], object]]] = field(default_factory=list)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    answers: dict[str, Designation] = field(default_factory=dict)

    def tell(self, days: int, hour: float, act: Callable[[], object]) -> None:
        self.acts.append((hour / 24 - days, act))

    def happen(self) -> None:
        today = clock.start_of(clock.today())
        for moment, act in sorted(self.acts, key=lambda each: each[0]):
            with clock.at(today + dt.timedelta(days=moment)):
                act()
                while delivery.deliver_due():
                    pass


def give() -> None:
    """Replay the campaigns, once."""
    if Campaign.objects.exists():
        return
    said = tomllib.loads((TEMPLATES / "campaign.toml").read_text(encoding="utf-8"))
    story = _Story()
    for name in ("pilot", "main"):
        _tell_campaign(story, name, said[name])
    for answer in said["answers"]:
        _tell_answer(story, answer)
    _tell_mandates(story, said)
    with transaction.atomic(), _quietly():
        story.happen()


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep each mail that leaves out of the terminal."""
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _tell_campaign(story: _Story, name: str, said: dict[str, Any]) -> None:
    def launch() -> None:
        made = preparing.create(_details(said), actor=_acting(_JULIEN))
        preparing.launch(made, actor=_acting(_JULIEN))
        _drain(mailing.drain)
        story.campaigns[name] = made

    story.tell(said["day"], _OPENING, launch)
    if "letters" in said:
        story.tell(said["letters"], _OPENING, lambda: _post_letters(story.campaigns[name]))
    for days in said["reminded"]:
        story.tell(days, _OPENING, _remind)


def _details(said: dict[str, Any]) -> CampaignDetails:
    launched = clock.today()
    today = launched + dt.timedelta(days=said["day"])
    ahead = [*(-days for days in said["reminded"]), *said["reminders"]]
    return CampaignDetails(
        name=said["name"],
        deadline=today + dt.timedelta(days=said["deadline"]),
        mail_subject=french(said["subject"]),
        mail_text=french(said["mail"]),
        letter_text=french(said["letter"]),
        filters=Filters(kinds=tuple(said["kinds"])),
        applications=tuple(Application.objects.filter(slug__in=said["applications"])),
        reminders=tuple(today + dt.timedelta(days=days) for days in ahead),
    )


def _remind() -> None:
    mailing.remind_due(clock.today())
    _drain(mailing.drain)


def _post_letters(campaign: Campaign) -> None:
    made = posting.ask(campaign, LetterScope.FIRST, actor=_acting(_FATOU))
    _drain(printing.drain)
    posting.release(made, actor=_acting(_FATOU))
    posting.posted(made, actor=_acting(_FATOU))


def _tell_answer(story: _Story, said: dict[str, Any]) -> None:
    employer = said["employer"]

    def answer() -> None:
        campaign = story.campaigns[said.get("campaign", "main")]
        asked = Invitation.objects.select_related("campaign", "organization").get(
            campaign=campaign, organization__key=employer
        )
        given = _given(said, asked.organization)
        received = _WAYS[said["by"]](asked, given)
        if received is not None:
            story.answers[employer] = received

    story.tell(said["day"], _ANSWERING, answer)
    if "accepted" in said:
        story.tell(said["accepted"], _DECIDING, lambda: _accept(story.answers[employer]))
    if "sent_back" in said:
        story.tell(said["sent_back"], _DECIDING, lambda: _send_back(story.answers[employer], said["reason"]))


def _accept(answer: Designation) -> None:
    deciding.accept(answer, actor=_acting(_JULIEN))


def _send_back(answer: Designation, reason: str) -> None:
    deciding.send_back(answer, french(reason), actor=_acting(_JULIEN))


def _given(said: dict[str, Any], organization: Organization) -> Answer:
    return Answer(
        people=tuple(Person(**each) for each in said["people"]),
        signatory_name=organization.authority_name,
        signatory_title=organization.authority_title,
        replaces=said.get("replaces", False),
    )


def _open(asked: Invitation, _answer: Answer) -> None:
    answering.opened(asked)


def _draft(asked: Invitation, answer: Answer) -> None:
    answering.save_draft(asked, answer)


def _by_letter(asked: Invitation, answer: Answer) -> Designation:
    answering.save_draft(asked, answer)
    code = new_code()  # the letter's own is on its paper alone
    codes.keep_letter_codes({asked: code}, asked.letter_made_at or clock.now())
    return answering.receive(asked, answer, actor=_MAYOR, letter_code=code)


def _by_mail(asked: Invitation, answer: Answer) -> Designation:
    answering.save_draft(asked, answer)
    codes.send_code(asked, actor=_MAYOR)
    delivery.deliver_due()
    letter = DemoLetter.objects.filter(recipient=asked.organization.authority_email).order_by("-pk")[0]
    code = "".join(re.findall(r"\d", letter.subject)[: codes.DIGITS])
    return answering.receive(asked, answer, actor=_MAYOR, mail_code=code)


def _on_paper(asked: Invitation, answer: Answer) -> Designation:
    scan = io.BytesIO(signed_form(asked, answer, clock.today()))
    signed_on = clock.today() - dt.timedelta(days=3)
    return paper.key_in(asked, answer, scan, actor=_acting(_FATOU), signed_on=signed_on)


_WAYS: dict[str, Callable[[Invitation, Answer], Designation | None]] = {
    "opened": _open,
    "draft": _draft,
    "letter": _by_letter,
    "mail": _by_mail,
    "paper": _on_paper,
}


def _tell_mandates(story: _Story, said: dict[str, Any]) -> None:
    asked = said["reconfirmation"]

    def reconfirm() -> None:
        until = clock.today() + dt.timedelta(days=asked["day"] + asked["deadline"])
        filters = Filters(kinds=tuple(asked["kinds"]))
        reconfirming.start(filters, french(asked["reason"]), until, actor=_acting(_JULIEN))
        _drain(reconfirming.drain)

    story.tell(asked["day"], _DECIDING, reconfirm)
    for each in said["ends"]:
        story.tell(each["day"], _DECIDING, partial(_end, each))


def _end(said: dict[str, Any]) -> None:
    member = Membership.objects.select_related("organization").get(agent__email=said["member"], closed_at__isnull=True)
    last = clock.today() + dt.timedelta(days=said["day"] + said["last"])
    mandates.end_on(member, last, reason=french(said["reason"]), actor=_acting(_JULIEN))


def _drain(turn: Callable[[], int]) -> None:
    while turn():
        pass


def _acting(email: str) -> Actor:
    agent = by_email(email)
    if agent is None:
        return SYSTEM
    return Actor(agent.pk, agent.full_name, address="192.0.2.12", browser="Firefox sur Linux")
