"""The words of authentication in the journal."""

from convergences.audit.words import Word


class Action(Word):
    """What happened to a way in."""

    SIGNED_IN = "authentication.signed_in", "Connexion", "login"
    SIGN_IN_FAILED = "authentication.sign_in_failed", "Essai de connexion sans succès", "alert-circle"
    SIGN_IN_BLOCKED = "authentication.sign_in_blocked", "Connexion suspendue après trop d’essais", "lock"
    SIGNED_OUT = "authentication.signed_out", "Déconnexion", "logout"
    SESSION_ENDED = "authentication.session_ended", "Session fermée", "logout"
    SESSIONS_ENDED = "authentication.sessions_ended", "Sessions fermées", "logout"
    CODE_SENT = "authentication.code_sent", "Code ou lien envoyé par e-mail", "mail"
    CODE_NOT_SENT = "authentication.code_not_sent", "Demande de code ou de lien sans objet", "mail"
    CODE_WRONG = "authentication.code_wrong", "Code saisi incorrect", "alert-circle"
    PASSWORD_SET = "authentication.password_set", "Mot de passe créé", "key"
    PASSWORD_CHANGED = "authentication.password_changed", "Mot de passe modifié", "key"
    PASSWORD_RESET = "authentication.password_reset", "Mot de passe réinitialisé", "key"
    PASSKEY_ADDED = "authentication.passkey_added", "Clé d’accès ajoutée", "fingerprint"
    PASSKEY_RENAMED = "authentication.passkey_renamed", "Clé d’accès renommée", "fingerprint"
    PASSKEY_REMOVED = "authentication.passkey_removed", "Clé d’accès retirée", "fingerprint"
    PASSKEY_REFUSED = "authentication.passkey_refused", "Clé d’accès non reconnue", "alert-circle"
    PASSKEY_FROZEN = "authentication.passkey_frozen", "Clé d’accès bloquée : elle semble copiée", "alert-circle"
    CHANGE_CONTESTED = "authentication.change_contested", "Changement contesté : « Ce n’est pas moi »", "shield-x"
