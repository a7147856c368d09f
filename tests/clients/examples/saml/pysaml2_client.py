"""Un site en Python raccordé par SAML 2.0, avec pysaml2 : se connecter, savoir qui vient, se déconnecter."""

from xml.etree import ElementTree

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, BINDING_SOAP
from saml2.client import Saml2Client
from saml2.config import SPConfig
from saml2.metadata import entity_descriptor

SITE = "https://site.example/saml"
FOLDER = "/etc/site/saml"

# pysaml2 récrit ce qu'il sort d'une enveloppe SOAP : sous les préfixes du portail, la signature tient.
ElementTree.register_namespace("samlp", "urn:oasis:names:tc:SAML:2.0:protocol")
ElementTree.register_namespace("saml", "urn:oasis:names:tc:SAML:2.0:assertion")
ElementTree.register_namespace("ds", "http://www.w3.org/2000/09/xmldsig#")

CONFIGURATION = {
    "entityid": f"{SITE}/description",
    "key_file": f"{FOLDER}/site.key",
    "cert_file": f"{FOLDER}/site.pem",
    # Les réponses sont chiffrées pour cette clé.
    "encryption_keypairs": [{"key_file": f"{FOLDER}/site.key", "cert_file": f"{FOLDER}/site.pem"}],
    # La description du portail, lue à https://portail.example/saml/metadata.
    "metadata": {"local": [f"{FOLDER}/portail.xml"]},
    "allow_unknown_attributes": True,
    "service": {
        "sp": {
            "endpoints": {
                "assertion_consumer_service": [(f"{SITE}/retour", BINDING_HTTP_POST)],
                "single_logout_service": [
                    (f"{SITE}/deconnexion", BINDING_HTTP_REDIRECT),
                    (f"{SITE}/deconnexion-par-le-portail", BINDING_SOAP),
                ],
            },
            "name_id_format": ["urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"],
            # Sans ces deux lignes, pysaml2 signe par SHA-1, que le portail refuse.
            "signing_algorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "digest_algorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
            "authn_requests_signed": True,
            "logout_requests_signed": True,
            "logout_responses_signed": True,
            "want_response_signed": True,
            "want_assertions_signed": True,
            # Nul n'entre par une réponse que ce site n'a pas demandée.
            "allow_unsolicited": False,
        }
    },
}


class Portal:
    """Le portail, tel que ce site lui parle."""

    def __init__(self, portal: str = "https://portail.example") -> None:
        self.entity = f"{portal}/saml/metadata"
        self.client = Saml2Client(config=SPConfig().load(CONFIGURATION))
        self.waiting: dict[str, str] = {}

    def description(self) -> str:
        """Renvoie la description de ce site, à donner au portail."""
        return str(entity_descriptor(self.client.config))

    def sign_in(self, page: str, binding: str = BINDING_HTTP_REDIRECT) -> dict:
        """Renvoie de quoi conduire le navigateur : une adresse (headers), ou une page (data)."""
        number, sent = self.client.prepare_for_authenticate(self.entity, relay_state=page, binding=binding)
        self.waiting[number] = page
        return sent

    def receive(self, answer: str) -> dict:
        """Renvoie qui vient ; lève une exception si la réponse n'est pas pour ce site, ou n'est pas attendue."""
        said = self.client.parse_authn_request_response(answer, BINDING_HTTP_POST, self.waiting)
        self.waiting.pop(said.in_response_to, None)
        return {"name": said.name_id, "attributes": said.ava, "page": said.came_from}

    def told(self, envelope: str) -> tuple[str, str]:
        """Renvoie qui est parti (POST du portail, en SOAP), et ce qu'il faut lui répondre."""
        asked = self.client.parse_logout_request(envelope, BINDING_SOAP)
        answer = self.client.create_logout_response(asked.message, [BINDING_SOAP], sign=True)
        return asked.message.name_id.text, self.client.apply_binding(BINDING_SOAP, answer, "", sign=False)["data"]

    def sign_out(self, name) -> str:
        """Renvoie l'adresse qui déconnecte du portail ; le navigateur revient ensuite à /deconnexion."""
        sent = self.client.do_logout(
            name, [self.entity], reason="", expire=None, sign=True, expected_binding=BINDING_HTTP_REDIRECT
        )
        _binding, message = sent[self.entity]
        return dict(message["headers"])["Location"]
