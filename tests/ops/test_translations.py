"""Messages are found in code and templates, and every gap is reported."""

from __future__ import annotations

import gettext

import pytest

from ops import translations


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr(translations, "PROJECT", tmp_path)
    monkeypatch.setattr(translations, "PACKAGES", ("portal", "deals"))
    for package in ("portal", "deals"):
        (tmp_path / "concord" / package / "templates" / package).mkdir(parents=True)
    return tmp_path


def write(path, text):
    path.write_text(text, encoding="utf-8")


def found_in(package):
    return {found.key for found in translations.messages_in(package)}


def test_messages_of_code_are_found(project):
    write(
        project / "concord/deals/rules.py",
        'a = _("plain")\nb = ngettext("one", "%(n)s many", n)\n'
        'c = pgettext_lazy("verb", "claim")\nd = f(_(\n  "two "\n  "lines"))',
    )
    assert found_in("deals") == {("plain", None), ("one", None), ("claim", "verb"), ("two lines", None)}


def test_messages_of_templates_are_found_at_any_depth(project):
    write(
        project / "concord/deals/templates/deals/page.html",
        """{% load i18n %}
<ul>
      <li title='{% translate "A title" %}'>{% trans "Indented" %}</li>
   {% if x %}
          {% blocktranslate trimmed count n=rows|length %}
            One row's "quote"
          {% plural %}
            {{ n }} rows
          {% endblocktranslate %}
 {% endif %}
  {% translate "May" context "month" %} (unbalanced [ {
</ul>""",
    )
    assert found_in("deals") == {
        ("A title", None),
        ("Indented", None),
        ('One row\'s "quote"', None),
        ("May", "month"),
    }


def translate(package, message, translation):
    path = translations.catalogue_path(package, "zh_Hans")
    before, entry, after = path.read_text(encoding="utf-8").partition(f'msgid "{message}"\nmsgstr "')
    assert entry
    write(path, f'{before}{entry}{translation}"\n{after.partition(chr(10))[2]}')
    return path


def test_gaps_are_reported_until_they_are_filled(project):
    write(project / "concord/deals/rules.py", 'a = _("Only %(name)s may do this.")')
    gap = "concord/deals/rules.py:1: no zh_Hans translation of 'Only %(name)s may do this.'"
    assert translations.problems() == [gap]

    translations.update()
    assert translations.problems() == [gap], "an entry without its translation is still a gap"

    translate("deals", "Only %(name)s may do this.", "只有%(name)s可以这样做。")
    assert translations.problems() == []


@pytest.mark.parametrize("wrong", ["只有%(nam)s可以这样做。", "没有别人可以这样做。", "只有%(name)s可以%(what)s。"])
def test_a_translation_with_other_placeholders_is_reported(project, wrong):
    write(project / "concord/deals/rules.py", 'a = _("Only %(name)s may do this.")')
    translations.update()
    translate("deals", "Only %(name)s may do this.", wrong)
    (problem,) = translations.problems()
    assert "has other placeholders" in problem
    assert wrong in problem


def test_a_lower_package_translates_for_those_above(project):
    write(project / "concord/portal/enums.py", 'a = _("Cancel")')
    write(project / "concord/deals/enums.py", 'a = _("Cancel")')
    translations.update()
    path = translate("portal", "Cancel", "取消")

    assert translations.problems() == []
    translations.update()
    assert "Cancel" not in translations.catalogue_path("deals", "zh_Hans").read_text()
    assert "取消" in path.read_text(), "bringing catalogues up to date keeps what was translated"


def test_compiled_catalogues_are_read_by_gettext(project):
    write(project / "concord/portal/enums.py", 'a = _("Cancel")')
    translations.update()
    path = translate("portal", "Cancel", "取消")

    assert path in translations.outdated()
    translations.compile_all()
    assert translations.outdated() == []
    with path.with_suffix(".mo").open("rb") as handle:
        assert gettext.GNUTranslations(handle).gettext("Cancel") == "取消"


def test_every_message_of_concord_is_translated():
    assert translations.problems() == []
