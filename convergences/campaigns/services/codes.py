"""The two codes that show that the autorité territoriale itself answers: the letter's, and the official address's.

Every try is counted before the code is compared, in a transaction of its own: what is counted stays counted when the
answer is refused, and as many tries at once as one likes count as many.
"""

import datetime as dt
import hmac
import secrets
from collections.abc import Mapping

from django.db import transaction
from django.db.models import F

from convergences.audit.services import Actor, record
from convergences.campaigns import mails
from convergences.campaigns.actions import Action
from convergences.campaigns.answers import Answer
from convergences.campaigns.errors import NoOfficialAddress, TooManyCodes, WrongCode
from convergences.campaigns.models import Invitation, OfficialCode, Proof
from convergences.campaigns.references import new_code, typed
from convergences.campaigns.services import registering
from convergences.foundations import clock, outbox
from convergences.foundations.sealing import keyed_digest

LETTER_TRIES = 10  # of 59 bits
TRIES = 5
DIGITS = 6
LASTS = dt.timedelta(minutes=30)
AN_HOUR, A_DAY = 4, 10  # codes sent: at most 50 guesses a day of a million
LETTER, OFFICIAL = "letter_code", "mail_code"
_LETTER = ("letter_code_digest", "letter_made_at", "letter_printed_by")
_LOCKED = (
    "Trop d'essais avec le code du courrier : il ne sert plus. Demandez un code à l'adresse officielle, ou un nouveau "
    "courrier à votre interlocuteur au centre."
)
_WRONG_LETTER = (
    "Ce code n'est pas celui du courrier, ou il a déjà servi. Recopiez ses 12 signes, tirets compris ou non."
)
_EXPIRED = "Ce code ne sert plus : demandez-en un nouveau."
_EXHAUSTED = "Trop d'essais avec ce code : demandez-en un nouveau."
_WRONG_OFFICIAL = "Ce code n'est pas le bon, ou la désignation a été modifiée depuis : demandez-en un nouveau."


def issue_letter_code(invitation: Invitation, printed_by: int | None = None) -> str:
    """Return a new code for the letter of an employer, in the current transaction; the former letter's is dead.

    `printed_by`: the agent who takes that one letter out.
    """
    code = new_code()
    keep_letter_codes({invitation: code}, clock.now(), printed_by)
    return code


def keep_letter_codes(codes: Mapping[Invitation, str], made_at: dt.datetime, printed_by: int | None = None) -> None:
    """Make these codes those of letters already drawn, in the current transaction; those of former ones are dead."""
    for invitation, code in codes.items():
        invitation.letter_printed_by_id = printed_by
        invitation.letter_code_digest = _letter_digest(invitation, code)
        invitation.letter_made_at, invitation.code_tries = made_at, 0
    Invitation.objects.bulk_update(codes, [*_LETTER, "code_tries"], batch_size=100)


@transaction.atomic
def send_code(invitation: Invitation, *, actor: Actor) -> None:
    """Send six digits to the employer's official address, with the names that they will sign: those of the draft.

    Raises `WrongAnswer` when the draft is not complete, `NoOfficialAddress`, `TooManyCodes`, `NotAwaited`.
    """
    held = registering.hold(invitation)
    registering.check_awaited(held)
    answer = registering.read(registering.draft_of(held)).cleaned()
    if not held.organization.authority_email:
        raise NoOfficialAddress
    now = clock.now()
    for most, window in ((AN_HOUR, dt.timedelta(hours=1)), (A_DAY, dt.timedelta(days=1))):
        if held.codes.filter(created_at__gt=now - window).count() >= most:
            raise TooManyCodes
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    OfficialCode.objects.create(
        invitation=held,
        digest=_official_digest(held, now, answer, code),
        created_at=now,
        expires_at=now + LASTS,
    )
    outbox.post(mails.official_code(held, answer, code))
    record(Action.CODE_SENT, actor=actor, about=registering.about(held), reference=held.reference)


def take_try(invitation: Invitation, kind: str) -> None:
    """Count a try of a code, `LETTER` or `OFFICIAL`; raises `WrongCode` when there were too many, or none serves."""
    with transaction.atomic():
        if kind == LETTER:
            left = Invitation.objects.filter(pk=invitation.pk, code_tries__lt=LETTER_TRIES)
            counted, refusal = left.update(code_tries=F("code_tries") + 1), _LOCKED
        else:
            row = _latest(invitation)
            left_of = OfficialCode.objects.filter(pk=row.pk, tries__lt=TRIES)
            counted, refusal = left_of.update(tries=F("tries") + 1), _EXHAUSTED
    if not counted:
        raise WrongCode(refusal, field=kind)


def check_letter(held: Invitation, code: str) -> None:
    """Raise `WrongCode` unless this is the code of the employer's letter; a right one gives its tries back."""
    expected = held.letter_code_digest
    if not expected or not hmac.compare_digest(expected, _letter_digest(held, code)):
        raise WrongCode(_WRONG_LETTER, field=LETTER)
    held.code_tries = 0
    held.save(update_fields=["code_tries"])


def redeem(held: Invitation, answer: Answer, code: str, kind: str) -> Proof:
    """Consume the code that signs this answer, in the current transaction, and say what it proves.

    Raises `WrongCode`: a code of the official address signs the answer that its mail showed, and no other.
    """
    if kind == LETTER:
        check_letter(held, code)
        held.letter_code_digest = ""
        held.save(update_fields=["letter_code_digest"])
        return Proof.LETTER_CODE
    row = _latest(held)
    if not hmac.compare_digest(row.digest, _official_digest(held, row.created_at, answer, code)):
        raise WrongCode(_WRONG_OFFICIAL, field=OFFICIAL)
    row.used_at = clock.now()
    row.save(update_fields=["used_at"])
    return Proof.MAIL_CODE


def tell_wrong(invitation: Invitation, kind: str, *, actor: Actor) -> None:
    """Record that a wrong code was typed."""
    with transaction.atomic():
        record(
            Action.CODE_WRONG,
            actor=actor,
            about=registering.about(invitation),
            reference=invitation.reference,
            kind=kind,
        )


def is_code_awaited(invitation: Invitation) -> bool:
    """Say whether a code sent to the official address may still be typed; one query."""
    row = _last_sent(invitation)
    return row is not None and row.tries < TRIES


def _latest(invitation: Invitation) -> OfficialCode:
    row = _last_sent(invitation)
    if row is None:
        raise WrongCode(_EXPIRED, field=OFFICIAL)
    return row


def _last_sent(invitation: Invitation) -> OfficialCode | None:
    row = invitation.codes.order_by("-created_at", "-pk").first()
    return row if row is not None and row.used_at is None and row.expires_at > clock.now() else None


def _letter_digest(invitation: Invitation, code: str) -> str:
    return keyed_digest(f"{invitation.uid}\n{typed(code)}", use="campaigns/letter code")


def _official_digest(invitation: Invitation, sent_at: dt.datetime, answer: Answer, code: str) -> str:
    # The mailbox too: a code sent to the one of before does not sign once the official address is another.
    mailbox = invitation.organization.authority_email
    said = f"{invitation.uid}\n{mailbox}\n{sent_at.isoformat()}\n{answer.fingerprint()}\n{code}"
    return keyed_digest(said, use="campaigns/official code")
