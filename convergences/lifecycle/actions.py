"""The words of an agent's life in the journal, beside those of the rooms that it crosses."""

from convergences.audit.words import Word


class Action(Word):
    """What a référent does to help an agent in, or to protect their account."""

    PASSWORD_LINK_SENT = "lifecycle.password_link_sent", "Lien de mot de passe envoyé", "key"
    SESSIONS_CLOSED = "lifecycle.sessions_closed", "Sessions fermées par le référent", "logout"
