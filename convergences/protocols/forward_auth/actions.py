"""The words of the reverse proxy check in the journal."""

from convergences.audit.words import Word


class Action(Word):
    """What happens to applications behind a server that asks us, and to the codes that lead to them."""

    GATE_CREATED = "forward_auth.gate_created", "Application raccordée", "plug"
    GATE_CHANGED = "forward_auth.gate_changed", "Raccordement modifié", "settings"
    GATE_REMOVED = "forward_auth.gate_removed", "Raccordement supprimé", "plug"
    HOP_REPLAYED = "forward_auth.hop_replayed", "Code de passage présenté deux fois", "alert-triangle"
    HOP_STRAYED = "forward_auth.hop_strayed", "Code de passage présenté par un autre navigateur", "alert-triangle"
