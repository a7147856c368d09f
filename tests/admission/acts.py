"""What may happen in the world: one function an act, which reads small numbers as it needs (who, what, how many)."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from convergences.admission import services as admission
from convergences.admission.decisions import Enter
from convergences.audit.services import SYSTEM
from convergences.authentication.models import RememberedDevice, Session
from convergences.catalog.models import Application, Opening, Pilot, Subscription
from convergences.directory.models import Agent, Membership, Organization
from convergences.entitlements import services as entitlements
from convergences.entitlements.models import Entitlement
from convergences.entitlements.services import Terms
from convergences.foundations.errors import Refusal
from tests.cast import LONG_AGO, join

if TYPE_CHECKING:
    from tests.admission.world import World

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """One act: its name, and small numbers that each act reads as it needs (who, what, how many)."""

    act: str
    who: int = 0
    what: int = 0
    n: int = 0


def _member(world: "World", step: Step) -> Membership:
    return Membership.objects.select_related("agent", "organization").get(
        pk=world.memberships[step.who % len(world.memberships)].pk
    )


def _application(world: "World", step: Step) -> Application:
    return world.applications[step.what % len(world.applications)]


def _right(world: "World", step: Step) -> Entitlement | None:
    rows = Entitlement.objects.filter(membership=_member(world, step), application=_application(world, step))
    return rows.filter(closed_at=None).first()


def _toggle(rows: Any, name: str, on: object, off: object) -> None:
    row = rows.get()
    setattr(row, name, off if getattr(row, name) == on or (off is None and getattr(row, name)) else on)
    row.save(update_fields=[name])


def _terms(world: "World", step: Step) -> Terms:
    ends_on = None if step.n == 0 else world.today + (step.n - 1) * DAY
    return Terms(roles=("reader",) if step.n % 2 else ("manager",), ends_on=ends_on)


def grant(world: "World", step: Step) -> None:
    """The operator gives a right, for `n` days or for ever."""
    terms = _terms(world, step)
    entitlements.grant(_member(world, step), _application(world, step), terms=terms, giver=None, actor=SYSTEM)


def change(world: "World", step: Step) -> None:
    """The operator changes a right."""
    right = _right(world, step)
    if right:
        entitlements.change(right, terms=_terms(world, step), giver=None, actor=SYSTEM)


def revoke(world: "World", step: Step) -> None:
    """The operator removes a right."""
    right = _right(world, step)
    if right:
        entitlements.revoke(right, giver=None, actor=SYSTEM)


def subscribe(world: "World", step: Step) -> None:
    """An explicit subscription is bought or changed: `n` seats (5: any), from yesterday, for ever or until today."""
    row, _ = Subscription.objects.update_or_create(
        organization=world.organizations[step.who % 2],
        application=_application(world, step),
        defaults={
            "seats": None if step.n == 5 else step.n,
            "starts_on": world.today - DAY,
            "ends_on": world.today if step.n % 2 else None,
        },
    )
    if step.who % 3:  # sometimes nobody calls it: then rights above the limit are refused all the same
        entitlements.assign_seats(row)


def unsubscribe(world: "World", step: Step) -> None:
    """The explicit subscription ended yesterday, ends today, or begins tomorrow only."""
    first, last = [(-2, -1), (-1, 0), (1, None)][step.n % 3]
    rows = Subscription.objects.filter(
        organization=world.organizations[step.who % 2], application=_application(world, step)
    )
    rows.update(starts_on=world.today + first * DAY, ends_on=None if last is None else world.today + last * DAY)


def set_affiliations(world: "World", step: Step) -> None:
    """The application is served without asking to more, or fewer, kinds of employers."""
    served = ([], ["affiliated"], ["subscriber"], ["affiliated", "subscriber"])[step.n % 4]
    Application.objects.filter(pk=_application(world, step).pk).update(affiliations=served)


def open_on(world: "World", step: Step) -> None:
    """The application opens in a few days, for everybody or for one employer's wave."""
    day = world.today + (step.n - 2) * DAY
    offered = _application(world, step)
    if step.who % 2:
        Application.objects.filter(pk=offered.pk).update(opens_on=None if step.n == 0 else day)
        return
    employer = world.organizations[step.who // 2 % 2]
    Opening.objects.update_or_create(application=offered, organization=employer, defaults={"opens_on": day})


def set_status(world: "World", step: Step) -> None:
    """The application is open, on trial, a draft, or closed; most often open."""
    status = ("open", "open", "open", "pilot", "draft", "closed")[step.n % 6]
    Application.objects.filter(pk=_application(world, step).pk).update(status=status)


def pilot(world: "World", step: Step) -> None:
    """The agent becomes a pilot, or is no longer one."""
    key = {"application": _application(world, step), "agent": _member(world, step).agent}
    if not Pilot.objects.get_or_create(**key)[1]:
        Pilot.objects.filter(**key).delete()


def suspend(world: "World", step: Step) -> None:
    """The employer suspends or takes back its agent."""
    _toggle(Membership.objects.filter(pk=_member(world, step).pk), "suspended_at", world.now, None)


def set_agent_state(world: "World", step: Step) -> None:
    """The account is suspended, deleted, invited; most often active."""
    state = ("active", "active", "active", "suspended", "deleted", "invited")[step.n % 6]
    Agent.objects.filter(pk=_member(world, step).agent_id).update(state=state)


def date_membership(world: "World", step: Step) -> None:
    """The membership gets a last day, a first day to come, or none."""
    fields = {"starts_on": LONG_AGO, "ends_on": world.today + (step.n - 1) * DAY if step.n else None}
    if step.n == 5:
        fields = {"starts_on": world.today + DAY, "ends_on": None}
    Membership.objects.filter(pk=_member(world, step).pk).update(**fields)


def confirm(world: "World", step: Step) -> None:
    """The attachment waits for the agent, or is accepted."""
    _toggle(Membership.objects.filter(pk=_member(world, step).pk), "confirmed_at", world.now, None)


def leave_employer(world: "World", step: Step) -> None:
    """The membership is closed; one in two comes back by a new one, without rights."""
    membership = _member(world, step)
    if membership.closed_at:
        return
    Membership.objects.filter(pk=membership.pk).update(closed_at=world.now)
    if step.n % 2:
        world.memberships.append(join(membership.agent, membership.organization))


def deactivate(world: "World", step: Step) -> None:
    """The employer leaves the portal, or comes back."""
    _toggle(Organization.objects.filter(pk=world.organizations[step.who % 2].pk), "active", on=True, off=False)


def strengthen(world: "World", step: Step) -> None:
    """The application asks for a second factor, or for a password only."""
    _toggle(Application.objects.filter(pk=_application(world, step).pk), "assurance", "second_factor", "password")


def sign_in_again(world: "World", step: Step) -> None:
    """The agent signs in again, with or without a second factor."""
    world.sign_in(_member(world, step).agent, second_factor=bool(step.n % 2))


def sign_in_on_a_device(world: "World", step: Step) -> None:
    """The agent signs in by a password, in a browser that they asked us to remember."""
    session = world.sign_in(_member(world, step).agent)
    session.remembered_device = RememberedDevice.objects.create(
        agent=session.agent,
        token_digest=session.token_digest,
        created_at=world.now,
        last_used_at=world.now,
        expires_at=world.now + 30 * DAY,
    )
    session.save(update_fields=["remembered_device"])


def end_device(world: "World", step: Step) -> None:
    """The agent no longer trusts a device."""
    agent = _member(world, step).agent
    RememberedDevice.objects.filter(agent=agent).update(ended_at=world.now)
    Session.objects.filter(agent=agent).update(remembered_device=None)


def distrust_devices(world: "World", step: Step) -> None:
    """The application accepts remembered devices, or no longer does."""
    _toggle(Application.objects.filter(pk=_application(world, step).pk), "remembers_devices", on=True, off=False)


def end_session(world: "World", step: Step) -> None:
    """The agent signs out, or leaves the session idle."""
    rows = Session.objects.filter(pk=world.sessions[_member(world, step).agent_id].pk)
    rows.update(**({"ended_at": world.now} if step.n % 2 else {"idle_at": world.now}))


def enter(world: "World", step: Step) -> None:
    """The agent opens the application, when admission lets them in."""
    membership, offered = _member(world, step), _application(world, step)
    session = Session.objects.select_related("agent").get(pk=world.sessions[membership.agent_id].pk)
    decision = admission.decide_for_session(session, offered, organization=membership.organization)
    if isinstance(decision, Enter):
        admission.enter(session, offered, decision.membership, protocol=offered.protocol, actor=SYSTEM)


def wait(world: "World", step: Step) -> None:
    """Time passes: minutes to midnight, or days."""
    world.now += step.n * DAY if step.n else dt.timedelta(minutes=45)


def close_expired(world: "World", _step: Step) -> None:
    """The worker makes its round."""
    entitlements.close_expired(world.now)


def request_ends(world: "World", _step: Step) -> None:
    """The worker tells applications of the visits that must end."""
    admission.request_ends(world.now)


def _refused_in_silence(act: Callable[["World", Step], None]) -> Callable[["World", Step], None]:
    def done(world: "World", step: Step) -> None:
        try:
            act(world, step)
        except Refusal:
            return

    return done


ACTS = {
    act.__name__: _refused_in_silence(act)
    for act in (
        grant, change, revoke, subscribe, unsubscribe,
        set_affiliations, open_on, set_status, pilot, suspend, set_agent_state,
        date_membership, confirm, leave_employer, deactivate, strengthen, sign_in_again,
        sign_in_on_a_device, end_device, distrust_devices, end_session, enter, wait,
        close_expired, request_ends,
    )
}  # fmt: skip
# Rights are given and applications entered more often than anything else happens, or nothing would be left to cut.
_LIKELY = ["grant"] * 2 + ["enter"] * 2 + ["wait"] + sorted(ACTS)
_SMALL = st.integers(min_value=0, max_value=5)
STEPS = st.lists(
    st.builds(Step, act=st.sampled_from(_LIKELY), who=_SMALL, what=_SMALL, n=_SMALL), min_size=1, max_size=20
)
