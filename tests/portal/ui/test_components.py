"""Every component: what it says, and that nothing typed by people becomes markup."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

import concord.portal
from concord.portal.ui import icons, looks
from concord.portal.ui.forms import IdempotencyKeyField
from tests.portal.ui import gallery

EVIL = '<img src=x onerror="alert(1)">'
COMPONENTS = Path(concord.portal.__file__).parent / "templates" / "portal" / "components"


def render(source, request=None, **context):
    return engines["django"].from_string("{% load concord %}" + source).render(context, request)


@pytest.fixture
def drawn(db, client, settings):
    settings.ROOT_URLCONF = "tests.portal.ui.gallery"
    return client.get("/gallery/?wrong=1").content.decode()


def test_the_gallery_draws_every_component(drawn):
    used = set()
    for template in COMPONENTS.glob("*.html"):
        tag = template.stem
        if tag in {"table", "field", "field_notes"}:  # drawn by render_table and form_fields
            used.add(tag)
    source = (Path(__file__).parent / "templates" / "gallery.html").read_text(encoding="utf-8")
    used |= set(re.findall(r"{% (\w+)", source))
    missing = {template.stem for template in COMPONENTS.glob("*.html")} - used
    assert missing == set()
    assert "co-waterfall" in drawn
    assert "co-table-frame" in drawn


def test_no_page_of_the_kit_carries_inline_code(drawn):
    assert not re.search(r"\sstyle=", drawn)
    assert not re.search(r"\son[a-z]+=", drawn)
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", drawn))


@pytest.mark.parametrize(
    "source",
    [
        "{% page_header title=evil subtitle=evil crumbs=crumbs %}{% endpage_header %}",
        "{% card title=evil subtitle=evil link=evil link_label=evil id='x' %}{{ evil }}{% endcard %}",
        "{% alert title=evil %}{{ evil }}{% endalert %}",
        "<dl>{% fact evil %}{{ evil }}{% endfact %}</dl>",
        "{% confirm id='x' title=evil action=evil button=evil %}{{ evil }}{% endconfirm %}",
        "{% empty evil evil url=evil action=evil %}",
        "{% stat evil evil hint=evil url=evil %}",
        "{% facts rows %}",
        "{% timeline entries %}",
        "{% waterfall steps evil caption=evil %}",
        "{% tabs tabs label=evil %}",
        "{% ways_out evil evil ways=tabs %}",
        "{% chart 'bar' labels series evil unit=evil %}",
        "{% status evil label=evil %}",
        "{% money 1 evil %}",
        "{% copy_button evil label=evil %}",
        "{% kbd evil %}",
        "{% progress 1 2 label=evil hint=evil %}",
        "{% icon 'home' label=evil %}",
        "{% idempotency_key evil %}",
    ],
)
def test_what_people_type_is_never_markup(source):
    html = render(
        source,
        evil=EVIL,
        crumbs=[(EVIL, EVIL)],
        rows=[(EVIL, EVIL)],
        entries=[{"at": gallery.NOW, "title": EVIL, "text": EVIL, "who": EVIL, "door": EVIL, "url": EVIL}],
        steps=[{"label": EVIL, "detail": EVIL, "amount": 1}],
        tabs=[{"label": EVIL, "url": EVIL, "text": EVIL, "active": True}],
        labels=[EVIL],
        series=[{"label": EVIL, "values": [1]}],
    )
    assert "<img" not in html
    assert "&lt;img" in html


def test_an_icon_is_decoration_unless_it_has_a_name():
    assert 'aria-hidden="true"' in render('{% icon "home" %}')
    named = render('{% icon "home" label="Home" %}')
    assert 'role="img" aria-label="Home"' in named
    assert "aria-hidden" not in named


@pytest.mark.parametrize("name", ["no-such-icon", "../../package", "Home", ""])
def test_an_icon_that_is_not_there_is_an_error(name):
    with pytest.raises(icons.UnknownIconError):
        icons.render_icon(name)


def test_every_state_has_an_icon_and_a_word_in_both_languages():
    for look in looks.known_looks():
        assert icons.render_icon(look.icon)
        assert look.tone in looks.TONES
        with translation.override("en"):
            english = str(look.label)
        with translation.override("zh-hans"):
            chinese = str(look.label)
        assert re.search(r"[一-鿿]", chinese), english


def test_a_state_is_told_by_icon_and_word():
    html = render('{% status "approved" %}')
    assert "<svg" in html
    assert "Approved" in html
    assert "co-tone-ok" in html
    assert "Something else" in render('{% status "unheard_of" label="Something else" %}')


def test_a_state_can_look_its_own_way_for_one_kind(monkeypatch):
    monkeypatch.setattr(looks, "_BY_KIND", {})
    looks.register_looks("quote", {"open": looks.Look("warn", "lock-open", "Not yet issued")})
    assert "Not yet issued" in render('{% status "open" kind="quote" %}')
    assert "Not yet issued" not in render('{% status "open" kind="deal" %}')
    with pytest.raises(ValueError, match="Unknown tones"):
        looks.register_looks("quote", {"x": looks.Look("purple", "x")})


def test_money_names_its_currency_and_an_unknown_amount_is_no_zero():
    assert re.sub("<[^>]+>", "", render('{% money a "EUR" %}', a=Decimal("1234.5"))) == "1,234.50 EUR"
    price = SimpleNamespace(amount=Decimal("2.5"), currency="CNY")
    assert re.sub("<[^>]+>", "", render("{% money price %}", price=price)) == "2.50 CNY"
    assert re.sub("<[^>]+>", "", render('{% money none "EUR" %}', none=None)) == "–"


def test_the_query_keeps_the_filters():
    request = RequestFactory().get("/deals/?status=open&status=won&page=3&q=a%26b")
    assert render("{% query_string page=4 %}", request=request) == "?status=open&amp;status=won&amp;q=a%26b&amp;page=4"
    assert render("{% query_string page=None status=None q=None %}", request=request) == "?"


def test_a_chart_has_its_numbers_as_a_table(drawn):
    table = drawn[drawn.index("co-chart-table") :]
    assert '<th scope="row">Feb</th>' in table
    assert "4.5" in table


def test_a_wrong_field_says_so_to_every_reader():
    form = gallery.ExampleForm({"customer": "", "source": ""})
    html = render("{% form_fields form %}", form=form)
    control = re.search(r'<input[^>]*name="customer"[^>]*>', html).group()
    assert 'aria-invalid="true"' in control
    assert 'aria-describedby="id_customer_error id_customer_helptext"' in control
    assert "is-invalid" in control
    assert 'id="id_customer_error"' in html
    assert 'id="id_customer_helptext"' in html
    assert '<label class="form-label" for="id_customer">' in html
    assert re.search(r'<fieldset[^>]*aria-describedby="id_source_error"', html)
    assert 'name="token" value="kept"' in render("{% form_fields form %}", form=gallery.ExampleForm())


def test_extra_attributes_reach_the_control():
    class Small(forms.Form):
        q = forms.CharField(required=False)

    html = render('{% field form.q hx_get="/x/" placeholder="Find" prefix="§" %}', form=Small())
    assert 'hx-get="/x/"' in html
    assert 'placeholder="Find"' in html
    assert "§" in html


def test_an_idempotency_key_is_new_each_time_and_kept_when_given():
    first, second = render("{% idempotency_key %}"), render("{% idempotency_key %}")
    assert first != second
    key = IdempotencyKeyField().clean(re.search(r'value="([^"]+)"', first).group(1))
    assert key in render("{% idempotency_key key %}", key=key)
    with pytest.raises(forms.ValidationError):
        IdempotencyKeyField().clean("not a key")


def test_an_empty_table_says_what_to_do_first():
    table = gallery.ExampleTable([], empty={"title": "No deals", "url": "/deals/new/", "action": "Register one"})
    source = "{% load render_table from django_tables2 %}{% render_table table %}"
    html = render(source, RequestFactory().get("/"), table=table)
    assert '<a class="btn btn-primary" href="/deals/new/">Register one</a>' in html
    assert "<table" not in html


def test_a_table_sorts_by_its_headings_and_stacks_on_a_phone(drawn):
    table = drawn[drawn.index("co-table-frame") :]
    assert 'aria-sort="ascending"' in table
    assert 'data-label="Units"' in table
    assert 'aria-current="page">2</a>' in table
    assert "_export=csv" in table
    assert "11–20 of 30" in table
