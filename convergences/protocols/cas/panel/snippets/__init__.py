"""« Réglages à coller »: this application's own settings, in the words of the clients it may be built with."""

from pathlib import Path

from convergences.protocols.cas import addresses
from convergences.protocols.cas.models import RegisteredService
from convergences.protocols.cas.panel.snippets.values import values_of
from convergences.web.panels.facts import Snippet
from convergences.web.panels.snippets import quoting
from convergences.web.panels.snippets.kits import File, Filling, Kit, filled

_FOLDER = Path(__file__).parent
APACHE = Kit(
    "Apache (mod_auth_cas)",
    (File("mod_auth_cas", "/etc/apache2/sites-available/…, autour du VirtualHost du site", quoting.apache),),
    (
        "Installez libapache2-mod-auth-cas, puis a2enmod auth_cas.",
        "Vérifiez par apache2ctl configtest, puis redémarrez Apache.",
        "Le portail doit être servi en https, par une autorité que cette machine connaît.",
        "Pour se déconnecter, l'application mène à l'adresse de déconnexion du portail.",
    ),
)
SPRING = Kit(
    "Spring Security",
    (File("spring_java", "EntreeParLePortail.java, à côté de l'application", quoting.java),),
    (
        "Ajoutez spring-security-cas (Spring Security 6).",
        "Les comptes se créent à l'entrée, avec les rôles donnés par les référents.",
        "Pour se déconnecter, l'application envoie un formulaire à /logout.",
    ),
)
PHP = Kit(
    "PHP (phpCAS)",
    (File("phpcas", "portail.php, inclus en tête de chaque page", quoting.php),),
    (
        "composer require apereo/phpcas (1.6 ou plus récent)",
        "Le portail doit être servi en https : phpCAS ne connaît que lui.",
        "Pour se déconnecter, l'application envoie à une de ses pages un formulaire dont un champ se nomme sortir.",
    ),
)
TOMCAT = Kit(
    "Tomcat (client CAS pour Java)",
    (File("tomcat", "WEB-INF/web.xml, avec ce qu'il contient déjà", quoting.xml_text),),
    (
        "Ajoutez cas-client-core 4 (org.apereo.cas.client) et slf4j-api 2 aux bibliothèques de l'application.",
        "Avec Tomcat 9 ou plus ancien, prenez la version 3.6 : les classes y sont sous org.jasig.cas.client.",
        "Pour se déconnecter, l'application ferme sa session et mène à l'adresse de déconnexion du portail.",
    ),
)
DJANGO = Kit(
    "Django (python-cas)",
    (File("django_views", 'portail.py, inclus dans urls.py : path("", include("portail"))', quoting.python),),
    (
        "Installez python-cas.",
        "L'application envoie l'agent à l'adresse de retour ; pour sortir, elle envoie un formulaire à /sortir.",
        "Avec plusieurs serveurs, le cache de Django doit leur être commun : il retient quelle session fermer.",
    ),
)
KITS = (APACHE, SPRING, PHP, TOMCAT, DJANGO)
# These come back at the very page that was asked for.
_AT_ANY_PAGE = frozenset({APACHE.title, PHP.title})
_EXACT_ONLY = (
    "Ce client revient à la page demandée, quelle qu'elle soit : inscrivez toute l'application, en finissant par /*."
)


def snippets(service: RegisteredService) -> tuple[Snippet, ...]:
    """Return the files to write, client by client."""
    values, flags = values_of(service)
    filling = Filling(_FOLDER, values, flags)
    lost = (_EXACT_ONLY,) if not any(each.endswith(addresses.WILD) for each in service.services) else ()
    return tuple(snippet for kit in KITS for snippet in filled(kit, filling, lost if kit.title in _AT_ANY_PAGE else ()))
