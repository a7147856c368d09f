"""The words of OpenID Connect in the journal."""

from convergences.audit.words import Word


class Action(Word):
    """What happens to clients and to what they were given."""

    CLIENT_CREATED = "oidc.client_created", "Application raccordée", "plug"
    CLIENT_CHANGED = "oidc.client_changed", "Raccordement modifié", "settings"
    SECRET_CHANGED = "oidc.secret_changed", "Secret de l’application remplacé", "key"
    CONSENT_GIVEN = "oidc.consent_given", "Transmission de données acceptée", "check"
    CODE_REPLAYED = "oidc.code_replayed", "Code d’accès présenté deux fois", "alert-triangle"
    REFRESH_REUSED = "oidc.refresh_reused", "Jeton d’accès présenté deux fois", "alert-triangle"
