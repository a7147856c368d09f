"""The journal's words for what operators do to the installation itself."""

from convergences.audit.words import Word


class Action(Word):
    """Acts of the command line, and readings of the journal that leave the house."""

    KEY_ROTATED = "operations.key_rotated", "Clé de signature renouvelée", "key"
    KEY_WITHDRAWN = "operations.key_withdrawn", "Clé de signature retirée d’urgence", "key"
    KEYS_RESEALED = "operations.keys_resealed", "Clés chiffrées sous le nouveau secret", "lock"
    JOURNAL_PURGED = "operations.journal_purged", "Journal purgé au terme de sa conservation", "history"
    JOURNAL_EXPORTED = "operations.journal_exported", "Journal exporté", "download"
