"""The desk's front, by role: who sees which entries and panels, and who may change documents and pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from wagtail.images import get_image_model

from concord.cms.queries.desk import library_state, stock_feeds
from concord.documents.models import Collateral
from concord.portal.models import Event
from concord.pricing.models import StockLevel, Warehouse
from tests.cms.pages import add_news, make_tree
from tests.cms.test_pages import client_of
from tests.documents.samples import data_file, make_collateral
from tests.factories import make_product


def home(user) -> str:
    answer = client_of(user).get("/desk/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_home_shows_each_role_its_own_work(cast):
    make_tree()
    Warehouse.objects.create(code="W1", name="Rotterdam")
    editor, pricing, manager = home(cast.editor), home(cast.pricing_manager), home(cast.vendor_manager)
    for page in (pricing, manager):
        assert "Stock feeds and imports" in page
        assert "Rotterdam" in page
        assert "not released" not in page
        assert "Site summary" not in page
    assert "not released" in editor
    assert "Drafts" in editor
    assert "Rotterdam" not in editor
    for page in (editor, pricing, manager):
        assert "gravatar" not in page
        assert "guide.wagtail.org" not in page


def test_partners_and_strangers_do_not_enter(cast):
    for user in (cast.seller_a, cast.admin_a, cast.stranger):
        assert client_of(user).get("/desk/").status_code in {302, 403}
        assert client_of(user).get("/desk/documents/").status_code in {302, 403}


def upload(user, content: bytes, name: str, **facts):
    data = {
        "title": "Sheet",
        "kind": "data_sheet",
        "collection": "1",
        "file": SimpleUploadedFile(name, content),
        **facts,
    }
    return client_of(user).post("/desk/documents/add/", data)


def test_editors_alone_put_documents_into_the_library(cast):
    for user in (cast.vendor_manager, cast.pricing_manager, cast.seller_a):
        assert upload(user, b"fine", "a.txt").status_code in {302, 403}
    assert not Collateral.objects.exists()
    assert upload(cast.editor, b"fine", "a.txt", families=[cast.family.pk], territories=["NL", "DE"]).status_code == 302
    stored = Collateral.objects.get()
    assert stored.territories == ["DE", "NL"]
    assert list(stored.families.all()) == [cast.family]
    assert stored.released is False, "what is uploaded waits for its release"
    assert stored.uploaded_by_user == cast.editor
    told = Event.objects.visible_to(cast.actor(cast.vendor_manager)).get(verb="collateral.stored")
    assert (told.actor_user_id, told.door) == (cast.editor.pk, "desk")


@pytest.mark.parametrize(
    ("folder", "name", "words"),
    [
        ("hostile/pdf", "javascript.pdf", "scripts"),
        ("hostile/office", "poc-xmlbomb.xlsx", "document type definitions"),
        ("collateral", "macro-workbook.xlsm", "not taken"),
        ("hostile/images", "SVG_XSS2.svg", "not taken"),
    ],
)
def test_a_refused_file_says_why_and_stores_nothing(cast, folder, name, words):
    answer = upload(cast.editor, data_file(*folder.split("/"), name).read_bytes(), name)
    assert answer.status_code == 200
    assert words in str(answer.context["form"].errors)
    assert not Collateral.objects.exists()


def test_many_files_at_once_are_looked_into_and_become_documents_with_their_entitlement(cast):
    client = client_of(cast.editor)
    ajax = {"X-Requested-With": "XMLHttpRequest"}

    def send(name: str, content: bytes):
        data = {"title": name, "files[]": SimpleUploadedFile(name, content), "collection": "1"}
        return client.post("/desk/documents/multiple/add/", data, headers=ajax).json()

    assert not send("bad.pdf", b"MZ")["success"]
    taken = send("fine.txt", b"fine")
    assert taken["success"]
    assert not Collateral.objects.exists(), "a file without its entitlement is no document yet"
    number = taken["uploaded_file_id"]
    facts = {"title": "Fine", "kind": "manual", "collection": "1", "families": [cast.family.pk]}
    details = {f"uploaded-document-{number}-{name}": value for name, value in facts.items()}
    path = f"/desk/documents/multiple/create_from_uploaded_document/{number}/"
    assert client.post(path, details, headers=ajax).json()["success"]
    stored = Collateral.objects.get()
    assert (stored.title, stored.released, list(stored.families.all())) == ("Fine", False, [cast.family])
    assert stored.file.read() == b"fine"
    stored.file.close()


def test_a_document_ends_after_it_begins(cast):
    answer = upload(
        cast.editor, b"fine", "a.txt", valid_from="2026-05-02 10:00", valid_until="2026-05-01 10:00", released="on"
    )
    assert "valid" in str(answer.context["form"].errors)
    assert not Collateral.objects.exists()


def test_feeds_that_stand_still_are_told(cast):
    now = timezone.now()
    product = make_product(cast.family)
    for code, age in (("OLD", 72), ("NEW", 1)):
        warehouse = Warehouse.objects.create(code=code, name=code)
        StockLevel.objects.create(warehouse=warehouse, product=product, on_hand=1, as_of=now - timedelta(hours=age))
    Warehouse.objects.create(code="NONE", name="NONE")
    assert {feed.name: feed.is_stale for feed in stock_feeds(now=now)} == {"OLD": True, "NONE": True, "NEW": False}


def test_the_librarys_loose_ends_are_counted(cast):
    now = timezone.now()
    make_collateral("a")
    make_collateral("b", released=False)
    make_collateral("c", valid_until=now + timedelta(days=3))
    make_collateral("d", valid_until=now - timedelta(days=3))
    state = library_state(now=now)
    assert (state.documents, state.waiting, state.ending, state.ended) == (4, 1, 1, 1)


def test_an_editor_previews_and_publishes_a_page(cast):
    tree = make_tree()
    item = add_news(tree, "Price round", slug="price-round", on=timezone.localdate(), body="<p>All of it.</p>")
    client = client_of(cast.editor)
    assert client.get(f"/desk/pages/{item.pk}/edit/").status_code == 200
    item.unpublish()
    item.save_revision()
    preview = client.get(f"/desk/pages/{item.pk}/view_draft/")
    assert preview.status_code == 200
    assert "All of it." in preview.content.decode()
    assert "wagtail-userbar" not in preview.content.decode()


def test_pictures_are_shown_in_the_desk_and_nowhere_else(cast):
    photo = data_file("collateral", "limesdr-mini-photo.jpg").read_bytes()
    image = get_image_model()(title="Logo", file=ContentFile(photo, name="logo.jpg"), width=722, height=480)
    image.save()
    rendition = image.renditions.create(
        filter_spec="max-722x722", file=ContentFile(photo, name="logo.small.jpg"), width=722, height=480
    )
    assert rendition.url.startswith("/media/images/")
    for user in (cast.editor, cast.vendor_manager):
        shown = client_of(user).get(rendition.url)
        assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
        assert b"".join(shown)
    for user in (cast.seller_a, cast.stranger):
        assert client_of(user).get(rendition.url).status_code == 404
    assert Client().get(rendition.url).status_code == 404
    for path in (f"/media/{image.file.name}", "/media/images/../original_images/x.jpg", "/media/images/nothing.jpg"):
        assert client_of(cast.editor).get(path).status_code == 404
