"""The fixed cast of every test: the vendor's people, two rival partners, and a stranger."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from concord.partners.actions.members import create_member
from concord.partners.enums import PartnerStatus
from concord.partners.models import Partner, ProductFamily, Tier
from concord.portal.actor import Actor, actor_for_user, portal_actor
from concord.portal.enums import Door, Role
from concord.portal.models import User

PASSWORD = "a long enough password"


@dataclass
class Cast:
    """``partner_a`` is authorised for ``family`` and ``other_family``, its rival ``partner_b`` for ``family`` alone."""

    tier: Tier
    family: ProductFamily
    other_family: ProductFamily
    partner_a: Partner
    partner_b: Partner
    vendor_manager: User
    pricing_manager: User
    editor: User
    admin_a: User
    seller_a: User
    seller_a2: User
    seller_b: User
    stranger: User

    def actor(self, user: User, door: Door = Door.EXTRANET) -> Actor:
        """What the portal makes of a signed-in user."""
        return actor_for_user(user, door)

    @property
    def people(self) -> dict[str, User]:
        """Everybody by the name of the part they play."""
        names = (
            "vendor_manager",
            "pricing_manager",
            "editor",
            "admin_a",
            "seller_a",
            "seller_a2",
            "seller_b",
            "stranger",
        )
        return {name: getattr(self, name) for name in names}


def make_cast() -> Cast:
    """Write the cast into the database of this test."""
    portal = portal_actor(Door.SHELL)
    tier = Tier.objects.create(code="gold", name="Gold", name_zh="金牌", rank=2)
    family = ProductFamily.objects.create(code="connectors", name="Connectors", name_zh="连接器")
    other_family = ProductFamily.objects.create(code="sensors", name="Sensors", name_zh="传感器")
    partner_a = Partner.objects.create(
        code="A-100",
        name="Aldermann Distribution GmbH",
        status=PartnerStatus.ACTIVE,
        tier=tier,
        country="DE",
        currency="USD",
        time_zone="Europe/Berlin",
    )
    partner_b = Partner.objects.create(
        code="B-200",
        name="Bakker Components B.V.",
        status=PartnerStatus.ACTIVE,
        tier=tier,
        country="NL",
        currency="USD",
        time_zone="Europe/Amsterdam",
    )
    partner_a.families.set([family, other_family])
    partner_b.families.set([family])

    def person(email: str, name: str, role: Role, partner: Partner | None = None) -> User:
        return create_member(actor=portal, email=email, name=name, role=role, partner=partner, password=PASSWORD).user

    return Cast(
        tier=tier,
        family=family,
        other_family=other_family,
        partner_a=partner_a,
        partner_b=partner_b,
        vendor_manager=person("manager@vendor.example", "Mara Lindqvist", Role.CHANNEL_MANAGER),
        pricing_manager=person("pricing@vendor.example", "Piotr Zielinski", Role.PRICING_MANAGER),
        editor=person("editor@vendor.example", "Edith Okafor", Role.CONTENT_EDITOR),
        admin_a=person("admin@a.example", "Anke Brandt", Role.PARTNER_ADMINISTRATOR, partner_a),
        seller_a=person("seller@a.example", "Sven Albrecht", Role.SELLER, partner_a),
        seller_a2=person("seller2@a.example", "Sabine Vogt", Role.SELLER, partner_a),
        seller_b=person("seller@b.example", "Bram de Wit", Role.SELLER, partner_b),
        stranger=User.objects.create_user("nobody@elsewhere.example", PASSWORD, name="Nobody"),
    )


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, in this test's database."""
    return make_cast()
