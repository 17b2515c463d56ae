"""Django's settings, all from the typed environment."""

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from gulou.config import embedded
from gulou.config.policy import content_policy
from gulou.config.watch import tracing
from gulou.kit.env import ROOT, Env

GULOU = Env.read(os.environ)

SECRET_KEY = GULOU.key("secret_key")
DEBUG = GULOU.debug
ALLOWED_HOSTS = list(GULOU.hosts)
CSRF_TRUSTED_ORIGINS = list(GULOU.trusted_origins)
ROOT_URLCONF = "gulou.config.urls"
WSGI_APPLICATION = "gulou.config.wsgi.application"
CSRF_FAILURE_VIEW = "gulou.config.faults.form_expired"
# How many pixels of a picture are looked at for faces and plates: about a second of one core for both.
LOOK_AT_PIXELS = {"face": 1_600_000, "plate": 4_100_000}

REACTIONS = "gulou.config.reactions.REACTIONS"
ERRANDS = "gulou.config.errands.ERRANDS"
ERRAND_DAYS = GULOU.errand_days
UNITS_WHERE = "gulou.people.access.unit_ids_where"
# What stands in the way of dissolving a unit, by room.
UNIT_USES = [
    "gulou.catalogue.queries.uses_of_unit",
    "gulou.cases.queries.uses_of_unit",
    "gulou.joint.queries.uses_of_unit",
]
# Who hands what waits with a unit over to another one, when it is dissolved.
UNIT_HAND_OVER = "gulou.joint.operations.hand_over_all"
# What each verb lets one do, in words.
VERB_WORDS = "gulou.config.verbs.GROUPS"
# What the public reads of the office on every page.
SITE_IMPRINT = "gulou.catalogue.imprint.imprint"
PUBLIC_PARTS = "gulou.portal.opened.links"
AUTH_USER_MODEL = "people.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SITE_ID = 1

INSTALLED_APPS = [
    "gulou.ui",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "django_vite",
    "csp",
    # Before allauth: its pages are ours.
    "gulou.people",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.weixin",
    "gulou.outbox",
    "gulou.places",
    "gulou.errands",
    "gulou.openings",
    "gulou.calendars",
    "gulou.catalogue",
    "gulou.sheets",
    "gulou.photos",
    "gulou.phones",
    "gulou.cases",
    "gulou.orders",
    "gulou.joint",
    "gulou.workbench",
    "gulou.papers",
    "gulou.providers",
    "gulou.insights",
    "gulou.notices",
    "gulou.portal",
    "gulou.desk",
    "gulou.setup",
    "gulou.api",
    "gulou.field",
    "gulou.demo",
    "gulou.imports",
    "gulou.bench",
]

MIDDLEWARE = [
    "gulou.config.watch.requests.Watched",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gulou.config.policy.Policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "gulou.people.middleware.OneRequest",
    "gulou.people.middleware.SessionEnd",
    "gulou.people.middleware.FirstThings",
    "gulou.config.refusals.RefusalMiddleware",
]

if tracing.wanted():
    MIDDLEWARE.insert(1, "gulou.config.watch.tracing.Traced")

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "gulou.ui.context.page",
            ],
        },
    }
]


def _database(url: str) -> dict[str, Any]:
    """The database of a `postgres://user:password@host:port/name?option=…` address."""
    parts = urlsplit(url)
    # PgBouncer gives the next transaction another connection, where no cursor of ours is open.
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    pooled = options.pop("pooled", "") == "transaction"
    # Nor is it the one where a statement of ours was planned.
    planned = {"prepare_threshold": None if pooled else 1}
    return {
        "ENGINE": "gulou.kit.postgres",
        "DISABLE_SERVER_SIDE_CURSORS": pooled,
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": planned | {name: unquote(value) for name, value in options.items()},
    }


def _photos(url: str) -> dict[str, Any]:
    """The bucket of an `s3://` address, or the folder of the data folder."""
    if not url:
        return {
            "BACKEND": "gulou.photos.storage.WholeFileStorage",
            "OPTIONS": {"location": str(GULOU.data_dir / "photos")},
        }
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    scheme = "http" if asked.get("tls") == "0" else "https"
    host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    return {
        "BACKEND": "gulou.photos.bucket.BucketStorage",
        "OPTIONS": {
            "bucket_name": parts.path.strip("/"),
            # Without a host it is Amazon's own; without a key, boto3 looks in its usual places.
            "endpoint_url": f"{scheme}://{host}" if host else None,
            "access_key": unquote(parts.username) if parts.username else None,
            "secret_key": unquote(parts.password) if parts.password else None,
            "region_name": asked.get("region"),
        },
    }


def _replica(url: str) -> dict[str, Any]:
    """One that is not there is noticed soon; tests have none."""
    found = _database(url)
    found["OPTIONS"] = {"connect_timeout": "2", **found["OPTIONS"]}
    return {**found, "TEST": {"MIRROR": "default"}}


# Without DATABASE_URL the embedded server of the data folder is used.
DATABASES = {"default": _database(GULOU.database_url or embedded.place(GULOU.data_dir).url)}
for _number, _url in enumerate(GULOU.replica_urls, start=1):
    DATABASES[f"replica{_number}"] = _replica(_url)
if GULOU.replica_urls:
    DATABASE_ROUTERS = ["gulou.config.replicas.Router"]
    MIDDLEWARE.append("gulou.config.replicas.ReadFromReplica")
CACHES = {
    "default": {
        "BACKEND": "gulou.kit.cache.QuickDatabaseCache",
        "LOCATION": "kit_cache",
        # Above any flood of made-up names, so that none pushes a lock out of the cache.
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}
STORAGES = {
    "default": _photos(GULOU.storage_url),
    # Vite has hashed the names already; a second hash would load each script twice.
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}

_mail = urlsplit(GULOU.email_url)
EMAIL_BACKEND = (
    "django.core.mail.backends.filebased.EmailBackend"
    if _mail.scheme == "file"
    else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_FILE_PATH = unquote(_mail.path)
EMAIL_HOST = _mail.hostname or "localhost"
EMAIL_PORT = _mail.port or (465 if _mail.scheme == "smtps" else 25)
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = GULOU.email_from

USE_TZ = True
TIME_ZONE = GULOU.time_zone
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "gulou" / "locale"]
FORMAT_MODULE_PATH = ["gulou.ui.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = GULOU.data_dir / "static"
STATICFILES_DIRS: list[Any] = []
WHITENOISE_IMMUTABLE_FILE_TEST = r"/built/.+-[\w-]{8}\.\w+$"
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "static_url_prefix": "built",
        "manifest_path": ROOT / "gulou" / "ui" / "static" / "built" / "manifest.json",
    }
}

# Signing in. docs/signing-in.md says what each rule is for.
AUTHENTICATION_BACKENDS = ["gulou.people.backend.Backend"]
SESSION_ENGINE = "gulou.people.sessions"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
# Where the demonstration may be loaded they are offered; elsewhere they open nothing.
PUBLISHED_LOGINS = "gulou.demo.logins.logins"
DEMO_MARK = "gulou.people.queries.is_demonstration"
DEMO_LOGINS = PUBLISHED_LOGINS if GULOU.demo else ""
SIGN_IN_FAILURES = 5
SIGN_IN_FAILURES_PER_ADDRESS = 20
SIGN_IN_WINDOW_SECONDS = 15 * 60
STAFF_IDLE_SECONDS = GULOU.idle_minutes * 60
STAFF_SESSION_SECONDS = 12 * 60 * 60
# A phone that was signed in by a link from the desk: how long, and for which addresses alone.
FIELD_SESSION_SECONDS = GULOU.field_days * 24 * 60 * 60
FIELD_PATH = "/field/"
PASSWORD_DAYS = GULOU.password_days
PASSWORD_HASHERS = [
    "gulou.people.passwords.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "gulou.people.passwords.LongEnough",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "gulou.people.passwords.NotCommon"},
    {"NAME": "gulou.people.passwords.CharacterClasses"},
    {"NAME": "gulou.people.passwords.NotTheName"},
    {"NAME": "gulou.people.passwords.NotRecent"},
]
ACCOUNT_ADAPTER = "gulou.people.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_FORMS = {
    "login": "gulou.people.forms.SignInForm",
    "change_password": "gulou.people.forms.NewPasswordForm",
    "reauthenticate": "gulou.people.forms.ConfirmForm",
}
ACCOUNT_RATE_LIMITS = {
    "login_failed": f"{SIGN_IN_FAILURES}/{SIGN_IN_WINDOW_SECONDS}s/key,"
    f"{SIGN_IN_FAILURES_PER_ADDRESS}/{SIGN_IN_WINDOW_SECONDS}s/ip",
    # An office of a hundred shares one address, and all come at nine.
    "login": "120/m/ip",
    "change_password": f"10/{SIGN_IN_WINDOW_SECONDS}s/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = GULOU.trusted_proxies
MFA_ADAPTER = "gulou.people.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Browsers give passkeys to https and to localhost only; where no TLS is spoken it is localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not GULOU.behind_tls
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "gulou.people.forms.CodeForm",
    "reauthenticate": "gulou.people.forms.ConfirmByCodeForm",
    "activate_totp": "gulou.people.forms.SetUpCodeForm",
}
SOCIALACCOUNT_ADAPTER = "gulou.people.social.SocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if GULOU.oidc_issuer:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "city",
                "name": "OpenID Connect",
                "client_id": GULOU.oidc_client_id,
                "secret": GULOU.oidc_client_secret,
                "settings": {"server_url": GULOU.oidc_issuer},
            }
        ],
    }
if GULOU.wechat_app_id:
    SOCIALACCOUNT_PROVIDERS["weixin"] = {
        "APPS": [{"client_id": GULOU.wechat_app_id, "secret": GULOU.wechat_secret}]
    }
SESSION_COOKIE_AGE = STAFF_SESSION_SECONDS
# In the frame of another platform a browser sends no other cookies.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "None" if GULOU.field_embedders else "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = GULOU.behind_tls or bool(GULOU.field_embedders)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if GULOU.behind_tls else None
SECURE_HSTS_SECONDS = 31536000 if GULOU.behind_tls else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = content_policy(GULOU.base_map_style)

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "gulou.ui.uploads.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

_EACH = "INFO" if GULOU.log_format == "json" else "WARNING"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {
            "()": "gulou.config.logs.MaskedFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
        "json": {"()": "gulou.config.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": GULOU.log_format}},
    "root": {"handlers": ["console"], "level": "INFO" if DEBUG else "WARNING"},
    # Django's own handlers would write addresses as they are.
    "loggers": {
        "gulou": {"level": "INFO"},
        # A line for each request and each delivery is for machines.
        "gulou.config.watch.requests": {"level": _EACH},
        "gulou.outbox.deliver": {"level": _EACH},
        "django": {"handlers": [], "propagate": True},
    },
}

PRODUCT_NAME = _("Gulou")
