"""Un site en Python raccordé par CAS 3.0, avec python-cas : se connecter, savoir qui vient, se déconnecter."""

from cas import CASClient

PORTAL = "https://portail.example/cas/"


class Portal:
    """Le portail, pour une adresse de retour du site (celle que le portail connaît)."""

    def __init__(self, service: str, **options) -> None:
        self.client = CASClient(version=3, service_url=service, server_url=PORTAL, **options)

    def sign_in(self) -> str:
        """Renvoie l'adresse où conduire le navigateur."""
        return self.client.get_login_url()

    def receive(self, ticket: str) -> dict | None:
        """Renvoie qui vient, d'après le ticket du retour ; None si le ticket est refusé."""
        email, attributes, pgtiou = self.client.verify_ticket(ticket)
        return {"email": email, "attributes": attributes, "ticket": ticket, "pgtiou": pgtiou} if email else None

    def leaving(self, logout_request: str) -> list[str]:
        """Renvoie les tickets dont le portail demande de fermer la session (POST, champ logoutRequest)."""
        return [index.text for index in self.client.get_saml_slos(logout_request.encode()) or []]

    def sign_out(self, back: str) -> str:
        """Renvoie l'adresse qui déconnecte du portail, puis ramène au site."""
        return self.client.get_logout_url(back)
