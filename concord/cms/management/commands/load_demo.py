"""Fill the portal with the carried demo data, through its own importers and actions."""

from __future__ import annotations

import logging
from typing import IO, Any, cast

from django.core.management.base import BaseCommand
from django.utils import timezone

from concord.cms.demo.catalogue import (
    load_feed,
    load_price_draft,
    load_price_lists,
    load_substitutes,
    load_warehouses,
)
from concord.cms.demo.collateral import load_collateral
from concord.cms.demo.deals import load_deals
from concord.cms.demo.leads import load_leads
from concord.cms.demo.pages import load_pages
from concord.cms.demo.people import address, load_people, write_sign_ins
from concord.cms.demo.programme import load_brand, load_rules, load_tiers
from concord.cms.demo.protections import load_protections
from concord.cms.demo.quotes import load_quotes
from concord.cms.demo.reading import Report, read_json
from concord.portal.actor import portal_actor
from concord.portal.enums import Door


class Command(BaseCommand):
    """``manage.py load_demo``: can be run again at any time; what is there already stays as it is."""

    help = "Loads the demo: catalogue, prices, stock, customers, partners, people, pages and documents."

    def handle(self, *args: Any, **options: Any) -> None:
        """Each step says what there is now, and how long it took."""
        logging.getLogger("wagtail").setLevel(logging.WARNING)  # it tells of each page that is made
        now = timezone.now()
        actor = portal_actor(Door.IMPORT)
        programme = read_json("programme.json")
        report = Report(cast("IO[str]", self.stdout))
        with report.step("Tiers") as step:
            step.result = f"{load_tiers(actor, programme['tiers'])} tiers"
        with report.step("Warehouses") as step:
            step.result = f"{load_warehouses(programme['warehouses'])} warehouses"
        for kind, name in (
            ("families", "Product families"),
            ("partners", "Partners"),
            ("customers", "End customers"),
            ("products", "Products"),
            ("stock", "Stock"),
        ):
            with report.step(name) as step:
                step.result = load_feed(kind, f"{kind}.csv", actor=actor, now=now, progress=step.show)
        with report.step("Substitutes") as step:
            step.result = f"{load_substitutes(programme['substitutes'], actor=actor)} substitutes"
        load_price_lists(programme["price_lists"], actor=actor, now=now, report=report)
        with report.step("Draft of a price list") as step:
            step.result = load_price_draft(programme["price_draft"], actor=actor, now=now)
        with report.step("Programme") as step:
            load_brand(programme["brand"])
            step.result = f"{load_rules(programme, now)} discounts, bonuses, floors and promotions"
        with report.step("People and API clients") as step:
            entries = load_people(actor, programme["people"], programme["api_clients"])
            step.result = f"{len(entries)} sign-ins, in {write_sign_ins(entries).name}"
        with report.step("Pages") as step:
            pages = load_pages(read_json("pages.json"), today=timezone.localdate(now), address=address())
            step.result = f"{pages} pages in two languages"
        with report.step("Leads") as step:
            sellers = [one["email"] for one in programme["people"] if one["member_role"] == "seller"]
            leads = load_leads(read_json("leads.json"), sellers, actor=actor, now=now, progress=step.show)
            step.result = f"{leads} leads"
        with report.step("Deals") as step:
            step.result = f"{load_deals(read_json('deals.json'), actor=actor, now=now)} deals"
        with report.step("Protections") as step:
            # After the deals: their protections have begun by then.
            step.result = load_protections(read_json("protections.json"), actor=actor, now=timezone.now())
        with report.step("Deals of another system") as step:
            seller = sellers[0]
            options = {"owner": seller, "system": "Maplewood CRM"}
            step.result = load_feed(
                "deals", "former_deals.csv", actor=actor, now=now, progress=step.show, options=options
            )
        with report.step("Quotes") as step:
            step.result = f"{load_quotes(programme['quotes'], now=now)} revisions of a quote in both languages"
        with report.step("Library") as step:
            step.result = f"{load_collateral(read_json('collateral.json'), progress=step.show)} documents"
