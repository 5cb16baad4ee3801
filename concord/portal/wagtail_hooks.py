"""The desk's look: one small style sheet over Wagtail's own."""

from __future__ import annotations

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks


@hooks.register("insert_global_admin_css")
def desk_style() -> SafeString:
    """Brand colours and figures of the desk."""
    return format_html('<link rel="stylesheet" href="{}">', static("portal/desk.css"))
