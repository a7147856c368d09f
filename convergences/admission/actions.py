"""The words of admission in the journal."""

from convergences.audit.words import Word


class Action(Word):
    """Entering applications."""

    APPLICATION_ENTERED = "admission.application_entered", "Application ouverte", "apps"
    EMPLOYER_CHOSEN = "admission.employer_chosen", "Employeur choisi pour une application", "building-community"
    ACCESS_TRIED = "admission.access_tried", "Essai d’accès", "search"
    APPLICATION_NOT_TOLD = "admission.application_not_told", "Déconnexion non transmise", "alert-triangle"
