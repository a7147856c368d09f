"""« Réglages à coller »: this application's own settings, in the words of the clients it may be built with."""

from pathlib import Path
from urllib.parse import urlsplit

from convergences.protocols.saml import asking
from convergences.protocols.saml.metadata_in import Described
from convergences.protocols.saml.models import NameFormat, ServiceProvider
from convergences.protocols.saml.panel.snippets.values import mellon_path, values_of
from convergences.web.panels.facts import Snippet
from convergences.web.panels.snippets import quoting
from convergences.web.panels.snippets.kits import File, Filling, Kit, filled

_FOLDER = Path(__file__).parent
OUR_DESCRIPTION = "Notre description est sur la fiche : enregistrez-la sous /etc/apache2/saml/portail.xml."
MELLON = Kit(
    "Apache (mellon)",
    (File("mellon", "/etc/apache2/sites-available/…, dans le VirtualHost du site", quoting.apache),),
    (
        "Installez libapache2-mod-auth-mellon, puis a2enmod auth_mellon.",
        "Ce module demande toujours un nom d'une session (transient), et le reçoit : cochez l'adresse e-mail.",
        OUR_DESCRIPTION,
        "Relisez-la chaque jour (cron et curl), puis rechargez Apache : nos certificats y paraissent avant de servir.",
        "La clé, le certificat et la description du site se font par mellon_create_metadata ENTITYID https://SITE/mellon.",
        "Vérifiez par apache2ctl configtest, puis redémarrez Apache.",
    ),
)
SHIBBOLETH = Kit(
    "Shibboleth SP",
    (
        File("shibboleth2", "/etc/shibboleth/shibboleth2.xml, dans SPConfig", quoting.xml_text),
        File("shibboleth_map", "/etc/shibboleth/attribute-map.xml", quoting.xml_text),
        File("shibboleth_apache", "/etc/apache2/sites-available/…, dans le VirtualHost du site", quoting.apache),
    ),
    (
        "Installez libapache2-mod-shib, puis a2enmod shib.",
        "Les clés se font par shib-keygen -n sp-signing, puis -n sp-encrypt.",
        "Vérifiez par shibd -t, puis redémarrez shibd et Apache.",
    ),
)
SIMPLESAMLPHP = Kit(
    "SimpleSAMLphp",
    (
        File("simplesamlphp_sources", "config/authsources.php", quoting.php),
        File("simplesamlphp_idp", "metadata/saml20-idp-remote.php", quoting.php),
    ),
    (
        "Mettez la clé (portail.pem) et le certificat (portail.crt) du site dans cert/.",
        "Mieux que le second fichier : le module metarefresh relit notre description de lui-même.",
        "L'application appelle new SimpleSAML\\Auth\\Simple('portail'), puis requireAuth().",
    ),
)
DRUPAL = Kit(
    "Drupal (samlauth)",
    (
        File("drupal_yml", "portail/samlauth.authentication.yml, le temps de l'importer", quoting.yaml),
        File("drupal_drush", "À taper dans le dossier du site", quoting.shell),
    ),
    (
        "composer require drupal/samlauth (version 3.10 ou plus récente)",
        "Mettez la clé et le certificat du site dans cles/, hors de ce que le serveur web publie.",
        "Inscrivez-nous la description du site : elle est à /saml/metadata.",
        "Relisez nos certificats quand nous en changeons : ce module ne le fait pas de lui-même.",
    ),
)
SPRING = Kit(
    "Spring Security",
    (
        File("spring_yml", "src/main/resources/application.yml", quoting.spring),
        File("spring_java", "EntreeParLePortail.java, à côté de l'application", quoting.java),
    ),
    (
        "Ajoutez spring-security-saml2-service-provider (Spring Boot 3.1 ou plus récent) et le dépôt de Shibboleth.",
        "Mettez la clé et le certificat de l'application parmi ses ressources.",
        "Sa description est à /saml2/metadata/portail.",
        "Un droit retiré n'y ferme pas une session ouverte : elle dure trente minutes sans activité.",
    ),
)
KITS = (MELLON, SHIBBOLETH, SIMPLESAMLPHP, DRUPAL, SPRING)


def snippets(provider: ServiceProvider) -> tuple[Snippet, ...]:
    """Return the files to write, client by client."""
    values, flags = values_of(provider)
    filling = Filling(_FOLDER, values, flags)
    return tuple(snippet for kit in KITS for snippet in filled(kit, filling, _warnings(kit, provider)))


def _warnings(kit: Kit, provider: ServiceProvider) -> list[str]:
    """Return what must change here before this client can work."""
    found = []
    consumer = asking.default_consumer(Described.of(provider.described)).location
    if kit is MELLON and urlsplit(consumer).path != f"{mellon_path(consumer)}/postResponse":
        found.append("L'adresse de retour de mellon finit par /postResponse : donnez-nous la description qu'il publie.")
    if kit is SHIBBOLETH and not urlsplit(consumer).path.endswith("/Shibboleth.sso/SAML2/POST"):
        found.append("L'adresse de retour de Shibboleth finit par /Shibboleth.sso/SAML2/POST : donnez-nous la "
                     "description qu'il publie, à /Shibboleth.sso/Metadata.")  # fmt: skip
    if provider.name_id_format == NameFormat.TRANSIENT:
        found.append(
            "Le nom donné change à chaque session : sans une autre information, ce client ne reconnaît personne."
        )
    return found
