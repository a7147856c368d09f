"""What may still answer, in plain Python, from DOMAIN (rule 2) and the chapter OpenID Connect, not from the product.

An access token lives ten minutes, a code one, a session ten hours and one without a word; `offline_access` thirty days,
beyond the session and never beyond the right. A code is used once: a replay revokes what it gave. A refresh token is
replaced at each use: another use than a lost answer asked again (thirty seconds, four times, its successor never shown)
ends the family. What the worker has told to end does not come back, whatever comes back afterwards. What an agent
agreed to and takes back is dead at once.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@dataclass(eq=False)
class Session:
    """A sign-in in one browser."""

    agent: int
    opened_at: dt.datetime
    sid: str
    seen_at: dt.datetime = field(init=False)
    ended: bool = False

    def __post_init__(self) -> None:
        self.seen_at = self.opened_at

    @property
    def over_at(self) -> dt.datetime:
        """The end that nothing moves."""
        return self.opened_at + 10 * HOUR

    def alive(self, now: dt.datetime) -> bool:
        """Not signed out, neither an hour without a word nor ten hours old."""
        return not self.ended and now < min(self.seen_at + HOUR, self.over_at)

    def used(self, now: dt.datetime) -> None:
        """Somebody works; it is written once a minute at most."""
        if now - self.seen_at >= MINUTE:
            self.seen_at = now


@dataclass(eq=False)
class Visit:
    """A session inside an application for one membership. `over`: why the worker has ended it, if it has."""

    session: Session
    membership: int
    application: int
    over: str = ""
    told: bool = False


# Whether a membership may be in an application at this instant: the oracle of admission, which reads the rows.
Right = Callable[[Visit], bool]


@dataclass(eq=False)
class Family:
    """All that descends from one code."""

    visit: Visit
    offline: bool
    until: dt.datetime
    revoked: bool = False

    def lives(self, now: dt.datetime, right: Right) -> bool:
        """The family stands at this instant."""
        if self.revoked or now >= self.until:
            return False
        if self.offline:
            return self.visit.over in {"", "session"} and right(self.visit)
        return stands(self.visit, now, right)


def stands(visit: Visit, now: dt.datetime, right: Right) -> bool:
    """Whether the visit goes on at this instant."""
    return not visit.over and visit.session.alive(now) and right(visit)


@dataclass(eq=False)
class Code:
    """An authorization code."""

    clear: str
    visit: Visit
    offline: bool
    given_at: dt.datetime
    family: Family | None = None
    withdrawn: bool = False

    def answers(self, now: dt.datetime, right: Right) -> bool:
        """Whether it would be exchanged now."""
        return (
            not self.withdrawn
            and self.family is None
            and now < self.given_at + MINUTE
            and stands(self.visit, now, right)
        )

    def exchanged(self, now: dt.datetime) -> Family:
        """It was: its family begins."""
        until = now + 30 * DAY if self.offline else self.visit.session.over_at
        self.family = Family(self.visit, self.offline, until)
        return self.family


@dataclass(eq=False)
class Access:
    """An access token."""

    clear: str
    family: Family
    given_at: dt.datetime
    given_back: bool = False

    def answers(self, now: dt.datetime, right: Right) -> bool:
        """Whether it is good now."""
        return not self.given_back and now < self.given_at + 10 * MINUTE and self.family.lives(now, right)


@dataclass(eq=False)
class Refresh:
    """A refresh token; `successor` once it was used."""

    clear: str
    family: Family
    used_at: dt.datetime | None = None
    uses: int = 0
    successor: "Refresh | None" = None

    def answers(self, now: dt.datetime, right: Right) -> bool:
        """Whether it would be renewed now."""
        return self.family.lives(now, right) and (self.used_at is None or self.lost(now))

    def lost(self, now: dt.datetime) -> bool:
        """Whether a second use looks like an answer that got lost."""
        if self.used_at is None or self.successor is None:
            return False
        return now - self.used_at <= dt.timedelta(seconds=30) and self.uses < 4 and self.successor.used_at is None

    def shown(self, now: dt.datetime, right: Right) -> bool:
        """It is presented: return whether it answers, and write what follows from it."""
        answers = self.answers(now, right)
        if self.used_at is not None and not self.lost(now):
            self.family.revoked = True
        if answers:
            self.used_at = self.used_at or now
            self.uses += 1
            if not self.family.offline:
                self.family.visit.session.used(now)
        return answers
