"""The channel manager's desk: queue, workbench, decisions, and who may not."""

from __future__ import annotations

import pytest
from django.urls import reverse

from concord.deals.models import Protection
from concord.partners.models import CustomerVerdict
from tests.deals import making

LIKE_IT = "Nordwind Antriebe Service GmbH"


@pytest.fixture
def desk(cast, client):
    client.force_login(cast.vendor_manager)
    return client


def bench(deal):
    return reverse("registrations:bench", args=[deal.uuid])


def decide(client, deal, deed, **values):
    deal.refresh_from_db()
    data = {f"{deed}-version": deal.updated_at.isoformat()}
    data.update({f"{deed}-{name}": value for name, value in values.items()})
    return client.post(reverse("registrations:decide", args=[deal.uuid, deed]), data)


def test_the_queue_lists_what_waits_with_its_clock_and_the_home_shows_it(cast, desk):
    deal = making.submitted(cast)
    page = desk.get(reverse("registrations:queue")).content.decode()
    assert deal.customer_name in page
    assert "In time" in page
    assert deal.customer_name in desk.get(reverse("wagtailadmin_home")).content.decode()


def test_the_queue_is_exported_without_formulas(cast, desk):
    making.submitted(cast, name="=HYPERLINK Werke GmbH")
    answer = desk.get(reverse("registrations:queue"), {"export": "csv"})
    text = b"".join(answer.streaming_content).decode()
    assert "'=HYPERLINK Werke GmbH" in text
    assert ",=HYPERLINK" not in text


def test_claim_twin_score_reasons_holder_and_stories_stand_side_by_side(cast, desk):
    making.approved(cast)
    second = making.submitted(cast, cast.seller_b, LIKE_IT)
    page = desk.get(bench(second)).content.decode()
    for expected in (LIKE_IT, "Nordwind Antriebe GmbH", cast.partner_a.name, "of 100", "Registration approved", "Why"):
        assert expected in page
    assert page.count("History verified") == 2


def test_approving_by_button_protects(cast, desk):
    deal = making.submitted(cast)
    answer = decide(desk, deal, "approve", reason="meets_the_rules", note="Good work.")
    assert (answer.status_code, answer["Location"]) == (302, bench(deal))
    deal.refresh_from_db()
    assert (deal.review_status, deal.decision_note) == ("approved", "Good work.")


def test_a_refused_decision_comes_back_with_the_reason_and_changes_nothing(cast, desk):
    making.approved(cast)
    second = making.submitted(cast, cast.seller_b, LIKE_IT)
    answer = decide(desk, second, "approve", reason="meets_the_rules", note="kept as typed")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Decide first whether the two are the same" in page
    assert "kept as typed" in page
    assert Protection.objects.unscoped("count").count() == 1


def test_a_verdict_by_button_is_remembered_and_the_database_refuses_from_then_on(cast, desk):
    first = making.approved(cast)
    second = making.submitted(cast, cast.seller_b, LIKE_IT)
    judge = reverse("registrations:judge", args=[second.uuid, first.end_customer.uuid])
    desk.post(judge, {"verdict": "same", "version": second.updated_at.isoformat()})
    assert CustomerVerdict.objects.get().verdict == "same"
    answer = decide(desk, second, "approve", reason="meets_the_rules")
    assert answer.status_code == 409
    answer = decide(desk, second, "duplicate", reason="already_protected")
    assert answer.status_code == 302
    second.refresh_from_db()
    assert second.review_status == "duplicate"


def test_a_decision_on_a_version_that_was_not_shown_is_refused(cast, desk):
    deal = making.submitted(cast)
    old = deal.updated_at.isoformat()
    deal.save()
    data = {"reject-version": old, "reject-reason": "no_opportunity"}
    answer = desk.post(reverse("registrations:decide", args=[deal.uuid, "reject"]), data)
    assert answer.status_code == 409
    deal.refresh_from_db()
    assert deal.review_status == "submitted"


@pytest.mark.parametrize(
    ("who", "reads", "decides"),
    [("vendor_manager", 200, 302), ("pricing_manager", 200, 403), ("editor", 403, 403)],
)
def test_who_reads_and_who_decides(cast, client, who, reads, decides):
    deal = making.submitted(cast)
    client.force_login(getattr(cast, who))

    def status(answer):
        # Wagtail answers a refusal inside the desk with a way back to its home.
        is_sent_home = answer.status_code == 302 and answer["Location"] == reverse("wagtailadmin_home")
        return 403 if is_sent_home else answer.status_code

    for name, args in (("queue", []), ("all", []), ("bench", [deal.uuid])):
        assert status(client.get(reverse(f"registrations:{name}", args=args))) == reads, name
    assert status(decide(client, deal, "reject", reason="no_opportunity")) == decides
    deal.refresh_from_db()
    assert deal.review_status == ("rejected" if decides == 302 else "submitted")


@pytest.mark.parametrize("who", ["admin_a", "seller_b"])
def test_partners_do_not_reach_the_desk(cast, client, who):
    deal = making.submitted(cast)
    client.force_login(getattr(cast, who))
    for url in (reverse("registrations:queue"), bench(deal)):
        answer = client.get(url)
        assert answer.status_code in {302, 403}
        assert deal.customer_name not in answer.content.decode()


def test_drafts_are_not_the_desks_business(cast, desk):
    deal = making.draft(cast)
    assert desk.get(bench(deal)).status_code == 404
    assert deal.customer_name not in desk.get(reverse("registrations:all")).content.decode()


def test_what_nobody_else_could_take_over_is_marked_in_the_list_and_on_the_workbench(cast, desk):
    deal = making.approved(cast)
    waiting = making.submitted(cast, cast.seller_b, "Holzbau Kranz GmbH")
    in_list, on_bench = desk.get(reverse("registrations:all")), desk.get(bench(deal))
    for answer in (in_list, on_bench):
        page = answer.content.decode()
        assert page.count("Below the line") >= 1
        assert "the line is 40" in page
    assert "No person at the customer is known." in on_bench.content.decode()
    assert "the line is" not in desk.get(bench(waiting)).content.decode()
    assert in_list.content.decode().count("the line is") == 1


def test_a_deal_that_is_ready_is_marked_so(cast, desk, settings):
    settings.PROGRAMME_TERMS = {**settings.PROGRAMME_TERMS, "readiness_at_least": 0}
    deal = making.approved(cast)
    for address in (reverse("registrations:all"), bench(deal)):
        page = desk.get(address).content.decode()
        assert "Ready to hand over" in page
        assert "Below the line" not in page
