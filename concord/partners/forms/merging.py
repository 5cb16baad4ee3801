"""What a person says when two records become one."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class MergeForm(forms.Form):
    """Why they are one company: for whoever asks later."""

    reason = forms.CharField(label=_("Why they are one company"), max_length=500, required=False)
