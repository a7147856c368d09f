"""The words of CAS in the journal."""

from convergences.audit.words import Word


class Action(Word):
    """What happens to applications that speak CAS, and to their tickets."""

    SERVICE_CREATED = "cas.service_created", "Application raccordée", "plug"
    SERVICE_CHANGED = "cas.service_changed", "Raccordement modifié", "settings"
    SERVICE_REMOVED = "cas.service_removed", "Raccordement supprimé", "plug"
    TICKET_REPLAYED = "cas.ticket_replayed", "Ticket d’accès présenté deux fois", "alert-triangle"
