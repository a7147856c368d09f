"""The settings of RFC 7591 as the guided form says them: a label, a sentence of help, and the choices."""

from convergences.protocols.oidc import jose, metadata
from convergences.protocols.oidc.models import AuthenticationMethod, Pkce

WEB, BROWSER, MACHINE = "web", "browser", "machine"
KINDS = (
    (
        WEB,
        (
            "Application web avec serveur\nLe cas courant : un serveur affiche les pages et garde un secret. "
            "L’agent s’identifie au portail, le serveur reçoit qui il est."
        ),
    ),
    (
        BROWSER,
        (
            "Application dans le navigateur ou sur un téléphone\nTout son code est chez l’agent : elle ne peut garder "
            "aucun secret. Chaque entrée est protégée par PKCE, toujours exigé."
        ),
    ),
    (
        MACHINE,
        (
            "Machine, sans personne devant l’écran\nUn traitement qui appelle d’autres services en son propre nom. "
            "Aucune donnée d’agent ne lui est transmise."
        ),
    ),
)
METHODS = (
    ("", "Selon le genre d’application (recommandé)"),
    (AuthenticationMethod.BASIC.value, "Un secret, dans l’en-tête (client_secret_basic)"),
    (AuthenticationMethod.POST.value, "Un secret, dans le formulaire (client_secret_post)"),
    (AuthenticationMethod.PRIVATE_KEY.value, "Sa propre clé, sans secret (private_key_jwt)"),
)
OURS = tuple((name, f"{name} (recommandé)" if name == "ES256" else name) for name in metadata.SIGNING_ALGORITHMS)
PLAIN_OR_SIGNED = (
    ("", "En JSON, sans signature (recommandé)"),
    *((name, name) for name in metadata.SIGNING_ALGORITHMS),
)
OPAQUE_OR_SIGNED = (
    ("", "Opaques : l’application nous interroge (recommandé)"),
    *((name, f"Signés par {name}") for name in metadata.SIGNING_ALGORITHMS),
)
THEIRS = (("", "Non exigée"), *((name, name) for name in jose.THEIRS))
PKCE = (
    (Pkce.REQUIRED.value, "Exigée à chaque entrée (recommandé)"),
    (Pkce.OPTIONAL.value, "Acceptée, non exigée"),
)
SUBJECTS = (
    ("public", "Le même pour toutes les applications (public)"),
    ("pairwise", "Propre à cette application (pairwise)"),
)

LABELS: dict[str, tuple[str, str]] = {
    "redirect_uris": (
        "Adresses de retour",
        (
            "Où le portail ramène l’agent. Une par ligne, à la lettre près. Dans la documentation de l’application : "
            "« redirect URI » ou « callback »."
        ),
    ),
    "post_logout_redirect_uris": (
        "Adresses après déconnexion",
        "Où l’application peut ramener l’agent une fois déconnecté. Une par ligne.",
    ),
    "backchannel_logout_uri": (
        "Adresse à prévenir d’une déconnexion",
        (
            "Le portail y annonce, de serveur à serveur, qu’une session ou un droit est terminé. Dans la "
            "documentation de l’application : « back-channel logout »."
        ),
    ),
    "client_id": (
        "Identifiant du client (client_id)",
        (
            "Vide : l’identifiant court de l’application. Le changer coupe l’application tant qu’elle ne connaît "
            "pas le nouveau."
        ),
    ),
    "scope": (
        "Ce qu’elle peut demander (scope)",
        (
            "Vide : d’après les informations cochées sur sa fiche. Pour une machine, ses propres mots, par exemple "
            "payroll.read."
        ),
    ),
    "token_endpoint_auth_method": (
        "Comment elle prouve qui elle est (token_endpoint_auth_method)",
        "Choisir sa propre clé retire ses secrets.",
    ),
    "pkce": (
        "Protection de chaque entrée par PKCE, S256 (pkce)",
        (
            "Un code d’entrée détourné ne sert alors à personne. Ne la rendez facultative que si l’application ne la "
            "connaît pas : elle reviendrait du portail avec l’erreur invalid_request."
        ),
    ),
    "frontchannel_logout_uri": (
        "Page de déconnexion dans le navigateur (frontchannel_logout_uri)",
        "À défaut d’une adresse à prévenir de serveur à serveur, qui reste préférable.",
    ),
    "id_token_signed_response_alg": ("Signature du jeton d’identité (id_token_signed_response_alg)", ""),
    "userinfo_signed_response_alg": ("Réponse de userinfo (userinfo_signed_response_alg)", ""),
    "access_token_signed_response_alg": (
        "Jetons d’accès de la machine (access_token_signed_response_alg)",
        "Un jeton signé vaut jusqu’à son expiration, quoi qu’il arrive entre-temps.",
    ),
    "subject_type": (
        "Identifiant de l’agent (subject_type)",
        "Ne change plus une fois que des agents sont entrés.",
    ),
    "sector_identifier_uri": (
        "Adresse du secteur (sector_identifier_uri)",
        "Pour un identifiant propre à plusieurs hôtes d’une même application.",
    ),
    "jwks": (
        "Clés publiques de l’application (jwks)",
        "Un objet JSON dont « keys » est une liste. Jamais une clé privée.",
    ),
    "jwks_uri": ("Adresse de ses clés publiques (jwks_uri)", "Au lieu de donner les clés ci-dessus."),
    "request_object_signing_alg": ("Signature exigée des demandes (request_object_signing_alg)", ""),
    "request_uris": (
        "Adresses de ses demandes signées (request_uris)",
        "Les seules que le portail ira lire. Une par ligne.",
    ),
    "resources": (
        "Adresses de sa propre API (resources)",
        "Pour lesquelles d’autres demandent un jeton. Une par ligne.",
    ),
    "allowed_resources": (
        "API qu’elle peut appeler (allowed_resources)",
        "Les adresses d’API d’autres applications pour lesquelles sa machine demande un jeton. Une par ligne.",
    ),
    "require_pushed_authorization_requests": (
        "N’accepter que les demandes déposées (require_pushed_authorization_requests)",
        "",
    ),
    "dpop_bound_access_tokens": ("Lier les jetons à sa clé, DPoP (dpop_bound_access_tokens)", ""),
    "consent_required": (
        "Demander son accord à l’agent (consent_required)",
        "Une fois, avant de transmettre ses informations.",
    ),
}
EXPERT = tuple(
    name for name in LABELS if name not in {"redirect_uris", "post_logout_redirect_uris", "backchannel_logout_uri"}
)
