"""Tests: the real database and the real middleware; no pool, because test databases are cloned and dropped."""

from __future__ import annotations

import tempfile
from pathlib import Path

from concord.portal.settings.base import *
from concord.portal.settings.base import PROJECT_ROOT, broker_options, env, postgres

DEBUG = False
SECRET_KEY = "test-only-" + "0" * 50
ALLOWED_HOSTS = ["*"]
DATABASES = {"default": postgres(env.str("DATABASE_URL", "postgres://concord_app@127.0.0.1:5432/concord"), pool=False)}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed; strength is not what tests test
BROKER_URL = env.str("BROKER_URL", "memory://")
CELERY_BROKER_URL = BROKER_URL
CELERY_BROKER_TRANSPORT_OPTIONS = broker_options(BROKER_URL)
CELERY_TASK_ALWAYS_EAGER = BROKER_URL.startswith("memory")
CELERY_TASK_EAGER_PROPAGATES = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = env.str("MEDIA_ROOT", tempfile.mkdtemp(prefix="concord-media-"))
STATIC_ROOT = str(PROJECT_ROOT / ".test" / "static")
Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing folder, and warnings are errors
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
