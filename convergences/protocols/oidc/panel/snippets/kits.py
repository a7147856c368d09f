"""The clients that applications are most often built with: their files, what they can do, and what to do besides."""

from collections.abc import Callable
from dataclasses import dataclass

from convergences.protocols.oidc.models import AuthenticationMethod
from convergences.protocols.oidc.panel.snippets.values import Told
from convergences.web.panels.snippets import quoting
from convergences.web.panels.snippets.kits import File

BASIC, POST = AuthenticationMethod.BASIC, AuthenticationMethod.POST
PRIVATE_KEY, NONE = AuthenticationMethod.PRIVATE_KEY, AuthenticationMethod.NONE
GIVEN_APART = (
    "Donnez le secret au serveur par la variable SECRET_DU_PORTAIL : il n'est écrit dans aucun de ces fichiers."
)


@dataclass(frozen=True, slots=True)
class Kit:
    """A client of others: `methods` and `algorithms` it knows, where it expects to be told of a sign-out."""

    title: str
    files: tuple[File, ...]
    methods: frozenset[str]
    algorithms: frozenset[str]
    notes: tuple[str, ...]
    told_at: Callable[[Told], str] | None = None
    plain_userinfo: bool = False
    pushes: bool = False
    challenges: bool = True


def _of_apache(told: Told) -> str:
    address = told.text("redirect_uri")
    return f"{address}{'&' if '?' in address else '?'}logout=backchannel"


def _of_spring(told: Told) -> str:
    return f"{told.text('origin')}/logout/connect/back-channel/{told.text('registration')}"


def _under(path: str) -> Callable[[Told], str]:
    return lambda told: told.client.backchannel_logout_uri or f"{told.text('origin')}{path}"


APACHE = Kit(
    "Apache (mod_auth_openidc)",
    (File("mod_auth_openidc", "/etc/apache2/sites-available/…, dans le VirtualHost du site", quoting.apache),),
    frozenset({BASIC, POST, PRIVATE_KEY, NONE}),
    frozenset({"ES256", "RS256"}),
    (
        "Installez libapache2-mod-auth-openidc, puis a2enmod auth_openidc.",
        "Donnez les deux secrets dans /etc/apache2/envvars, lisible par root seul ; celui des sessions est à inventer.",
        "Vérifiez par apache2ctl configtest, puis redémarrez Apache.",
        "Pour se déconnecter, l'application mène à l'adresse de retour suivie de ?logout= et d'une adresse permise.",
    ),
    _of_apache,
)
SPRING = Kit(
    "Spring Security",
    (
        File("spring_yml", "src/main/resources/application.yml", quoting.spring),
        File("spring_java", "EntreeParLePortail.java, à côté de l'application", quoting.java),
    ),
    frozenset({BASIC, POST, NONE}),
    frozenset({"RS256"}),
    (
        "Ajoutez spring-boot-starter-oauth2-client (Spring Security 6.4 ou plus récent).",
        GIVEN_APART,
        "Pour se déconnecter, l'application envoie un formulaire à /logout.",
    ),
    _of_spring,
    plain_userinfo=True,
)
DRUPAL = Kit(
    "Drupal (openid_connect)",
    (
        File(
            "drupal_yml",
            "portail/openid_connect.client.….yml, dans le dossier du site, le temps de l'importer",
            quoting.yaml,
        ),
        File("drupal_drush", "À taper dans le dossier du site", quoting.shell),
    ),
    frozenset({POST}),
    frozenset({"ES256", "RS256", "EdDSA"}),
    (
        "Nommez le fichier openid_connect.client. suivi de son id, puis .yml.",
        GIVEN_APART,
        "La déconnexion de Drupal passe par le portail ; l'inverse n'est pas vrai, ce module n'écoute aucune annonce.",
        "Une session de Drupal reste donc ouverte quand le portail se ferme : réglez une durée de session courte.",
    ),
    plain_userinfo=True,
    challenges=False,
)
DJANGO = Kit(
    "Django (Authlib)",
    (
        File("django_settings", "settings.py", quoting.python),
        File("django_views", 'portail.py, inclus dans urls.py : path("", include("portail"))', quoting.python),
    ),
    frozenset({BASIC, POST, NONE}),
    frozenset({"ES256", "RS256", "EdDSA"}),
    (
        "Installez Authlib et requests.",
        GIVEN_APART,
        "L'application envoie l'agent à /entrer ; pour se déconnecter, elle envoie un formulaire à /sortir.",
        "Avec plusieurs serveurs, le cache de Django doit leur être commun : il retient quelle session fermer.",
    ),
    _under("/annonce"),
    plain_userinfo=True,
)
EXPRESS = Kit(
    "Express (express-openid-connect)",
    (File("express", "app.js", quoting.javascript),),
    frozenset({BASIC, POST, PRIVATE_KEY}),
    frozenset({"ES256", "RS256", "EdDSA"}),
    (
        "npm install express express-openid-connect memorystore",
        GIVEN_APART,
        "SECRET_DES_SESSIONS est à inventer : 32 caractères au moins.",
        "memorystore ne vaut que pour un seul processus ; avec plusieurs, prenez un magasin commun (connect-redis).",
        "Pour se déconnecter, l'application mène à /logout.",
    ),
    _under("/annonce"),
    pushes=True,
)
PHP = Kit(
    "PHP (jumbojett/openid-connect-php)",
    (
        File("php", "portail.php, inclus en tête de chaque page, et servi à l'adresse de retour", quoting.php),
        File("php_backchannel", "Servi à l'adresse à prévenir d'une déconnexion", quoting.php),
    ),
    frozenset({BASIC, POST, NONE}),
    frozenset({"RS256"}),
    (
        "composer require jumbojett/openid-connect-php",
        GIVEN_APART,
        "Pour se déconnecter, l'application envoie à une de ses pages un formulaire dont un champ se nomme sortir.",
        "Les sessions y sont supposées en fichiers, là où PHP les met par défaut.",
    ),
    _under("/annonce.php"),
)
KITS = (APACHE, SPRING, DRUPAL, DJANGO, EXPRESS, PHP)
