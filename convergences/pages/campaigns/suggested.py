"""What the form of a new campaign says first: words, a calendar, whom it asks; to be read again before it is saved."""

import datetime as dt
from typing import Any

from convergences.campaigns.models import Campaign, Reconfirmation
from convergences.foundations import clock
from convergences.foundations.text import day_in_words, french

DAYS = 30
LAST_CALL = 7  # days before the end
SUBJECT = "Désignez les référents administrateurs de votre collectivité"
_PORTAL = (
    "Le centre de gestion ouvre un portail unique pour ses applications. Dans chaque collectivité, un ou plusieurs "
    "référents administrateurs créent les comptes des agents et leur donnent leurs accès.\n\n"
)
MAIL = f"{_PORTAL}Il vous revient de les désigner : quatre minutes suffisent. Nous vous conseillons d'en nommer deux."
LETTER = (
    f"{_PORTAL}Il vous revient de les désigner, en ligne ou en retournant le formulaire joint, signé. Nous vous "
    "conseillons d'en nommer deux."
)
CONFIRM = "Confirmez les référents administrateurs de votre collectivité"
_CONFIRMED = (
    "{reason} : il vous revient de confirmer les référents administrateurs de votre collectivité, ou d'en désigner "
    "d'autres, au plus tard le {day}.\n\n"
    "Désigner à nouveau les mêmes personnes les confirme. "
)
_KEPT = "Personne ne perd d'accès en attendant votre réponse."


def blank() -> dict[str, Any]:
    """Return a first campaign."""
    return {"mail_subject": french(SUBJECT), "mail_text": french(MAIL), "letter_text": french(LETTER), **_calendar()}


def following(former: Campaign) -> dict[str, Any]:
    """Return a second campaign: for those who did not answer the former, in its words."""
    return {
        **{name: getattr(former, name) for name in ("mail_subject", "mail_text", "letter_text")},
        **_calendar(),
        "name": f"{former.name[:100]} – second appel",
        "unanswered_of": str(former.uid),
        "applications": list(former.applications.order_by("slug").values_list("slug", flat=True)),
    }


def confirming(asked: Reconfirmation) -> dict[str, Any]:
    """Return the campaign of a reconfirmation: for those whose référents it waits for, until its day."""
    calendar = _calendar(asked.deadline)
    said = french(_CONFIRMED.format(reason=asked.reason, day=day_in_words(calendar["deadline"])))
    online, either = "Quatre minutes suffisent. ", "Répondez en ligne, ou retournez le formulaire joint, signé. "
    return {
        **calendar,
        "name": asked.reason,
        "mail_subject": french(CONFIRM),
        "mail_text": said + french(online + _KEPT),
        "letter_text": said + french(either + _KEPT),
        "to_confirm_of": str(asked.uid),
    }


def _calendar(deadline: dt.date | None = None) -> dict[str, dt.date]:
    """Return a deadline, in a month unless it is given, and two reminders: halfway, and a week before the end."""
    today = clock.today()
    if deadline is None or deadline <= today:
        deadline = today + dt.timedelta(days=DAYS)
    halfway, last = today + (deadline - today) / 2, deadline - dt.timedelta(days=LAST_CALL)
    days = sorted({day for day in (halfway, last) if day > today})
    return {"deadline": deadline, **{f"reminder_{number}": day for number, day in enumerate(days, start=1)}}
