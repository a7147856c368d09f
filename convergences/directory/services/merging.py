"""An employer absorbs another (fusion): its people, what hangs from it, its domains. The other closes.

As many statements for three agents as for three thousand, but for the batches in which rows are written.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction

from convergences.audit.services import About, Actor, record, record_each
from convergences.directory import merging, rules
from convergences.directory.actions import Action
from convergences.directory.errors import CentreStaysOpen, WrongState
from convergences.directory.models import Agent, AgentState, Membership, Organization, OrganizationKind, Profile, Role
from convergences.directory.services import accounts, guards
from convergences.directory.services.organizations import MAX_DEPTH
from convergences.foundations import clock

AT_ONCE = 500
_TAKEN_UP = ("confirmed_at", "starts_on", "ends_on", "name_key", "search_text")
_SHOWN = ("shown_given_name", "shown_family_name", "shown_civility", "shown_email", "shown_phone")
_STANDING = ("starts_on", "ends_on", "confirmed_at", "suspended_at", "suspension_reason", "invited_at")
_KEPT = ("agent", "job_title", "department", *_STANDING, "name_key", "search_text", *_SHOWN)


@dataclass(frozen=True, slots=True)
class Absorbed:
    """What became of people: for each former attachment (its key) the one that goes on; who is référent no more.

    `suspended`: the accounts that no employer keeps in activity, because the one that stays had suspended them.
    """

    absorbed: Organization
    remaining: Organization
    moved: dict[int, Membership]
    referents: list[Membership]
    suspended: list[Agent]


@transaction.atomic
def absorb(absorbed: Organization, remaining: Organization, *, reason: str, actor: Actor) -> Absorbed:
    """Close an employer whose agents go on working for another, and say what became of each.

    Accounts, sign-in and identifiers go on. Who is in both keeps what the remaining employer says of them. Nobody
    becomes référent by this: its own autorité territoriale has not named them (DOMAIN, rule 4).

    Raises `WrongState` (one of them is closed, or they are the same), `CentreStaysOpen`, `ForTheCentre`.
    """
    guards.check_centre(actor, Role.CORRESPONDENT)
    gone, stays, leaving, there = hold(absorbed, remaining)
    referents = [each for each in leaving if each.profile == Profile.REFERENT]
    merging.people(gone).order_by().update(
        closed_at=clock.now(), closed_by=actor.label[:200], profile=Profile.USER, referent_until=None
    )
    _take_up(leaving, there)
    made = Membership.objects.bulk_create(
        [_moved(each, stays, actor) for each in leaving if each.agent_id not in there], batch_size=AT_ONCE
    )
    goes_on = {**there, **{each.agent_id: each for each in made}}
    moved = {each.pk: goes_on[each.agent_id] for each in leaving}
    done = Absorbed(gone, stays, moved, referents, _follow(there))
    _hand_over(gone, stays, actor)
    _tell(done, leaving, reason=reason, actor=actor)
    return done


def hold(
    absorbed: Organization, remaining: Organization
) -> tuple[Organization, Organization, list[Membership], dict[int, Membership]]:
    """Return both employers, the attachments that leave, and those already there by agent, held: always in one order.

    Whoever attaches an agent holds the employer, whoever gives a right holds the attachment: nobody does meanwhile.
    """
    rows = Organization.objects.select_for_update(no_key=True).filter(pk__in=(absorbed.pk, remaining.pk))
    held = {each.pk: each for each in rows.order_by("pk")}
    gone, stays = held[absorbed.pk], held[remaining.pk]
    check_may_merge(gone, stays)
    leaving = list(merging.people(gone).select_for_update(of=("self",), no_key=True))
    there = merging.already_there(gone, stays).select_for_update(of=("self",), no_key=True)
    return gone, stays, leaving, {each.agent_id: each for each in there}


def check_may_merge(absorbed: Organization, remaining: Organization) -> None:
    """Raise the refusal that stands against merging these two."""
    if OrganizationKind.CENTER in (absorbed.kind, remaining.kind):
        raise CentreStaysOpen
    if absorbed.pk == remaining.pk:
        raise WrongState("Un employeur ne fusionne pas avec lui-même : choisissez celui qui reste.")
    for each in (absorbed, remaining):
        if not each.active:
            raise WrongState(f"{each.name} : cet employeur est fermé. Rouvrez-le avant de le fusionner.")


def _moved(member: Membership, remaining: Organization, actor: Actor) -> Membership:
    """Return the attachment by which an agent goes on, as the former one stood: suspended, ended or not accepted."""
    return Membership(
        organization=remaining,
        created_at=clock.now(),
        created_by=actor.label[:200],
        **{name: getattr(member, name) for name in _KEPT},
    )


def _take_up(leaving: Iterable[Membership], there: dict[int, Membership]) -> None:
    """Let who is in both go on, where the remaining employer's attachment does not serve and the other does.

    It was not accepted yet, is past or not begun: the agent works there from now on. A suspension stays: it is that
    employer's own decision.
    """
    today = clock.today()
    changed = []
    for former in leaving:
        kept = there.get(former.agent_id)
        if kept is None or merging.serves(kept, today) or not merging.serves(former, today):
            continue
        kept.confirmed_at = kept.confirmed_at or former.confirmed_at
        kept.starts_on, kept.ends_on = min(kept.starts_on, former.starts_on), former.ends_on
        accounts.relabel(kept)
        changed.append(kept)
    Membership.objects.bulk_update(changed, [*_TAKEN_UP, *_SHOWN], batch_size=AT_ONCE)


def _follow(there: Collection[int]) -> list[Agent]:
    """Set the accounts of who was in both after what is left to them; return those that are suspended by it."""
    agents = Agent.objects.select_for_update(no_key=True).filter(pk__in=list(there)).order_by("pk")
    opened: dict[int, list[Membership]] = {agent: [] for agent in there}
    for each in Membership.objects.filter(agent__in=list(there), closed_at__isnull=True):
        opened[each.agent_id].append(each)
    changed = []
    for agent in agents:
        state = rules.account_state(agent, opened[agent.pk], clock.today())
        if state != agent.state:
            agent.state = state
            changed.append(agent)
    Agent.objects.bulk_update(changed, ["state"], batch_size=AT_ONCE)
    return [agent for agent in changed if agent.state == AgentState.SUSPENDED]


def _hand_over(gone: Organization, stays: Organization, actor: Actor) -> None:
    """Hang from the remaining employer what hung from the other, and close that one."""
    if _hangs_from(stays, gone):
        stays.parent_id = gone.parent_id
    attached = list(gone.attached.exclude(pk=stays.pk))
    gone.attached.exclude(pk=stays.pk).update(parent=stays)
    if stays.email_domains:  # none declared: every address is expected already
        stays.email_domains = list(dict.fromkeys([*stays.email_domains, *gone.email_domains]))
    stays.save(update_fields=["parent", "email_domains"])
    gone.active, gone.merged_into = False, stays
    gone.save(update_fields=["active", "merged_into"])
    moved = [(_about(each), {"fields": ["parent"]}) for each in attached]
    record_each(Action.ORGANIZATION_MODIFIED, moved, actor=actor)


def _hangs_from(organization: Organization, other: Organization) -> bool:
    above = organization.parent
    for _step in range(MAX_DEPTH):
        if above is None or above.pk == other.pk:
            break
        above = above.parent
    return above is not None


def _tell(done: Absorbed, leaving: Collection[Membership], *, reason: str, actor: Actor) -> None:
    gone, stays = done.absorbed, done.remaining
    names = {"former": gone.name, "new": stays.name}
    told = {**names, "agents": len(leaving), **({"reason": reason} if reason else {})}
    record(Action.ORGANIZATION_MERGED, actor=actor, about=_about(gone), **told)
    record(Action.ORGANIZATION_GREW, actor=actor, about=_about(stays), **told)
    record_each(Action.MEMBER_MOVED, ((_of(each, stays), names) for each in leaving), actor=actor)
    ended = ((_of(each, gone), {"warrant": "Fusion"}) for each in done.referents)
    record_each(Action.REFERENT_ENDED, ended, actor=actor)


def _of(member: Membership, organization: Organization) -> About:
    return About(subject_id=member.agent_id, subject_label=member.full_name, organization_id=organization.pk)


def _about(organization: Organization) -> About:
    return About(subject_label=organization.name, organization_id=organization.pk)
