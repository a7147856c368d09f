"""What the engineer's pages show of an application's connection: facts to tell, secrets, snippets, trials."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the application's own engineer must be told: `Émetteur`, `https://…`.

    `aside`: what most clients find by themselves.
    """

    label: str
    value: str
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Issued:
    """A secret, in clear, shown once; `handle` names it afterwards (`SecretLine`)."""

    label: str
    value: str
    handle: str = ""


@dataclass(frozen=True, slots=True)
class SecretLine:
    """A secret that we keep as a digest: `handle` names it in forms; `since` and `served` are days, in words.

    `served` is empty for one that never did.
    """

    handle: str
    since: str
    served: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """Settings ready to paste: `key` in addresses, `place` the file they go to, `note` what to do besides.

    Files of one client have the same `title`. `warning`: what must change here before this client can work. Both hold a
    sentence a line.
    """

    key: str
    title: str
    place: str
    text: str
    note: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Released:
    """A value that the application would receive, what decides it, and by which of its messages (`place`)."""

    name: str
    value: str
    why: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Withheld:
    """Something that the application would not receive, and why, in words."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What would be told of an agent to an application that admission lets them enter."""

    released: tuple[Released, ...]
    withheld: tuple[Withheld, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What an application says of itself, as it was read, and what of it an engineer should look after."""

    facts: tuple[Fact, ...] = ()
    warnings: tuple[str, ...] = ()
