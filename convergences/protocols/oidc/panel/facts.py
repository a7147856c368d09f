"""What the application's own engineer must be told, each value ready to be copied."""

from django.conf import settings
from django.urls import reverse

from convergences.protocols.oidc.models import AuthenticationMethod, Client
from convergences.web.panels.facts import Fact


def facts_of(client: Client) -> list[Fact]:
    """Return where the portal is, what the client is called, and what it may ask: only what its grants call for."""
    agents = "authorization_code" in client.grant_types
    addresses = [("Point d’autorisation", "authorize")] if agents else []
    addresses += [("Point d’émission des jetons", "token")]
    addresses += [("Informations sur l’agent (userinfo)", "userinfo")] if agents else []
    addresses += [("Clés de signature (JWKS)", "jwks")]
    addresses += [("Déconnexion", "logout")] if agents else []
    found = [
        Fact("Émetteur (issuer)", settings.BASE_URL),
        Fact("Découverte automatique", _address("configuration")),
        Fact("Identifiant du client (client_id)", client.client_id),
        Fact("Preuve d’identité", AuthenticationMethod(client.token_endpoint_auth_method).value),
        Fact("Portées (scope)", client.scope),
    ]
    if agents:
        found.append(Fact("PKCE (S256)", "Exigée à chaque entrée" if client.needs_pkce else "Acceptée, non exigée"))
    found += [Fact("Adresse de retour", uri) for uri in client.redirect_uris]
    found += [Fact(label, _address(name), aside=True) for label, name in addresses]
    return [fact for fact in found if fact.value]


def _address(name: str) -> str:
    return settings.BASE_URL + reverse(f"oidc:{name}")
