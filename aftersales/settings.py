"""Every setting, from the environment.

Without any variable set this is a private installation on one machine: embedded
servers, a generated secret key, plain HTTP. `PRODUCTION=1` makes the strict
settings mandatory and refuses to start while one of them is missing.
"""

from ipaddress import ip_network
from pathlib import Path

import environ
import pghistory
import pgtrigger
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from aftersales import logs
from aftersales.api import documentation
from aftersales.local import addresses

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

PRODUCTION = env.bool("PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=False) and not PRODUCTION
# Whether an empty database gets the demo dealership, whose passwords are public.
DEMO = env.bool("DEMO", default=True) and not PRODUCTION

_missing = [
    name
    for name in ("SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS")
    if not env.str(name, default="")
]
if PRODUCTION and _missing:
    raise ImproperlyConfigured(
        f"PRODUCTION=1 needs these environment variables as well: {', '.join(_missing)}. "
        "SECRET_KEY: 50 or more random characters. "
        "DATABASE_URL: postgres://user:password@host/name. "
        "ALLOWED_HOSTS: the host names people type, separated by commas."
    )

SECRET_KEY = env.str("SECRET_KEY", default="") or addresses.secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Where customers open the links that they get, and where webhooks point to.
PUBLIC_URL = env.str(
    "PUBLIC_URL",
    default=f"https://{ALLOWED_HOSTS[0]}"
    if PRODUCTION
    else f"http://127.0.0.1:{env.int('PORT', default=8000)}",
).rstrip("/")

INSTALLED_APPS = [
    "reports",
    "followups",
    "workshop",
    "customers",
    "aftersales",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "django_htmx",
    "pghistory",
    "pgtrigger",
    "csp",
]

MIDDLEWARE = [
    "aftersales.middleware.RequestIdMiddleware",
    "aftersales.middleware.PrivateMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "aftersales.middleware.LanguageOfUserMiddleware",
    "aftersales.middleware.AccessMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "aftersales.urls"
WSGI_APPLICATION = "aftersales.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "aftersales.context.shell",
            ],
        },
    },
]

# Widgets are drawn by our own templates where there is one.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {
    "default": {
        **env.db_url_config(addresses.database_url()),
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
    }
}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
# Limits that no request may outstay; the import and the sweeps raise theirs for one transaction.
DATABASES["default"]["OPTIONS"].setdefault(
    "options",
    "-c statement_timeout=15s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s",
)

REDIS_URL = addresses.redis_url()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "aftersales",
    }
}

AUTH_USER_MODEL = "aftersales.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
# A link to choose a password lives for an hour.
PASSWORD_RESET_TIMEOUT = 60 * 60
CSRF_FAILURE_VIEW = "aftersales.views.login.csrf_failure"
# Wrong codes are counted in aftersales/services/logins.py, which says so to the person.
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0

SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_HTTPONLY = SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# How many reverse proxies stand in front: the client's address is that many from the right.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

USE_TZ = True
TIME_ZONE = env.str("SHOP_TIME_ZONE", default="Asia/Shanghai")
USE_I18N = True
LANGUAGE_CODE = env.str("SHOP_LANGUAGE", default="en")
LANGUAGES = [("en", _("English")), ("zh-hans", _("Chinese")), ("ko", _("Korean"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["aftersales.formats"]

# The shop's head on forms and letters; its country reads phone numbers typed without a prefix.
SHOP = {
    "name": env.str("SHOP_NAME", default="Demo Motors"),
    "address": env.str("SHOP_ADDRESS", default="广州市示范路 88 号" if DEMO else ""),
    "phone": env.str("SHOP_PHONE", default="020-0000 0000" if DEMO else ""),
    "country": env.str("SHOP_COUNTRY", default="CN"),
    "currency": env.str("SHOP_CURRENCY", default="CNY"),
}
# How an authenticator app names the account.
OTP_TOTP_ISSUER = SHOP["name"]

# How e-mails and text messages leave: "console" (nothing leaves, the log says what would have),
# "smtp" (e-mail only), "http", or "" (they wait). The demo never sends anything.
GATEWAYS = {
    channel: {
        "kind": "console"
        if DEMO
        else env.str(f"{name}_GATEWAY", default="" if PRODUCTION else "console"),
        "url": env.str(f"{name}_GATEWAY_URL", default=""),
        "token": env.str(f"{name}_GATEWAY_TOKEN", default=""),
    }
    for channel, name in (("email", "EMAIL"), ("sms", "SMS"))
}
for _channel, _gateway in GATEWAYS.items():
    _kinds = {"", "http"} | ({"smtp"} if _channel == "email" else set())
    if _gateway["kind"] not in (_kinds if PRODUCTION else _kinds | {"console"}):
        raise ImproperlyConfigured(
            f"{_channel.upper()}_GATEWAY is {_gateway['kind']}; it may be: "
            f"{', '.join(sorted(filter(None, _kinds)))}, or empty."
        )
    if _gateway["kind"] == "http" and not _gateway["url"].startswith(("https://", "http://")):
        raise ImproperlyConfigured(f"{_channel.upper()}_GATEWAY_URL has to say where to post to.")
# Webhooks speak to public addresses by TLS only, and to those of these networks in any way.
WEBHOOK_NETWORKS = [ip_network(each) for each in env.list("WEBHOOK_NETWORKS", default=[])]
# Certificates of one's own authorities (PEM), in place of the public ones.
WEBHOOK_CA_FILE = env.str("WEBHOOK_CA_FILE", default="")
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="after-sales@localhost")

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Uploaded files stay outside the web root; a view hands them out.
MEDIA_ROOT = Path(env.str("UPLOADS_DIR", default=str(BASE_DIR / "var" / "uploads")))
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

CELERY_BROKER_URL = addresses.broker_url(REDIS_URL)
# Workers write their lines as LOGGING says.
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

LOGGING = logs.LOGGING

PGHISTORY_LEVEL = pgtrigger.Statement
PGHISTORY_APPEND_ONLY = True
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["aftersales.api.authentication.ClientToken"],
    "DEFAULT_PERMISSION_CLASSES": ["aftersales.api.permissions.TablePermission"],
    "DEFAULT_THROTTLE_CLASSES": ["aftersales.api.throttling.ClientThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["aftersales.api.parsers.JSONBody"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "aftersales.api.problems.answer",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = documentation.SETTINGS
# How many requests a REST client may send in a minute, with all its tokens together.
API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=600)

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
