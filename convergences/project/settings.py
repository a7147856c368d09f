"""Django's settings, all derived from `Configuration`."""

from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from convergences.project import configuration
from convergences.project.databases import database_settings
from convergences.project.logs import dict_config
from convergences.project.static_digest import static_digest

CONFIGURATION = configuration.read()
UNKNOWN_VARIABLES = configuration.unknown_variables()
BASE_URL = CONFIGURATION.base_url.rstrip("/")
SECURE = BASE_URL.startswith("https://")

SECRET_KEY = CONFIGURATION.secret_key
SECRET_KEY_FALLBACKS = CONFIGURATION.secret_key_fallbacks
DEBUG = False
ALLOWED_HOSTS = [urlsplit(BASE_URL).hostname or "127.0.0.1", *CONFIGURATION.allowed_hosts]
DATABASES = database_settings(CONFIGURATION.database_url)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "convergences.foundations",
    "convergences.audit",
    "convergences.directory",
    "convergences.catalog",
    "convergences.authentication",
    "convergences.entitlements",
    "convergences.admission",
    "convergences.lifecycle",
    "convergences.campaigns",
    "convergences.adoption",
    "convergences.web",
    "convergences.pages.sign_in",
    "convergences.pages.home",
    "convergences.pages.account",
    "convergences.pages.team",
    "convergences.pages.administration",
    "convergences.pages.designation",
    "convergences.pages.employers",
    "convergences.pages.campaigns",
    "convergences.pages.mandates",
    "convergences.pages.presence",
    "convergences.pages.answers",
    "convergences.pages.adoption",
    "convergences.protocols.oidc",
    "convergences.protocols.cas",
    "convergences.protocols.forward_auth",
    "convergences.protocols.saml",
]

MIDDLEWARE = [
    "convergences.web.middleware.behind_proxies",
    "convergences.web.middleware.reference",
    "django.middleware.security.SecurityMiddleware",
    "convergences.web.serving.statics.StaticFiles",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "convergences.web.middleware.maintenance",
    "convergences.web.middleware.bounded_bodies",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "convergences.web.middleware.current_session",
    "convergences.web.middleware.closed_by_default",
    "convergences.web.middleware.reads_do_not_write",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "convergences.project.urls"
WSGI_APPLICATION = "convergences.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [("django.template.loaders.cached.Loader", ["convergences.web.wording.typography.Loader"])],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "convergences.web.context.house",
            ],
            "builtins": [
                "django.templatetags.static",
                "convergences.web.templatetags.house",
                "template_partials.templatetags.partials",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

STATIC_DIGEST = static_digest(INSTALLED_APPS)
STATIC_URL = f"/static/{STATIC_DIGEST}/"
STATIC_PREPARED = CONFIGURATION.media_root.parent / "static" / STATIC_DIGEST
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = CONFIGURATION.media_root
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "convergences.web.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIGURATION.trusted_proxies else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb", "display-capture")
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CONFIGURATION.cache_url}
    if CONFIGURATION.cache_url
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
# Addresses that are answered before Django's own machinery (`project.dispatching`): one line for each room.
HOT_ROUTES = [
    "convergences.protocols.oidc.hot.ROUTES",
    "convergences.protocols.cas.hot.ROUTES",
    "convergences.protocols.forward_auth.hot.ROUTES",
]
# Each protocol's room says which addresses a browser loads when it signs out.
FRONT_CHANNELS = ["convergences.protocols.oidc.notices.front_channel.frames"]
# Each protocol says where a browser that signed out goes first, when only it can tell some application.
LOGOUT_TOURS = ["convergences.protocols.saml.endpoints.slo.start"]
# Each protocol that asks agents whether an application may read them shows what they answered.
AGREEMENT_KEEPERS = ["convergences.protocols.oidc.consent_keeper.keeper"]
# Each protocol brings its form, its secrets and its snippets to the engineer's pages.
PROTOCOL_PANELS = [
    "convergences.protocols.oidc.panel.panel",
    "convergences.protocols.saml.panel.panel",
    "convergences.protocols.cas.panel.panel",
    "convergences.protocols.forward_auth.panel.panel",
]
EMAIL_URL = CONFIGURATION.email_url
DEFAULT_FROM_EMAIL = CONFIGURATION.email_from
LOGGING_CONFIG = "convergences.project.logs.configure"
LOGGING = dict_config(CONFIGURATION.log_format)
