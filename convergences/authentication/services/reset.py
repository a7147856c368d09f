"""Choosing a new password with the link of a mail."""

from django.db import transaction

from convergences.audit.services import About, record
from convergences.authentication import hashing, letters, strength
from convergences.authentication.actions import Action
from convergences.authentication.browsers import Browser, acting
from convergences.authentication.services import codes, devices, known_browsers, passwords, sessions
from convergences.authentication.services.codes import Proof
from convergences.foundations import outbox


def finish(proof: Proof, clear: str, *, browser: Browser, known_browser_token: str = "") -> str:
    """Keep the new password, end every session, tell the agent by mail; return the token by which the browser is known.

    No session opens: the agent signs in with the new password. The browser is remembered, so that an agent whose
    account somebody blocks from elsewhere comes in at once.
    Raises `WeakPassword`, `DeadLink` (spent meanwhile, or the account may no longer), `Overloaded`.
    """
    strength.require(clear, context=strength.context_of(proof.agent))
    hash_ = hashing.hashed(clear)
    with transaction.atomic():
        agent = codes.spend(proof)
        actor = acting(agent, browser)
        passwords.write(agent, hash_)
        sessions.end_all(agent, reason="password_reset", actor=actor)
        devices.end_all(agent, reason="password_reset", actor=actor)
        outbox.post(letters.password_changed(agent, browser.name))
        about = About(subject_id=agent.pk, subject_label=agent.full_name)
        record(Action.PASSWORD_RESET, actor=actor, about=about)
        return known_browsers.remember(agent, known_browser_token)
