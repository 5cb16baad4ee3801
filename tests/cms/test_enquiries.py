"""The public form: what visitors send becomes a lead, with consent; machines and floods do not."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse
from django.utils import translation

from concord.cms.models import LeadFormPage
from concord.deals.models import Lead, LeadSource
from concord.portal.models import Event
from tests.cms.pages import add, make_tree

CONSENT = "I agree to be called by a partner."


@pytest.fixture
def form(cast):
    """The form in both languages; its address in English."""
    tree = make_tree()
    source = LeadSource.objects.get(code="form")
    facts = {"consent": CONSENT, "source": source, "introduction": "<p>Tell us.</p>", "thanks": "<p>We will call.</p>"}
    english = add(tree.home, LeadFormPage, "Talk to us", "contact", **facts)
    words = {**facts, "consent": "我同意合作伙伴与我联系。", "translation_key": english.translation_key}
    add(tree.home_zh, LeadFormPage, "联系我们", "contact", **words)
    return reverse("cms:enquiry", args=["contact"])


def answers(**changes):
    data = {
        "idempotency_key": str(uuid.uuid4()),
        "customer_name": "Suedstern Pumpen AG",
        "customer_country": "DE",
        "customer_city": "Kiel",
        "contact_name": "Ada Petersen",
        "contact_email": "ada@suedstern.example",
        "families": ["connectors"],
        "details": "Please call me.",
        "consent": "on",
    }
    return {**data, **changes}


def all_leads():
    return Lead.objects.unscoped("the test looks")


def test_anybody_may_ask_and_the_consent_is_kept_word_for_word(form, client):
    page = client.get(form)
    assert page.status_code == 200
    assert CONSENT in page.content.decode()
    answer = client.post(form, answers())
    assert answer["Location"] == reverse("cms:enquiry-thanks", args=["contact"])
    assert "We will call." in client.get(answer["Location"]).content.decode()
    lead = all_leads().get()
    assert (lead.source.code, lead.state, lead.language) == ("form", "new", "en")
    assert (lead.consent_text, lead.consent_at is not None) == (CONSENT, True)
    assert [family.code for family in lead.families.all()] == ["connectors"]
    event = Event.objects.unscoped("the test looks").get(subject_uuid=lead.uuid)
    assert (event.verb, event.door) == ("lead.created", "public")


def test_without_consent_or_name_nothing_is_written_and_what_was_typed_stays(form, client):
    answer = client.post(form, answers(consent="", contact_name=""))
    assert answer.status_code == 422
    assert "Without your consent nobody may contact you." in answer.content.decode()
    assert "ada@suedstern.example" in answer.content.decode()
    assert not all_leads().exists()


def test_sent_twice_is_one_lead_and_asked_again_another_one(form, client):
    data = answers()
    client.post(form, data)
    client.post(form, data)
    assert all_leads().count() == 1
    client.post(form, answers())
    assert all_leads().count() == 2
    assert all_leads().values("end_customer").distinct().count() == 1


def test_a_machine_that_fills_in_everything_is_thanked_and_forgotten(form, client):
    answer = client.post(form, answers(fax="555"))
    assert answer["Location"] == reverse("cms:enquiry-thanks", args=["contact"])
    assert not all_leads().exists()


def test_a_flood_from_one_address_is_stopped(form, client, settings):
    settings.POOL_TERMS = {"enquiries_an_hour": 2}
    statuses = [client.post(form, answers()).status_code for _time in range(4)]
    assert statuses == [302, 302, 429, 429]
    assert all_leads().count() == 2


def test_the_form_speaks_the_visitors_language(form, client):
    client.cookies["django_language"] = "zh-hans"
    with translation.override("zh-hans"):
        page = client.get(form).content.decode()
    assert "我同意合作伙伴与我联系。" in page
    client.post(form, answers())
    lead = all_leads().get()
    assert (lead.language, lead.consent_text) == ("zh-hans", "我同意合作伙伴与我联系。")


def test_a_form_that_is_not_live_or_never_was_is_not_there(form, client):
    LeadFormPage.objects.all().update(live=False)
    assert client.get(form).status_code == 404
    assert client.post(form, answers()).status_code == 404
    assert client.get(reverse("cms:enquiry", args=["nowhere"])).status_code == 404
    assert not all_leads().exists()


def test_the_pages_own_address_leads_to_the_form(form, client, cast):
    client.force_login(cast.seller_a)
    assert client.get("/contact/")["Location"] == form
