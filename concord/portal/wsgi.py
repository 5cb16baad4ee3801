"""The web application for a WSGI server."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concord.portal.settings.production")

application = get_wsgi_application()

# What the application is made of is never garbage; looking through it again and again doubles the time of long baskets.
gc.collect()
gc.freeze()
