"""What waits at the desk and on home pages is found and counted by small indexes of just that."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

_OPEN_STEP = models.Q(("next_done_at__isnull", True), models.Q(("next_step", ""), _negated=True))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("deals", "0015_deals_listed")]

    operations = [
        migrations.RunSQL("SET lock_timeout = '5s'", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(
                fields=["answer_due_at", "id"],
                include=["review_status", "sales_stage"],
                name="deal_awaits_answer",
                condition=models.Q(("review_status", "submitted")),
            ),
        ),
        RemoveIndexConcurrently(model_name="deal", name="deal_waiting"),
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(
                fields=["partner", "owner", "decided_at"],
                include=["review_status", "sales_stage"],
                name="deal_sent_back",
                condition=models.Q(("review_status", "returned")),
            ),
        ),
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(
                fields=["partner", "decided_at"],
                name="deal_decided_against",
                condition=models.Q(("review_status__in", ["rejected", "duplicate"])),
            ),
        ),
        AddIndexConcurrently(
            model_name="activity",
            index=models.Index(fields=["deal", "next_due_at"], name="step_of_deal", condition=_OPEN_STEP),
        ),
        AddIndexConcurrently(
            model_name="promise",
            index=models.Index(fields=["deal", "until_on"], name="promise_open", condition=models.Q(("state", "open"))),
        ),
        AddIndexConcurrently(
            model_name="protectionlife",
            index=models.Index(
                fields=["grace_until"],
                name="life_in_grace",
                condition=models.Q(("ended_at__isnull", True), ("in_grace", True)),
            ),
        ),
        AddIndexConcurrently(
            model_name="protectionlife",
            index=models.Index(fields=["ended_at"], name="life_ended", condition=models.Q(("ended_at__isnull", False))),
        ),
        AddIndexConcurrently(
            model_name="protectionlife",
            index=models.Index(fields=["ends_at", "id"], name="life_listed"),
        ),
        migrations.RunSQL("RESET lock_timeout", migrations.RunSQL.noop),
    ]
