"""Acts on an agent's life: each is one transaction across the rooms that it touches, mail included."""

from convergences.lifecycle.services.answer import confirm, decline
from convergences.lifecycle.services.arrive import arrive, invite_again
from convergences.lifecycle.services.depart import depart, restore
from convergences.lifecycle.services.help import close_sessions, send_password_link
from convergences.lifecycle.services.modify import modify
from convergences.lifecycle.services.several import invite_several, suspend_several
from convergences.lifecycle.services.suspend import reactivate, suspend

__all__ = [
    "arrive",
    "close_sessions",
    "confirm",
    "decline",
    "depart",
    "invite_again",
    "invite_several",
    "modify",
    "reactivate",
    "restore",
    "send_password_link",
    "suspend",
    "suspend_several",
]
