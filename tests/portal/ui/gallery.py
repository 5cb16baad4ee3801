"""Every component on one page, for the tests that draw them and look at them; its addresses are the floor's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from concord.portal.ui.forms import DateWidget, LookupWidget, PastedListWidget
from concord.portal.ui.looks import known_looks
from concord.portal.ui.tables import LeadColumn, MomentColumn, MoneyColumn, NumberColumn, StatusColumn, Table

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


class ExampleForm(forms.Form):
    customer = forms.CharField(help_text="As registered")
    country = forms.ChoiceField(choices=[("DE", "Germany"), ("CN", "China")])
    close_on = forms.DateField(widget=DateWidget(), required=False)
    product = forms.CharField(widget=LookupWidget("/suggest/"), required=False)
    lines = forms.CharField(widget=PastedListWidget())
    spoken = forms.BooleanField()
    source = forms.ChoiceField(choices=[("fair", "Fair"), ("own", "Own")], widget=forms.RadioSelect)
    token = forms.CharField(widget=forms.HiddenInput, initial="kept")


class ExampleTable(Table):
    code = LeadColumn()
    state = StatusColumn()
    units = NumberColumn()
    value = MoneyColumn(footer="2,468.00")
    at = MomentColumn(style="date")


def rows(count: int) -> list[dict[str, object]]:
    return [
        {
            "code": f"D-{n}",
            "state": "approved",
            "units": 1200,
            "value": Decimal(1234),
            "currency": "EUR",
            "at": NOW,
        }
        for n in range(1, count + 1)
    ]


def example_context(request: HttpRequest) -> dict[str, object]:
    table = ExampleTable(rows(30), order_by="units", export_formats=("csv", "xlsx"), caption="Deals")
    table.paginate(page=2, per_page=10)
    return {
        "user": SimpleNamespace(
            is_authenticated=True, is_staff=True, email="lin@example.com", get_full_name=lambda: "Lin Wei", pk=1
        ),
        "menu": [
            SimpleNamespace(label=label, url="/gallery/", icon=icon, active=label == "Deals")
            for label, icon in (("Home", "home"), ("Deals", "briefcase"), ("Prices", "tag"), ("Library", "books"))
        ],
        "portal_search_url": "/search/",
        "form": ExampleForm({"customer": "", "lines": "A\t1\nB\t2"}) if "wrong" in request.GET else ExampleForm(),
        "table": table,
        "looks": [(look.tone, look.icon, look.label) for look in known_looks()],
        "now": NOW,
        "began": NOW - timedelta(days=60),
        "ends": NOW + timedelta(days=9),
        "crumbs": [("Deals", "/gallery/")],
        "facts": [("Country", "Germany"), ("Note", None)],
        "tabs": [{"label": "All", "url": "?", "active": True, "count": 12}, {"label": "Mine", "url": "?"}],
        "ways": [
            {"label": "Take it", "url": "/x/", "method": "post", "fields": {"choice": "take"}, "text": "98.40 EUR"},
            {"label": "Ask", "url": "/y/", "icon": "send"},
        ],
        "steps": [
            {"label": "List price", "amount": Decimal(120)},
            {"label": "Break", "amount": Decimal("-14.4"), "detail": "from 100"},
            {"label": "Net", "amount": Decimal("105.6"), "kind": "total"},
        ],
        "entries": [
            {"at": NOW, "title": "Approved", "who": "Mara", "door": "Desk", "icon": "check", "tone": "ok", "text": "!"},
            {"at": NOW, "title": "Registered", "url": "/x/"},
        ],
        "labels": ["Jan", "Feb"],
        "series": [{"label": "Won", "values": [3, Decimal("4.5")], "tone": "ok"}],
    }


def draw(request: HttpRequest) -> HttpResponse:
    source = (Path(__file__).parent / "templates" / "gallery.html").read_text(encoding="utf-8")
    return HttpResponse(engines["django"].from_string(source).render(example_context(request), request))


urlpatterns = [
    path("gallery/", draw),
    path("", include("concord.portal.page_urls")),
    path("accounts/", include("allauth.urls")),
    path("desk/", include("wagtail.admin.urls")),
]
