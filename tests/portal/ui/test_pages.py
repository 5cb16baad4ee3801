"""Sign-in, errors, language and brand, as a visitor meets them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation
from django.views.csrf import csrf_failure
from django.views.defaults import bad_request, server_error

from concord.portal.models import User
from concord.portal.models.brand import BrandSettings

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    from allauth.account.models import EmailAddress

    user = User.objects.create_user("lin@example.com", "a long enough password", name="Lin Wei")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def test_sign_in_speaks_both_languages_before_anybody_is_known(client):
    english = client.get("/accounts/login/").content.decode()
    assert '<html lang="en"' in english
    assert "Sign in with a passkey" in english
    client.post("/setlang/", {"language": "zh-hans", "next": "/accounts/login/"})
    chinese = client.get("/accounts/login/").content.decode()
    assert '<html lang="zh-Hans"' in chinese
    assert "使用通行密钥登录" in chinese
    assert "Sign in" not in chinese


def test_the_chosen_language_is_kept_in_the_profile(client, person):
    client.force_login(person)
    client.post("/setlang/", {"language": "zh-hans"})
    person.refresh_from_db()
    assert person.language == "zh-hans"
    client.post("/setlang/", {"language": "xx"})
    person.refresh_from_db()
    assert person.language == "zh-hans"
    assert client.get("/setlang/").status_code == 405


@pytest.mark.parametrize(
    "path", ["/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/sessions/"]
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_account_pages_have_the_shell(client, person, path, language):
    person.language = language
    person.save()
    client.force_login(person)
    html = client.get(path).content.decode()
    assert "co-account-nav" in html
    assert html.count("<h1") == 1
    assert f'href="{path}" aria-current="page"' in html
    assert ("退出登录" if language == "zh-hans" else "Sign out") in html


def test_keys_are_listed_with_their_use():
    request = RequestFactory().get("/accounts/2fa/webauthn/")
    request.user = User()
    used = datetime(2026, 11, 20, tzinfo=UTC)
    keys = [
        SimpleNamespace(pk=1, wrap=SimpleNamespace(is_passwordless=True), created_at=used, last_used_at=None),
        SimpleNamespace(pk=2, wrap=SimpleNamespace(is_passwordless=False), created_at=used, last_used_at=used),
    ]
    html = render_to_string("mfa/webauthn/authenticator_list.html", {"authenticators": keys}, request)
    assert html.count("Passkey") == 1
    assert html.count("Never") == 1
    assert html.count("20 Nov 2026</time>") == 2
    assert "No security keys" in render_to_string("mfa/webauthn/authenticator_list.html", {}, request)


def test_no_page_of_the_sign_in_carries_inline_code(client, person):
    pages = [client.get("/accounts/login/"), client.get("/accounts/password/reset/")]
    client.force_login(person)
    pages += [client.get(path) for path in ("/accounts/email/", "/accounts/2fa/", "/accounts/sessions/")]
    for response in pages:
        html = response.content.decode()
        assert response.status_code == 200
        assert not re.search(r"<[^>]+\sstyle=", html)
        assert "<style" not in html
        assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", html))
        assert "'unsafe-inline'" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_theme_is_drawn_by_the_server_so_nothing_flashes(client, theme):
    client.cookies["concord_theme"] = theme
    assert f'data-bs-theme="{theme}"' in client.get("/accounts/login/").content.decode()


def test_a_theme_that_is_none_is_the_system_s(client):
    client.cookies["concord_theme"] = '"><script>'
    html = client.get("/accounts/login/").content.decode()
    assert "data-bs-theme=" not in html
    assert 'data-theme-choice="auto"' in html


@pytest.mark.parametrize("template", ["403.html", "404.html", "429.html", "403_csrf.html"])
def test_error_pages_in_both_languages(template):
    for language, word in (("en", "To the home page"), ("zh-hans", "返回首页")):
        request = RequestFactory().get("/nowhere/")
        request.user = User()
        with translation.override(language):
            assert word in render_to_string(template, {}, request)


def test_pages_without_any_context_speak_both_languages():
    request = RequestFactory().get("/")
    for response, status in ((server_error(request), 500), (bad_request(request, ValueError()), 400)):
        html = response.content.decode()
        assert response.status_code == status
        assert f">{status}<" in html
        assert "首页" in html
        assert "Home" in html


def test_a_form_without_its_token_is_refused_with_an_explanation():
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {})
    assert response.status_code == 403
    assert "This form could not be checked" in response.content.decode()
    assert csrf_failure(RequestFactory().get("/")).status_code == 403


def test_the_brand_is_the_vendor_s(client):
    assert client.get("/brand.css").content == b"/* The accent of the kit. */\n"
    assert "/brand.css" not in client.get("/accounts/login/").content.decode()
    BrandSettings.objects.update_or_create(pk=1, defaults={"brand_name": "Nordwerk", "accent_colour": "#AA5500"})
    html = client.get("/accounts/login/").content.decode()
    assert "Nordwerk" in html
    assert "/brand.css?aa5500" in html
    assert client.get("/brand.css").content == b":root{--co-brand:#aa5500}\n"


def test_a_colour_that_is_none_reaches_no_style_sheet(client):
    BrandSettings.objects.update_or_create(pk=1, defaults={"accent_colour": "red}a{"})
    assert client.get("/brand.css").content == b"/* The accent of the kit. */\n"


def test_without_a_logo_there_is_none(client):
    assert client.get("/brand/logo.png").status_code == 404


# The image library leaves its spooled file to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
def test_the_logo_is_served_without_signing_in(client, settings, tmp_path):
    from io import BytesIO

    from django.core.files.images import ImageFile
    from PIL import Image
    from wagtail.images.models import Image as StoredImage

    settings.MEDIA_ROOT = tmp_path
    drawn = BytesIO()
    Image.new("RGB", (900, 300), "#aa5500").save(drawn, "PNG")
    logo = StoredImage.objects.create(title="Logo", file=ImageFile(drawn, "logo.png"))
    BrandSettings.objects.update_or_create(pk=1, defaults={"logo": logo})
    response = client.get("/brand/logo.png")
    assert response["Content-Type"] == "image/png"
    served = Image.open(BytesIO(b"".join(response.streaming_content)))
    assert served.height <= 96
    assert f"/brand/logo.png?{logo.pk}" in client.get("/accounts/login/").content.decode()


def test_a_reset_mail_is_short_and_signed(client, person):
    client.post("/accounts/password/reset/", {"email": person.email})
    (message,) = mail.outbox
    assert "/accounts/password/reset/key/" in message.body
    assert "Hello from" not in message.body


def test_the_mail_layout_in_both_forms():
    context = {
        "brand_name": "Nordwerk",
        "action_url": "https://portal.example/x",
        "action_label": "Open",
        "reason": "Why",
    }
    for form in ("html", "txt"):
        text = render_to_string(f"portal/email/base.{form}", context)
        assert "https://portal.example/x" in text
        assert "Nordwerk" in text
        assert "Why" in text


def test_the_desk_carries_the_brand(client):
    boss = User.objects.create_superuser("boss@example.com", "a long enough password", name="Mara Okafor")
    BrandSettings.objects.update_or_create(pk=1, defaults={"brand_name": "Nordwerk"})
    client.force_login(boss)
    html = client.get("/desk/").content.decode()
    assert "portal/desk.css" in html
    assert "Good to see you, Mara Okafor" in html
    assert re.search(r"<title>[^<]*Nordwerk", html)
