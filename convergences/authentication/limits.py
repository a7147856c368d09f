"""How many attempts, of what, by whom. The figures are CNIL 2022-100's (case « password and access restriction »)."""

import datetime as dt
import ipaddress
from dataclasses import dataclass

from convergences.foundations.sealing import keyed_digest

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
NEVER_ALONE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limit:
    """A rule for one kind of source.

    The `free`-th failure opens the first of `delays` (minutes), each further one the next; one failure is forgiven
    every `forgiven_every`. No more than `cap` within `window`.
    """

    use: str
    window: dt.timedelta
    cap: int
    free: int = NEVER_ALONE
    delays: tuple[int, ...] = ()
    forgiven_every: dt.timedelta = DAY

    def delay(self, failures: int) -> dt.timedelta:
        """Return how long to wait after that many failures."""
        if failures < self.free:
            return dt.timedelta(0)
        step = min(failures - self.free, len(self.delays) - 1)
        return dt.timedelta(minutes=self.delays[step])

    @property
    def most(self) -> int:
        """Failures beyond which counting further would change nothing."""
        return self.free + max(0, len(self.delays) - 1)


ACCOUNT = Limit("account", window=DAY, cap=25, free=5, delays=(2, 5, 15, 30, 60, 120), forgiven_every=6 * HOUR)
# A town hall is one address for hundreds of people: it takes far more failures to slow one down.
ADDRESS = Limit("address", window=DAY, cap=500, free=50, delays=(1, 2, 5, 15), forgiven_every=dt.timedelta(minutes=2))
# For one identifier, a window is as long as a mail serves: whoever asks in somebody's place leaves them one that does.
CODES = Limit("codes", window=HOUR, cap=5)
CODES_FIRST_VISIT = Limit("codes", window=HOUR / 2, cap=3)
# A town hall is one address: on the day that an application opens, hundreds make their first visit.
CODES_FROM_ADDRESS = Limit("codes from address", window=HOUR, cap=300)
CODES_FROM_BROWSER = Limit("codes from browser", window=HOUR, cap=30)
CODE_GUESSES = Limit("code guesses", window=DAY, cap=25)
# Three codes of a million are good at once: 25 guesses a day are 1 chance in 13,000.
SECOND_STEP = Limit("second step", window=DAY, cap=25, free=5, delays=(2, 5, 15, 30, 60, 120), forgiven_every=6 * HOUR)
SECOND_STEP_TOLD = Limit("second step told", window=DAY, cap=1)

# Each start writes to several people.
RECOVERIES = Limit("recoveries", window=DAY, cap=5)
RECOVERY_CODES = Limit("recovery codes", window=HOUR / 2, cap=5)
MAIL_CODES = Limit("mail codes", window=HOUR, cap=5)


@dataclass(frozen=True, slots=True)
class Source:
    """Whose attempts are counted, under which limit."""

    limit: Limit
    name: str

    @property
    def key(self) -> str:
        """The digest under which the counter is kept: the table tells nothing about who tried."""
        return keyed_digest(f"{self.limit.use}\n{self.name}", use="authentication/attempts")


def of_account(identifier: str) -> Source:
    """Return the source « anybody, on this identifier », known or not."""
    return Source(ACCOUNT, identifier)


def of_second_step(agent_id: int, *, limit: Limit = SECOND_STEP) -> Source:
    """Return the source « the second step of this agent », from any browser, session or kind of code."""
    return Source(limit, str(agent_id))


def of_known_browser(identifier: str, token_digest: str) -> Source:
    """Return the source « this browser that has signed in before, on this identifier »."""
    return Source(ACCOUNT, f"{identifier}\n{token_digest}")


def of_address(address: str, *, limit: Limit = ADDRESS) -> Source:
    """Return the source « this address »; the 2^64 addresses of one IPv6 network are one (RFC 6177)."""
    return Source(limit, network(address))


def network(address: str) -> str:
    """Return the address, or the /64 of an IPv6 one; what is no address stands for itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
