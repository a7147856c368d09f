"""The oracle: DOMAIN's sentence, read from the rows, one fact after the other, with nothing of the product's own rules.

Yes, if and only if all of: the agent is active; the membership is current; the organization is active; the
organization has a current subscription to the application and a free seat; the application is open for that
organization today (or the agent is a pilot); a current entitlement exists; the session is strong enough.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from convergences.admission.models import Visit
from convergences.authentication.models import Session
from convergences.catalog.models import Application, Opening, Pilot, Subscription
from convergences.directory.models import Agent, Membership, Organization
from convergences.entitlements.models import Entitlement

PARIS = ZoneInfo("Europe/Paris")


class Oracle:
    """Answers at the instant `now`, from the tables as they are."""

    now: dt.datetime

    @property
    def today(self) -> dt.date:
        """The day in Paris."""
        return self.now.astimezone(PARIS).date()

    def may_enter(self, agent: Agent, application: Application, organization: Organization) -> bool:
        """Yes if and only if all that DOMAIN says, but the strength of the session."""
        rows = Membership.objects.filter(agent=agent, organization=organization, closed_at=None)
        return any(self._stands(membership, application) for membership in rows)

    def is_strong(self, session: Session, application: Application) -> bool:
        """The session proved what the application asks, or its device did where that may do.

        Freshness is another test's: `test_step_up.py`.
        """
        asked, held = Application.objects.get(pk=application.pk), Session.objects.get(pk=session.pk)
        if asked.assurance == "password" or held.second_factor_at is not None:
            return True
        device = held.remembered_device_id is not None
        return {"second_factor": asked.remembers_devices and device, "fresh_second_factor": False}[asked.assurance]

    def visit_stands(self, visit: Visit) -> bool:
        """The visit's session lives, and its membership may still enter."""
        session = Session.objects.get(pk=visit.session_id)
        alive = session.ended_at is None and self.now < session.idle_at and self.now < session.expires_at
        membership = Membership.objects.get(pk=visit.membership_id)
        return alive and self._stands(membership, visit.application) and self.is_strong(session, visit.application)

    def _stands(self, membership: Membership, application: Application) -> bool:
        agent = Agent.objects.get(pk=membership.agent_id)
        employer = Organization.objects.get(pk=membership.organization_id)
        offered = Application.objects.get(pk=application.pk)
        return (
            agent.state == "active"
            and self._works_there(membership)
            and employer.active
            and self._is_open(offered, employer, agent)
            and self._is_entitled(membership, offered, self._seats(offered, employer))
        )

    def _works_there(self, membership: Membership) -> bool:
        if membership.closed_at or membership.suspended_at or not membership.confirmed_at:
            return False
        return membership.starts_on <= self.today <= (membership.ends_on or dt.date.max)

    def _is_open(self, offered: Application, employer: Organization, agent: Agent) -> bool:
        pilot = Pilot.objects.filter(application=offered, agent=agent).exists()
        if offered.status not in ("pilot", "open"):
            return False
        if pilot or offered.status == "pilot":
            return pilot
        wave = Opening.objects.filter(application=offered, organization=employer).first()
        day = wave.opens_on if wave else offered.opens_on
        return day is None or day <= self.today

    def _seats(self, offered: Application, employer: Organization) -> float | None:
        """How many seats there are: none without a subscription, any number where nothing limits them."""
        bought = Subscription.objects.filter(application=offered, organization=employer).first()
        if bought and bought.starts_on <= self.today <= (bought.ends_on or dt.date.max):
            return float("inf") if bought.seats is None else bought.seats
        return float("inf") if employer.affiliation in offered.affiliations else None

    def _is_entitled(self, membership: Membership, offered: Application, seats: float | None) -> bool:
        if seats is None:
            return False
        for right in Entitlement.objects.filter(membership=membership, application=offered, closed_at=None):
            current = right.starts_on <= self.today <= (right.ends_on or dt.date.max)
            seated = seats == float("inf") or (right.seat is not None and right.seat <= seats)
            if current and seated:
                return True
        return False
