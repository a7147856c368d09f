"""The words of OpenID Connect in the journal."""

from convergences.audit.words import Word


class Action(Word):
    """What happens to clients and to what they were given."""

    CLIENT_CREATED = "oidc.client_created", "Application raccordée", "plug"
    CLIENT_CHANGED = "oidc.client_changed", "Raccordement modifié", "settings"
    SECRET_CHANGED = "oidc.secret_changed", "Secret de l’application remplacé", "key"
    CLIENT_REMOVED = "oidc.client_removed", "Raccordement supprimé", "plug"
    REGISTRATION_ALLOWED = "oidc.registration_allowed", "Application autorisée à se raccorder", "plug"
    REGISTRATION_FORBIDDEN = "oidc.registration_forbidden", "Application empêchée de se raccorder", "lock"
    SECRET_ADDED = "oidc.secret_added", "Secret de l’application ajouté", "key"
    SECRET_REMOVED = "oidc.secret_removed", "Secret de l’application retiré", "key"
    CONSENT_GIVEN = "oidc.consent_given", "Transmission de données acceptée", "check"
    CONSENT_WITHDRAWN = "oidc.consent_withdrawn", "Transmission de données retirée", "x"
    CODE_REPLAYED = "oidc.code_replayed", "Code d’accès présenté deux fois", "alert-triangle"
    REFRESH_REUSED = "oidc.refresh_reused", "Jeton d’accès présenté deux fois", "alert-triangle"
