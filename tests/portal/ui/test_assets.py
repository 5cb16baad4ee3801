"""What the browser loads: only listed files, and little of it."""

from __future__ import annotations

import re

import brotli
import pytest
from django.contrib.staticfiles import finders

from concord.portal.finders import NODE_FILES, NodeModulesFinder, node_modules

FIRST_PAGE_LIMIT = 150_000


def test_exactly_the_listed_files_are_found():
    finder = NodeModulesFinder()
    assert finder.check() == []
    for public, source in NODE_FILES.items():
        assert finder.find(public) == str(node_modules() / source)
        assert finder.find(public, find_all=True) == [str(node_modules() / source)]
    assert [path for path, _storage in finder.list([])] == list(NODE_FILES)
    for path, storage in finder.list([]):
        with storage.open(path) as file:
            assert file.read(1)


@pytest.mark.parametrize(
    "path", ["@tabler/core/dist/css/tabler.css", "vendor/tabler/../../package.json", "package.json", ""]
)
def test_nothing_else_of_the_packages_is_served(path):
    assert NodeModulesFinder().find(path) == []
    assert NodeModulesFinder().find(path, find_all=True) == []


def test_missing_assets_are_told_at_start(settings, tmp_path):
    settings.NODE_MODULES = tmp_path
    (problem,) = NodeModulesFinder().check()
    assert problem.id == "portal.E002"


@pytest.mark.django_db
def test_the_first_page_is_light(client):
    html = client.get("/accounts/login/").content.decode()
    loaded = set(re.findall(r'(?:href|src)="/static/([^"?]+\.(?:css|js))', html))
    assert {"vendor/tabler/tabler.min.css", "portal/concord.css", "portal/concord.js"} <= loaded
    weight = 0
    for path in loaded:
        with open(finders.find(path), "rb") as file:  # noqa: PTH123 - the finder gives a plain path
            weight += len(brotli.compress(file.read()))
    assert weight < FIRST_PAGE_LIMIT
