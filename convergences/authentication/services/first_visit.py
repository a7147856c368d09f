"""The first visit: an invited agent, who holds the mailbox, chooses a password and comes in."""

from django.db import transaction

from convergences.audit.services import About, record
from convergences.authentication import hashing, strength
from convergences.authentication.actions import Action
from convergences.authentication.browsers import Browser, acting
from convergences.authentication.models import Session
from convergences.authentication.services import codes, passwords
from convergences.authentication.services.codes import Proof
from convergences.authentication.services.opening import SignedIn, open_for
from convergences.authentication.strengths import PASSWORD
from convergences.directory.services import agents


def finish(
    proof: Proof,
    clear: str,
    *,
    browser: Browser,
    known_browser_token: str = "",
    previous_session: Session | None = None,
) -> SignedIn:
    """Keep the password, make the account active, open a session.

    Raises `WeakPassword`, `DeadLink` (spent meanwhile, or the account may no longer), `Overloaded`.
    """
    strength.require(clear, context=strength.context_of(proof.agent))
    hash_ = hashing.hashed(clear)
    with transaction.atomic():
        agent = codes.spend(proof)
        actor = acting(agent, browser)
        passwords.write(agent, hash_)
        agent = agents.activate(agent, actor=actor)
        about = About(subject_id=agent.pk, subject_label=agent.full_name)
        record(Action.PASSWORD_SET, actor=actor, about=about)
        return open_for(
            agent,
            PASSWORD,
            browser=browser,
            known_browser_token=known_browser_token,
            previous_session=previous_session,
        )
