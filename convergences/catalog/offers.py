"""One application as one employer is offered it: the dates, the seats, the pilots. Pure: it reads no table.

Rights (who may be given one) and admission (who may enter) both ask here, so that they cannot disagree.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from convergences.catalog.models import Application, Opening, Status, Subscription
from convergences.directory.models import Organization


@dataclass(frozen=True, slots=True)
class Contract:
    """An explicit subscription: from, until (included; None: no end), for so many agents (None: any number)."""

    starts_on: dt.date
    ends_on: dt.date | None = None
    seats: int | None = None

    def is_current(self, today: dt.date) -> bool:
        """Say whether the day is within the contract, its last day included."""
        return self.starts_on <= today and (self.ends_on is None or today <= self.ends_on)


@dataclass(frozen=True, slots=True)
class Offer:
    """What the catalogue offers an employer: `covered` by its affiliation, or by `contract`, from `opens_on`.

    `opens_on` is the employer's own wave when it has one, else the application's. `pilot` is about one agent.
    """

    status: str
    covered: bool
    opens_on: dt.date | None = None
    contract: Contract | None = None
    pilot: bool = False

    @classmethod
    def of(
        cls,
        application: Application,
        organization: Organization,
        *,
        subscription: Subscription | None,
        opening: Opening | None,
        pilot: bool,
    ) -> Self:
        """Return the offer that these rows make."""
        return cls(
            status=application.status,
            covered=covers(application.affiliations, organization.affiliation),
            opens_on=opening.opens_on if opening else application.opens_on,
            contract=Contract(subscription.starts_on, subscription.ends_on, subscription.seats)
            if subscription
            else None,
            pilot=pilot,
        )

    def is_subscribed(self, today: dt.date) -> bool:
        """A current contract, or an affiliation that is served without asking."""
        return self.covered or self._has_current_contract(today)

    def seat_limit(self, today: dt.date) -> int | None:
        """For how many agents the current contract is; None where nothing limits it."""
        return self.contract.seats if self.contract and self._has_current_contract(today) else None

    def is_withdrawn(self) -> bool:
        """Not shown yet (draft) or closed: for nobody."""
        return self.status in {Status.DRAFT, Status.CLOSED}

    def has_opened(self, today: dt.date) -> bool:
        """Its date has come, for this employer; pilots do not wait, and while on trial they alone enter."""
        if self.pilot:
            return True
        return self.status != Status.PILOT and (self.opens_on is None or self.opens_on <= today)

    def _has_current_contract(self, today: dt.date) -> bool:
        return self.contract is not None and self.contract.is_current(today)


def covers(affiliations: Collection[str], affiliation: str) -> bool:
    """Say whether employers of this affiliation are subscribed without asking."""
    return affiliation in affiliations
