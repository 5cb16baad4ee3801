"""The mail that brings a new colleague in."""

from __future__ import annotations

from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from concord.partners.models import Member
from concord.portal.models import BrandSettings, Event


def send_invitation(event: Event) -> None:
    """Send the link to choose a password, in the colleague's language; none to who has one, or no access any more."""
    member = (
        Member.objects.unscoped("the person that the event is about")
        .select_related("user", "partner")
        .filter(uuid=event.subject_uuid, user__is_active=True)
        .first()
    )
    if member is None or member.user.has_usable_password():
        return
    user = member.user
    brand = BrandSettings.load()
    key = f"{user_pk_to_url_str(user)}-{PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)}"
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"}).replace("UID-KEY", key)
    with translation.override(user.language):
        context = {
            "brand_name": brand.brand_name,
            "name": user.name,
            "company": member.partner.name if member.partner else brand.vendor_name or brand.brand_name,
            "action_url": f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{path}",
            "action_label": _("Choose a password"),
            "reason": _("You get this mail because a colleague invited you."),
        }
        mail = EmailMultiAlternatives(
            subject=_("Your access to %(portal)s") % {"portal": brand.brand_name},
            body=render_to_string("partners/email/invitation.txt", context),
            to=[user.email],
        )
        mail.attach_alternative(render_to_string("partners/email/invitation.html", context), "text/html")
    mail.send()
