"""Single-use codes: six digits and a link in one mail, either of which lets one password be chosen once.

Whether the address is known shows neither in the answer nor in the work done (DOMAIN, rule 7): the same rows are
written, the same mail is composed and sealed, and the letter to nobody is taken back before it leaves.
Call these verbs outside a transaction: what they count must stay counted when they refuse.
"""

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from convergences.audit.services import About, record
from convergences.authentication import letters, limits, rules
from convergences.authentication.actions import Action
from convergences.authentication.browsers import Browser, stranger
from convergences.authentication.errors import DeadLink, TooManyAttempts, WrongCode
from convergences.authentication.identifiers import identifier_digest, normalised
from convergences.authentication.models import Purpose, SingleUseCode
from convergences.authentication.services import attempts, known_browsers
from convergences.directory import queries as directory
from convergences.directory.models import Agent, AgentState
from convergences.directory.services import agents, locks
from convergences.foundations import clock, outbox
from convergences.foundations.outbox import Mail
from convergences.foundations.sealing import digest, keyed_digest

LIFETIMES = {Purpose.FIRST_VISIT: dt.timedelta(minutes=30), Purpose.RESET: dt.timedelta(hours=1)}
_LIMITS = {Purpose.FIRST_VISIT: limits.CODES_FIRST_VISIT, Purpose.RESET: limits.CODES}
TRIES = 5
DIGITS = 6
_EXHAUSTED = "Trop d'essais avec ce code : ouvrez plutôt le lien de l'e-mail, ou demandez un nouveau code."
_EXPIRED = "Ce code a expiré : demandez-en un nouveau."
_WRONG = "Ce code n'est pas le bon : saisissez les 6 chiffres du dernier e-mail reçu."


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody holds the mail sent to this agent. Good for one password, through `spend`."""

    code_id: int
    purpose: Purpose
    agent: Agent


def send(purpose: Purpose, email: str, *, browser: Browser, known_browser_token: str = "") -> None:
    """Send what the address may receive; the caller learns nothing.

    Beyond a few an hour for one address, nothing more is sent: the last one still serves. Raises `TooManyAttempts` when
    this network, or this browser if we know it, asks for too many, for whatever addresses.
    """
    attempts.take(known_browsers.source_of_codes(browser.address, known_browser_token))
    identifier = normalised(email)
    try:
        attempts.take(limits.Source(_LIMITS[purpose], f"{purpose}\n{identifier}"))
    except TooManyAttempts:
        return
    _send(purpose, identifier, browser)


def send_for(agent: Agent, purpose: Purpose, *, asker: int, browser: Browser) -> None:
    """Send a known agent what they may receive, on the word of somebody known: strangers spend nothing of theirs.

    Raises `TooManyAttempts` when this asker has had too many sent to this agent.
    """
    attempts.take(limits.Source(limits.CODES, f"{purpose}\nfor {agent.pk}\nby {asker}"))
    _send(purpose, agent.email or "", browser)


def _send(purpose: Purpose, identifier: str, browser: Browser) -> None:
    with transaction.atomic():
        agent = directory.by_email(identifier)
        served = agent if agent and _allows(purpose, agent) else None
        given = _write(purpose, identifier, served)
        mail, leaves = _letter(purpose, agent, given, browser)
        _post(mail, leaves=leaves)
        about = About(subject_id=agent.pk, subject_label=agent.full_name) if agent else About()
        word = Action.CODE_SENT if served else Action.CODE_NOT_SENT
        record(word, actor=stranger(browser), about=about, purpose=purpose, identifier=identifier_digest(identifier))


def redeem_code(purpose: Purpose, email: str, code: str, *, browser: Browser) -> Proof:
    """Return the proof that a code typed by hand gives; the code cannot be typed again.

    Raises `WrongCode`: five tries for a code (each counted before it is compared), twenty-five a day for an address.
    """
    identifier = normalised(email)
    source = limits.Source(limits.CODE_GUESSES, identifier)
    try:
        attempts.take(source)
    except TooManyAttempts:
        raise WrongCode(_EXHAUSTED) from None
    rows = SingleUseCode.objects.filter(purpose=purpose, identifier_digest=identifier_digest(identifier))
    row = rows.select_related("agent").order_by("-created_at", "-pk").first()
    if row is None or row.used_at is not None or row.expires_at <= clock.now():
        raise WrongCode(_EXPIRED)
    if not SingleUseCode.objects.filter(pk=row.pk, tries__lt=TRIES).update(tries=F("tries") + 1):
        raise WrongCode(_EXHAUSTED)
    if not _typed_right(row, code):
        _tell_wrong(row, browser)
        raise WrongCode(_WRONG)
    attempts.forgive(source)
    return _proof(row)


def check_link(purpose: Purpose, token: str) -> Proof:
    """Return the proof that the link of a mail gives, without consuming it: scanners of mail open links before people.

    Raises `DeadLink`.
    """
    found = SingleUseCode.objects.filter(purpose=purpose, link_digest=digest(token), expires_at__gt=clock.now())
    row = found.select_related("agent").first()
    if row is None:
        raise DeadLink
    return _proof(row)


def proof(purpose: Purpose, code_id: int) -> Proof:
    """Return again a proof already given, for as long as no password was chosen with it; raises `DeadLink`."""
    row = SingleUseCode.objects.filter(pk=code_id, purpose=purpose).select_related("agent").first()
    if row is None:
        raise DeadLink
    return _proof(row)


def spend(proof: Proof) -> Agent:
    """Consume the proof in the current transaction, and every other code of the agent; return the agent, held.

    Raises `DeadLink` when it was spent meanwhile, or when the account may no longer do this.
    """
    agent = locks.hold_agent(proof.agent.pk)
    row = SingleUseCode.objects.select_for_update().select_related(None).get(pk=proof.code_id)
    row.agent = agent
    _proof(row)
    SingleUseCode.objects.filter(agent=agent, used_at__isnull=True).update(used_at=clock.now(), code_digest="")
    agents.prove_address(agent)
    return agent


def _allows(purpose: str, agent: Agent) -> bool:
    if purpose == Purpose.RESET:
        return rules.may_reset(agent)
    return rules.may_make_first_visit(agent, clock.today())


def _write(purpose: Purpose, identifier: str, agent: Agent | None) -> letters.Secrets:
    now = clock.now()
    given = letters.Secrets(code=f"{secrets.randbelow(10**DIGITS):0{DIGITS}}", token=secrets.token_urlsafe(32))
    link_digest = digest(given.token)
    SingleUseCode.objects.create(
        purpose=purpose,
        agent=agent,
        identifier_digest=identifier_digest(identifier),
        code_digest=_code_digest(link_digest, given.code),
        link_digest=link_digest,
        created_at=now,
        expires_at=now + LIFETIMES[purpose],
    )
    return given


def _letter(purpose: str, agent: Agent | None, given: letters.Secrets, browser: Browser) -> tuple[Mail, bool]:
    """Return the mail, and whether it leaves: nothing is sent to nobody, nor to an account put to sleep."""
    if agent and not _allows(purpose, agent) and agent.state in (AgentState.ACTIVE, AgentState.INVITED):
        return letters.other_way(purpose, agent, browser), True
    write = letters.reset_link if purpose == Purpose.RESET else letters.first_visit_code
    reader = agent if agent and _allows(purpose, agent) else None
    return write(reader, given, browser), reader is not None


def _post(mail: Mail, *, leaves: bool) -> None:
    before = transaction.savepoint()
    outbox.post(mail)
    if leaves:
        transaction.savepoint_commit(before)
    else:
        transaction.savepoint_rollback(before)


def _code_digest(link_digest: str, code: str) -> str:
    # Keyed, and bound to the row: a million codes are quickly tried against a bare hash.
    return keyed_digest(f"{link_digest}\n{code}", use="authentication/code")


def _typed_right(row: SingleUseCode, code: str) -> bool:
    if not hmac.compare_digest(_code_digest(row.link_digest, code), row.code_digest):
        return False
    typed = SingleUseCode.objects.filter(pk=row.pk, code_digest=row.code_digest, agent__isnull=False)
    return bool(typed.update(code_digest=""))


def _tell_wrong(row: SingleUseCode, browser: Browser) -> None:
    about = About(subject_id=row.agent.pk, subject_label=row.agent.full_name) if row.agent else About()
    with transaction.atomic():
        record(
            Action.CODE_WRONG,
            actor=stranger(browser),
            about=about,
            purpose=row.purpose,
            identifier=row.identifier_digest,
        )


def _proof(row: SingleUseCode) -> Proof:
    agent = row.agent
    # The mail went to an address: once the account has another, its holder proves nothing.
    same = agent is not None and row.identifier_digest == identifier_digest(agent.email or "")
    if agent is None or not same or row.used_at is not None or not _allows(row.purpose, agent):
        raise DeadLink
    return Proof(code_id=row.pk, purpose=Purpose(row.purpose), agent=agent)
