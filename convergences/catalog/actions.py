"""The catalogue's words in the journal."""

from convergences.audit.words import Word


class Action(Word):
    """What is done to applications and to those who may use them."""

    APPLICATION_DEFINED = "catalog.application_defined", "Application ajoutée au catalogue", "apps"
    APPLICATION_MODIFIED = "catalog.application_modified", "Application modifiée", "pencil"
    SUBSCRIPTION_SET = "catalog.subscription_set", "Abonnement enregistré", "file-text"
    SUBSCRIPTION_REMOVED = "catalog.subscription_removed", "Abonnement retiré", "x"
    OPENING_SET = "catalog.opening_set", "Date d’ouverture fixée", "calendar-event"
    OPENING_CLEARED = "catalog.opening_cleared", "Date d’ouverture retirée", "calendar-event"
    PILOT_ADDED = "catalog.pilot_added", "Pilote ajouté", "user-plus"
    PILOT_REMOVED = "catalog.pilot_removed", "Pilote retiré", "user"
