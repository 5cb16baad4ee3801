"""Leads as a table: the list from a fair, a campaign or another CRM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from concord.deals.actions.leads_receiving import LeadFacts, checked_lead, store_leads
from concord.deals.pool_enums import CompanySize
from concord.deals.queries.leads import source_coded
from concord.portal.actor import Actor
from concord.portal.enums import Role
from concord.portal.imports import Counts, ImportContext, ImportKind
from concord.portal.refusals import InvalidInput
from concord.portal.tabular import ChoiceColumn, ListColumn, Row, RowError, TextColumn
from concord.portal.tabular.columns import FormulaCells

COLUMNS: Final = (
    TextColumn("external_id", max_length=64, default="", aliases=("外部编号",)),
    TextColumn("customer_name", required=True, max_length=250, aliases=("company", "公司名称")),
    TextColumn("country", required=True, max_length=2, aliases=("国家",)),
    TextColumn("city", max_length=120, default="", aliases=("城市",)),
    TextColumn("registration_number", max_length=64, default="", aliases=("注册号",)),
    TextColumn("website", max_length=250, default="", aliases=("网站",)),
    TextColumn("sector", max_length=120, default="", aliases=("行业",)),
    ChoiceColumn(
        "size", default="", choices={size.value: size.value for size in CompanySize if size.value}, aliases=("规模",)
    ),
    TextColumn("contact_name", max_length=150, default="", aliases=("联系人",)),
    TextColumn("contact_email", max_length=254, default="", aliases=("邮箱",)),
    TextColumn("contact_phone", max_length=40, default="", aliases=("电话",), formulas=FormulaCells.KEEP),
    TextColumn("contact_role", max_length=120, default="", aliases=("职务",)),
    ListColumn("families", default=(), aliases=("产品系列",)),
    TextColumn("summary", max_length=200, default="", aliases=("摘要",), formulas=FormulaCells.KEEP),
    TextColumn("details", max_length=10_000, default="", aliases=("说明",), multiline=True, formulas=FormulaCells.KEEP),
)
#: columns that are called differently from the lead's field
_FIELDS: Final[Mapping[str, str]] = {
    "country": "customer_country",
    "city": "customer_city",
    "registration_number": "customer_registration_number",
    "website": "customer_website",
}
DEFAULT_SOURCE: Final = "import"


def facts_of(row: Row) -> LeadFacts:
    """A row as the action takes it."""
    return LeadFacts(**{_FIELDS.get(name, name): value for name, value in row.values.items()})


def check(rows: Sequence[Row], _context: ImportContext) -> Iterable[RowError]:
    """What the action would refuse, by row and column."""
    columns = {column.name for column in COLUMNS}
    for row in rows:
        try:
            checked_lead(facts_of(row))
        except InvalidInput as refusal:
            for error in refusal.errors:
                group, _separator, rest = error.pointer.strip("/").partition("/")
                name = {"customer": rest, "contact": f"contact_{rest}"}.get(group, group)
                column = "customer_name" if name == "name" else name
                yield row.error(column if column in columns else "", error.code, error.message)


def store(rows: Sequence[Row], context: ImportContext) -> Counts:
    """All rows in one action."""
    source = source_coded(str(context.options.get("source") or DEFAULT_SOURCE))
    assert source is not None  # cleaned before the file was taken
    counts = store_leads(actor=context.actor, source=source, rows=[facts_of(row) for row in rows], now=context.now)
    context.progress(len(rows), len(rows))
    return Counts(*counts)


def clean_options(_actor: Actor, options: Mapping[str, Any]) -> dict[str, Any]:
    """The source must be one in use."""
    code = str(options.get("source") or DEFAULT_SOURCE)
    if source_coded(code) is None:
        raise InvalidInput.at("/options/source", "unknown_source", _("There is no such source of leads in use."))
    return {"source": code}


LEADS: Final = ImportKind(
    code="leads",
    label=_("Leads"),
    columns=COLUMNS,
    key=lambda row: (facts_of(row).fingerprint(),),
    key_column="customer_name",
    roles=frozenset({Role.CHANNEL_MANAGER, Role.VENDOR_SYSTEM}),
    scope="deals:write",
    check=check,
    store=store,
    options=("source",),
    clean_options=clean_options,
)
