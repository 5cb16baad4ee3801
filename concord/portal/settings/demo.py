"""The demo: the settings of production except that it lives on one machine, without TLS, on the embedded server."""

from __future__ import annotations

from concord.portal.settings.base import *
from concord.portal.settings.base import DEMO_STATE, broker_options, env, postgres

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
DATABASES = {"default": postgres(env.str("DATABASE_URL"), pool=True)}
BROKER_URL = env.str("BROKER_URL")
CELERY_BROKER_URL = BROKER_URL
CELERY_BROKER_TRANSPORT_OPTIONS = broker_options(BROKER_URL)
MEDIA_ROOT = env.str("MEDIA_ROOT", str(DEMO_STATE / "media"))
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(DEMO_STATE / "mail")
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# Made by `make demo`, vouching for itself alone; the pages say so.
PDF_SIGNING_CERTIFICATE = env.str("PDF_SIGNING_CERTIFICATE", str(DEMO_STATE / "signing" / "certificate.pem"))
PDF_SIGNING_KEY = env.str("PDF_SIGNING_KEY", str(DEMO_STATE / "signing" / "key.pem"))
