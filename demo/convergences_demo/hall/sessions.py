"""An application's sessions: kept in this process, known by a cookie, and by the name that the portal gave them."""

import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

LONGEST_LIFE = 8 * 3600
MANY = 5000


@dataclass(frozen=True, slots=True)
class Person:
    """Who came, as the portal says. `told` is all that it said, by its own names, for the page that shows it."""

    subject: str
    name: str
    email: str = ""
    employer: str = ""
    siret: str = ""
    roles: tuple[str, ...] = ()
    told: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """A session. `portal_name` is how the portal will name it when it ends; `ends_at` when it does by itself."""

    person: Person
    portal_name: str
    ends_at: float
    form: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    details: tuple[tuple[str, str], ...] = ()

    def detail(self, name: str) -> str:
        """Return what the protocol wanted to be remembered."""
        return dict(self.details).get(name, "")


class Sessions:
    """All the sessions of one application."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: OrderedDict[str, Session] = OrderedDict()

    def open(self, session: Session) -> str:
        """Keep a session; return what its cookie holds."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._open[token] = session
            while len(self._open) > MANY:
                self._open.popitem(last=False)
        return token

    def find(self, token: str) -> Session | None:
        """Return the session of a cookie, unless it is over."""
        with self._lock:
            found = self._open.get(token)
            if found is not None and found.ends_at <= time.time():
                del self._open[token]
                return None
            return found

    def end(self, token: str) -> None:
        """Forget a session."""
        with self._lock:
            self._open.pop(token, None)

    def end_named(self, *names: str) -> int:
        """Forget the sessions that the portal names; return how many there were."""
        with self._lock:
            over = [token for token, session in self._open.items() if session.portal_name in names]
            for token in over:
                del self._open[token]
        return len(over)


class Ways:
    """Browsers on their way to the portal: each is known by a cookie, comes back once, and to its own page."""

    def __init__(self, life: float = 1800) -> None:
        self._lock = threading.Lock()
        self._life = life
        self._open: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def set_out(self, name: str, back_to: str) -> None:
        """Note that a browser leaves under this name."""
        with self._lock:
            self._open[name] = (time.time() + self._life, back_to)
            while len(self._open) > MANY:
                self._open.popitem(last=False)

    def come_back(self, name: str) -> str | None:
        """Return the page that a browser wanted, once; None when nobody left under this name, or too long ago."""
        with self._lock:
            until, back_to = self._open.pop(name, (0.0, ""))
        return back_to if until > time.time() else None
