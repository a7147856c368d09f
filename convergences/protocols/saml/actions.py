"""The words of SAML in the journal."""

from convergences.audit.words import Word


class Action(Word):
    """What happens to applications that speak SAML."""

    PROVIDER_CREATED = "saml.provider_created", "Application raccordée", "plug"
    PROVIDER_CHANGED = "saml.provider_changed", "Raccordement modifié", "settings"
    PROVIDER_REMOVED = "saml.provider_removed", "Raccordement supprimé", "plug"
    METADATA_READ = "saml.metadata_read", "Description de l’application relue", "refresh"
    KEY_ROTATED = "saml.key_rotated", "Clé de signature SAML renouvelée", "key"
    KEY_WITHDRAWN = "saml.key_withdrawn", "Clé de signature SAML retirée", "alert-triangle"
