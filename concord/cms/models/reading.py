"""Who has read which news, so that home can tell what is new to the reader."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class NewsRead(models.Model):
    """One person has opened one piece of news, in whatever language: the key is that of all its translations."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    news_key = models.UUIDField(_("news"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("news read")
        verbose_name_plural = _("news read")
        constraints = [models.UniqueConstraint(fields=["user", "news_key"], name="news_read_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.news_key}"
