"""Evidence: who hands in what, who fetches it, and that it stays as it was."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from concord.deals.actions.evidence import attach_evidence
from concord.deals.models import Evidence, EvidenceDownload
from concord.portal.models import Event
from concord.portal.refusals import InvalidInput, NotAllowed, NotThere, WrongState
from tests.deals import making


def upload(name="Letter of intent.txt", content=b"We intend to buy."):
    return SimpleUploadedFile(name, content)


def attach(cast, who, deal, **facts):
    facts.setdefault("upload", upload())
    facts.setdefault("purpose", "registration")
    return attach_evidence(actor=cast.actor(who), deal_uuid=deal.uuid, now=making.now(), **facts)


def kept(deal):
    return Evidence.objects.unscoped("the test counts").filter(deal=deal)


def test_the_owner_hands_a_file_in_and_fetching_it_is_counted(cast, client):
    deal = making.submitted(cast)
    client.force_login(cast.seller_a)
    sent = {"file": upload(), "purpose": "registration", "note": "signed by their buyer"}
    assert client.post(f"/deals/{deal.uuid}/evidence/", sent).status_code == 302
    evidence = kept(deal).get()
    answer = client.get(f"/deals/{deal.uuid}/evidence/{evidence.uuid}/")
    assert b"".join(answer.streaming_content) == b"We intend to buy."
    assert answer["Content-Disposition"] == 'attachment; filename="Letter of intent.txt"'
    assert "ETag" not in answer
    assert "no-store" in answer["Cache-Control"]
    assert EvidenceDownload.objects.filter(evidence=evidence, user_id=cast.seller_a.pk).count() == 1
    page = client.get(f"/deals/{deal.uuid}/").content.decode()
    assert "Letter of intent.txt" in page
    assert "fetched 1 time" in page
    assert Event.objects.unscoped("the test").filter(verb="deal.evidence_attached").count() == 1


def test_the_file_itself_is_nobodys_but_the_deals(cast, client):
    deal = making.submitted(cast)
    evidence = attach(cast, cast.seller_a, deal)
    for other in (cast.seller_b, cast.seller_a2):
        client.force_login(other)
        assert client.get(f"/deals/{deal.uuid}/evidence/{evidence.uuid}/").status_code == 404
        with pytest.raises(NotThere):
            attach(cast, other, deal)
    rival = making.submitted(cast, cast.seller_b, "Tulpenveld Machines B.V.")
    client.force_login(cast.seller_b)
    assert client.get(f"/deals/{rival.uuid}/evidence/{evidence.uuid}/").status_code == 404
    assert client.get(f"/media/{evidence.file.name}").status_code == 404
    assert not EvidenceDownload.objects.exists()


def test_what_the_vendor_keeps_for_itself_never_reaches_the_partner(cast, client):
    deal = making.submitted(cast)
    secret = attach(cast, cast.vendor_manager, deal, upload=upload("Doubts.txt"), is_internal=True)
    client.force_login(cast.seller_a)
    assert "Doubts" not in client.get(f"/deals/{deal.uuid}/").content.decode()
    assert "Doubts" not in client.get(f"/deals/{deal.uuid}/history/").content.decode()
    assert client.get(f"/deals/{deal.uuid}/evidence/{secret.uuid}/").status_code == 404
    with pytest.raises(NotAllowed):
        attach(cast, cast.seller_a, deal, is_internal=True)
    # The same file handed in by the partner is its own record, and not the vendor's.
    assert attach(cast, cast.seller_a, deal, upload=upload("Doubts.txt")) != secret


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("run.exe", b"MZ", "kind"),
        ("order.pdf", b"<html>", "not_what_it_says"),
        ("order.txt", b"", "empty"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_and_changes_nothing(cast, name, content, code):
    deal = making.submitted(cast)
    with pytest.raises(InvalidInput) as refused:
        attach(cast, cast.seller_a, deal, upload=upload(name, content))
    assert [(one.pointer, one.code) for one in refused.value.errors] == [("/file", code)]
    assert not kept(deal).exists()


def test_the_same_file_for_the_same_purpose_is_kept_once(cast):
    deal = making.submitted(cast)
    first = attach(cast, cast.seller_a, deal)
    assert attach(cast, cast.seller_a, deal) == first
    assert attach(cast, cast.seller_a, deal, purpose="promise") != first
    assert kept(deal).count() == 2


def test_a_deal_that_is_over_takes_evidence_for_an_appeal_alone(cast):
    deal = making.in_state(cast, "rejected")
    with pytest.raises(WrongState) as refused:
        attach(cast, cast.seller_a, deal)
    assert refused.value.details["allowed"] == ["approved", "draft", "returned", "submitted"]
    assert attach(cast, cast.seller_a, deal, purpose="appeal").purpose == "appeal"


def test_evidence_is_neither_changed_nor_taken_away(cast):
    evidence = attach(cast, cast.seller_a, making.submitted(cast))
    rows = Evidence.objects.unscoped("the test tries").filter(pk=evidence.pk)
    for forge in (lambda: rows.update(name="Other.txt"), rows.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            forge()
    assert rows.get().name == "Letter of intent.txt"


def test_refused_input_comes_back_with_the_reason(cast, client):
    deal = making.submitted(cast)
    client.force_login(cast.seller_a)
    answer = client.post(f"/deals/{deal.uuid}/evidence/", {"file": upload("run.exe", b"MZ"), "purpose": "appeal"})
    assert answer.status_code == 422
    assert "Files of this kind are not taken" in answer.content.decode()


def test_the_api_takes_lists_and_gives_evidence(cast, client):
    deal = making.submitted(cast)
    client.force_login(cast.seller_a)
    address = f"/api/v1/deals/{deal.uuid}/evidence/"
    made = client.post(address, {"file": upload(), "purpose": "registration"})
    assert made.status_code == 201, made.content
    listed = client.get(address).json()["results"]
    assert [one["name"] for one in listed] == ["Letter of intent.txt"]
    assert b"".join(client.get(made["Location"]).streaming_content) == b"We intend to buy."
    client.force_login(cast.seller_b)
    assert client.get(address).status_code == 404
    assert client.get(made["Location"]).status_code == 404
