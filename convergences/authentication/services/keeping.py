"""What removing a factor must not leave: duties without a second factor, codes and devices that stand for nothing."""

from convergences.audit.services import About, Actor, record
from convergences.authentication import queries
from convergences.authentication.actions import Action
from convergences.authentication.errors import LastFactor
from convergences.authentication.models import Passkey, RecoveryCode, Totp
from convergences.authentication.services import devices
from convergences.directory import queries as directory
from convergences.directory import staff
from convergences.directory.models import Agent
from convergences.foundations import clock


def must_keep_one(agent: Agent) -> bool:
    """A référent, or who holds a role at the centre, keeps a factor once they have one, in their grace too."""
    return bool(directory.managed_organizations(agent) or staff.staff_roles_of(agent))


def refuse_last(agent: Agent, *, but: Totp | Passkey) -> None:
    """Raise `LastFactor` when this factor is the only one of an agent who must keep one.

    Call it with the agent held: of two factors removed at the same moment, one is removed after the other.
    """
    methods = queries.methods_of(agent)
    held: list[Totp | Passkey] = [*methods.totps, *methods.passkeys]
    others = [factor for factor in held if factor.uid != but.uid]
    if not others and must_keep_one(agent):
        raise LastFactor


def drop_what_stood_by_it(agent: Agent, *, actor: Actor) -> dict[str, list[int]]:
    """After a factor, remove what stood by it: trusted devices, and recovery codes when it was the last.

    Any factor: who removes a stolen telephone must not leave a browser that the thief made trusted with it. Return the
    codes that had not served as `changes.told` names them.
    """
    devices.end_all(agent, reason="factor_removed", actor=actor)
    if queries.has_second_factor(agent.pk):
        return {}
    unblock(agent)
    living = RecoveryCode.objects.filter(agent=agent, **queries.ALIVE)
    left = list(living.filter(used_at__isnull=True).values_list("pk", flat=True))
    living.update(removed_at=clock.now())
    if not left:
        return {}
    record(Action.RECOVERY_CODES_REMOVED, actor=actor, about=About(subject_id=agent.pk, subject_label=agent.full_name))
    return {"codes": left}


def unblock(agent: Agent) -> None:
    """Put away what was frozen: the agent has proved more than the mailbox since, and it must stop nobody any more."""
    for table in (Totp, Passkey):
        table.objects.filter(agent=agent, removed_at__isnull=True, frozen_at__isnull=False).update(
            removed_at=clock.now()
        )
