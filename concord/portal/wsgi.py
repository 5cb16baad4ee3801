"""The web application for a WSGI server."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

#: new objects until the youngest are looked through, and how often until older ones are
COLLECT_AFTER = (10_000, 10, 10)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concord.portal.settings.production")

application = get_wsgi_application()

# What the application is made of is never garbage; looking through it again and again doubles the time of long baskets.
# And an answer of a hundred lines makes more objects than the collector lets pass by default: it would look through
# those in use several times an answer.
gc.collect()
gc.freeze()
gc.set_threshold(*COLLECT_AFTER)
