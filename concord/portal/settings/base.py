"""What every situation shares. Apps are named by string: the floor imports none of the packages above it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import make_conninfo

from concord.portal.time_zones import offered_time_zones

env = environ.Env()

PROJECT_ROOT = Path(__file__).resolve().parents[3]
#: where a demo keeps what is not in its database: files, mails, how to sign in
DEMO_STATE = Path(env.str("DEMO_STATE", str(PROJECT_ROOT / ".demo")))

# --- what is installed ------------------------------------------------------------------------------------------

CONCORD_APPS = [
    "concord.cms",
    "concord.deals",
    "concord.pricing",
    "concord.documents",
    "concord.partners",
    "concord.portal",
]

INSTALLED_APPS = [
    # Our templates and translations come before those of the libraries they restyle.
    *CONCORD_APPS,
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.idp.oidc",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail",
    "taggit",
    "modelcluster",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "django_filters",
    "django_tables2",
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "health_check",
    "django_structlog",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "concord.portal.middleware.NoNulMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "concord.portal.sign_in.SeenSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "concord.portal.middleware.DeskPolicyMiddleware",
    "concord.portal.request_log.RequestLogMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "concord.portal.middleware.ActorMiddleware",
    "concord.portal.middleware.PrivateResponseMiddleware",
    "concord.portal.middleware.LargestBodyMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "concord.portal.urls"
WSGI_APPLICATION = "concord.portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "wagtail.contrib.settings.context_processors.settings",
                "concord.portal.ui.context.portal",
            ],
        },
    }
]

# --- data ---------------------------------------------------------------------------------------------------------


def postgres(url: str, *, pool: bool) -> dict[str, Any]:
    """Django's settings for one PostgreSQL database, from a ``postgres://`` address."""
    database: dict[str, Any] = env.db_url_config(url)
    database["ENGINE"] = "django.db.backends.postgresql"
    database.setdefault("OPTIONS", {})
    database["OPTIONS"].setdefault("application_name", "concord")
    if pool:
        database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", 16)}
    return database


CACHES = {
    "default": {
        # Shared by every process, so that limits count per installation and not per worker.
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
    }
}
if env.str("CACHE_URL", ""):
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env.str("CACHE_URL")}}

MEDIA_ROOT = env.str("MEDIA_ROOT", str(PROJECT_ROOT / "media"))
MEDIA_URL = "/media/"  # never routed: files are served by views that ask who wants them
# Where the web server finds MEDIA_ROOT for itself (an internal location): then it sends the files, not the application.
PRIVATE_FILES_PREFIX = env.str("PRIVATE_FILES_PREFIX", "")
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", str(PROJECT_ROOT / "staticfiles"))
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "concord.portal.finders.NodeModulesFinder",
]
NODE_MODULES = PROJECT_ROOT / "node_modules"

# --- language and time ----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- sign-in ------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "portal.User"
AUTHENTICATION_BACKENDS = [
    "concord.portal.sign_in.SignInBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_ADAPTER = "concord.portal.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Concord"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
USERSESSIONS_TRACK_ACTIVITY = True
IDP_OIDC_ADAPTER = "concord.portal.sign_in.TokenAdapter"
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 3600
SOCIALACCOUNT_ONLY = False

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
X_FRAME_OPTIONS = "DENY"  # Wagtail's previews, in a frame of the desk, allow their own origin by themselves
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    },
}

# Wagtail's pages have scripts and styles of their own in them, show pictures before they are sent and pages in a frame.
# So the desk's policy holds that nothing comes from elsewhere and nothing goes elsewhere.
DESK_CONTENT_SECURITY_POLICY = {
    "default-src": [NONE],
    "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF, "data:"],
    "connect-src": [SELF],
    "frame-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [SELF],
    "base-uri": [NONE],
    "manifest-src": [SELF],
}

# --- Wagtail ------------------------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Concord"
WAGTAILADMIN_BASE_URL = env.str("BASE_URL", "http://localhost:8000")
WAGTAIL_USER_TIME_ZONES = offered_time_zones()
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False  # an address is changed where it is proved, with the password at hand
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAILADMIN_LOGIN_URL = "desk-sign-in"
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_PRIVATE_PAGE_OPTIONS = {
    "SHARED_PASSWORD": False
}  # who may read is said by membership, never by a shared secret
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILDOCS_DOCUMENT_MODEL = "documents.Collateral"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "pptx", "odt", "ods", "csv", "txt", "zip", "png", "jpg", "jpeg"]
WAGTAILDOCS_DOCUMENT_FORM_BASE = "concord.documents.forms.collateral.CollateralForm"
WAGTAILDOCS_MAX_UPLOAD_SIZE = 50 << 20
WAGTAILIMAGES_EXTENSIONS = ["png", "jpg", "jpeg", "webp"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
LARGEST_BODY = 64 << 20  # the largest file of the library and of evidence, and what stands around it
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024  # ten thousand catalogue rows in one call of the API


# --- API ----------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "concord.portal.api.authentication.ServiceTokenAuthentication",
        "concord.portal.api.authentication.ExtranetSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["concord.portal.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["concord.portal.api.rendering.FastJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "concord.portal.api.pagination.CursorPages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "concord.portal.api.schema.ProblemAutoSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "DEFAULT_VERSIONING_CLASS": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COERCE_DECIMAL_TO_STRING": True,
    "PAGE_SIZE": 50,
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_FORMATTER_CLASS": "concord.portal.api.problems.ProblemFormatter",
    "EXCEPTION_HANDLER_CLASS": "concord.portal.api.problems.ProblemHandler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Concord API",
    "DESCRIPTION": "One customer, one product, one price, and the whole story behind it.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "PREPROCESSING_HOOKS": ["concord.portal.api.schema.only_public_api"],
    "ENUM_NAME_OVERRIDES": {
        "ConflictVerdict": "concord.deals.enums.CheckVerdict",
        "PartnerStatus": "concord.partners.enums.PartnerStatus",
        "QuoteCheckVerdict": "concord.pricing.enums.CheckVerdict",
        "ProductLifecycle": "concord.pricing.enums.Lifecycle",
        "PriceListVersionStatus": "concord.pricing.enums.VersionStatus",
        "QuoteStatus": "concord.pricing.enums.QuoteStatus",
        "ReviewStatus": "concord.deals.enums.ReviewStatus",
        "SpecialPriceStatus": "concord.pricing.enums.SpecialPriceStatus",
    },
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
}

# --- documents ------------------------------------------------------------------------------------------------------

# PEM files: certificate (its chain behind it), private key, and certificates that signed in former years. Without the
# first two, documents are not signed and pages say so.
PDF_SIGNING_CERTIFICATE = env.str("PDF_SIGNING_CERTIFICATE", "")
PDF_SIGNING_KEY = env.str("PDF_SIGNING_KEY", "")
PDF_SIGNING_KEY_PASSWORD = env.str("PDF_SIGNING_KEY_PASSWORD", "")
PDF_FORMER_CERTIFICATES = env.str("PDF_FORMER_CERTIFICATES", "")
# The address of a time stamp authority (RFC 3161). Without one, the time of signing is the vendor's own word.
PDF_TIMESTAMP_URL = env.str("PDF_TIMESTAMP_URL", "")

# --- quote check ----------------------------------------------------------------------------------------------------

# how long the log of the public check is kept
QUOTE_CHECKS_KEPT_DAYS = env.int("QUOTE_CHECKS_KEPT_DAYS", 730)

# --- background work ------------------------------------------------------------------------------------------------

CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # pgmq refuses the long names of its reply queues
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 280
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "concord"


def broker_options(url: str) -> dict[str, Any]:
    """Transport options by kind of broker; the visibility time-out is twice the longest task."""
    if url.startswith("pgmq"):
        address = urlsplit(url)
        return {
            # Said in full: left to itself, the client prefers DATABASE_URL to the broker's own address.
            "conn_string": make_conninfo(
                host=unquote(address.hostname or "localhost"),
                port=address.port or 5432,
                dbname=unquote(address.path.lstrip("/")),
                user=unquote(address.username or ""),
                password=unquote(address.password or ""),
            ),
            "init_extension": False,
            # Not `use_notify`: every connection that sends would LISTEN too and never read. Once its socket is full,
            # the server's process hangs on it, and with it whatever waits for all processes, such as DROP DATABASE.
            "wait_time_seconds": 1,
            "poll_interval_ms": 50,
            "polling_interval": 0.05,
            "visibility_timeout": 600,
        }
    return {"visibility_timeout": 600}


CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    # A fact waits for its public order half a beat; a beat that found no worker for so long is of no use any more.
    "seal-events": {"task": "concord.portal.tasks.seal_events", "schedule": 0.2, "options": {"expires": 5.0}},
    "sweep-outbox": {"task": "concord.portal.tasks.sweep_outbox", "schedule": 20.0},
    "resume-imports": {"task": "concord.portal.tasks.resume_imports", "schedule": 60.0},
    "forget-old-keys": {"task": "concord.portal.tasks.forget_old_keys", "schedule": 3600.0},
    "turn-price-lists": {"task": "concord.pricing.tasks.turn_price_list_versions", "schedule": 60.0},
    "check-invariants": {"task": "concord.portal.tasks.check_invariants_nightly", "schedule": 900.0},
    "check-drift": {"task": "concord.pricing.tasks.check_drift_nightly", "schedule": 900.0},
    "forget-quote-checks": {"task": "concord.pricing.tasks.forget_quote_checks", "schedule": 3600.0},
    "stamp-late-documents": {"task": "concord.pricing.tasks.stamp_late_documents", "schedule": 300.0},
    "forget-mail-proofs": {"task": "concord.pricing.tasks.forget_mail_proofs", "schedule": 3600.0},
    "run-lead-pool": {"task": "concord.deals.tasks.run_lead_pool", "schedule": 60.0},
    "carry-on-protections": {"task": "concord.deals.tasks.carry_on_protections", "schedule": 60.0},
    "escalate-answers": {"task": "concord.deals.tasks.escalate_late_answers", "schedule": 60.0},
    "rate-lead-sources": {"task": "concord.deals.tasks.rate_lead_sources", "schedule": 3600.0},
    "expire-quotes": {"task": "concord.pricing.tasks.expire_issued_quotes", "schedule": 300.0},
}

# --- the programme ----------------------------------------------------------------------------------------------------

# Terms of the programme that differ from the defaults, by name: see ``concord.deals.protection.terms``.
PROGRAMME_TERMS: dict[str, Any] = {
    "time_zone": env.str("VENDOR_TIME_ZONE", "UTC"),
    "calendar_country": env.str("VENDOR_CALENDAR", ""),
}

# Terms of the pool of leads that differ from the defaults, by name: see ``concord.deals.pool.terms``.
POOL_TERMS: dict[str, Any] = env.json("POOL_TERMS", {})

# --- pages ----------------------------------------------------------------------------------------------------------

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "portal/components/table.html"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
EMAIL_SUBJECT_PREFIX = ""
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "concord@localhost")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"secrets": {"()": "concord.portal.redaction.WithoutSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["secrets"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    # One line for each page and document that is indexed.
    "loggers": {"django_tasks": {"level": "WARNING"}},
}
