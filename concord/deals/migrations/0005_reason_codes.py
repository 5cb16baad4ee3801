"""The reason codes that a new programme starts with. Whoever runs the programme may add others and retire these."""

from __future__ import annotations

from django.db import migrations

CODES = {
    "approve": [
        ("meets_the_rules", "Meets the rules of the programme", "符合计划规则"),
        ("approved_by_exception", "Approved as an exception", "作为例外批准"),
    ],
    "return": [
        ("customer_unclear", "Customer is not described clearly enough", "最终客户信息不够清楚"),
        ("contact_missing", "Contact at the customer is missing", "缺少客户联系人"),
        ("opportunity_unclear", "Opportunity is not described clearly enough", "商机描述不够清楚"),
        ("products_unclear", "Products or quantities are not clear", "产品或数量不清楚"),
    ],
    "reject": [
        ("no_opportunity", "No real opportunity could be seen", "未见真实商机"),
        ("outside_the_programme", "Outside the rules of the programme", "不符合计划规则"),
        ("with_the_vendor", "The vendor's own team works with this customer", "厂商团队已直接负责该客户"),
        ("public_tender", "Public tender that is open to every partner", "面向所有合作伙伴的公开招标"),
    ],
    "duplicate": [
        ("already_protected", "Customer is protected in this product family", "该客户在此产品系列已受保护"),
        ("registered_earlier", "The opportunity was registered earlier", "该商机已先行报备"),
    ],
    "lose": [
        ("price", "Price", "价格"),
        ("competitor", "Competitor's product", "竞争对手的产品"),
        ("no_budget", "Customer has no budget", "客户没有预算"),
        ("delivery_time", "Delivery time", "交货期"),
        ("not_suitable", "Product does not fit", "产品不适用"),
        ("given_up", "Customer gave up the project", "客户放弃项目"),
    ],
    "withdraw": [
        ("customer_stopped", "Customer stopped the project", "客户中止项目"),
        ("entered_by_mistake", "Entered by mistake", "误录入"),
        ("no_longer_pursued", "No longer pursued", "不再跟进"),
    ],
}


def seed(apps, schema_editor):
    reason_code = apps.get_model("deals", "ReasonCode")
    for kind, codes in CODES.items():
        for code, name, name_zh in codes:
            reason_code.objects.get_or_create(kind=kind, code=code, defaults={"name": name, "name_zh": name_zh})


class Migration(migrations.Migration):
    dependencies = [("deals", "0004_answer_and_closing")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
