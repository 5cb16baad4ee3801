"""Wagtail's pages, last of all addresses. Only serving them is routed: Wagtail's own sign-in and shared passwords are
not."""

from __future__ import annotations

from django.urls import re_path
from wagtail.urls import serve_pattern

from concord.cms.views.pages import serve_page

urlpatterns = [re_path(serve_pattern, serve_page, name="wagtail_serve")]
