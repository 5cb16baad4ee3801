"""A person who signs in, by e-mail address. What the person may do stands in the memberships above the floor."""

from __future__ import annotations

import uuid
import zoneinfo
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail address, kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user that can sign in once its address is verified."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An operator with every permission."""
        return self.create_user(email, password, is_superuser=True, is_staff=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """Case does not matter in an e-mail address."""
        return self.get(email__iexact=username or "")


def _is_time_zone(name: str) -> None:
    """Validate the name of a time zone of the IANA database."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("There is no such time zone."), code="time_zone")


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing] # of a library's document model
    """A person. ``is_staff`` opens the desk; the role says what the person may do there."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=150)
    language = models.CharField(
        _("language"),
        max_length=10,
        choices=[("en", _("English")), ("zh-hans", _("Simplified Chinese"))],
        default="en",
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[_is_time_zone])
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may use the desk"), default=False)
    date_joined = models.DateTimeField(_("joined at"), auto_now_add=True)

    objects = UserManager()

    #: read for a request just now, together with everything that says what the person is here
    is_read_whole = False

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name as the person wrote it."""
        return self.name or self.email

    def get_short_name(self) -> str:
        """The name as the person wrote it; no part of it is guessed to be the given one."""
        return self.get_full_name()

    @property
    def first_name(self) -> str:
        """Wagtail asks for it; names are not split here."""
        return self.name

    @property
    def last_name(self) -> str:
        """Wagtail asks for it; names are not split here."""
        return ""
