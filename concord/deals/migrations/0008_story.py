"""Kinds of activity that the desk configures, people, promises, objections, calendars and emergency access."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


KINDS = [
    ("note", "Note", "备注", "notes", False, False),
    ("call", "Call", "电话", "phone", True, False),
    ("visit", "Visit", "拜访", "users", True, True),
    ("mail", "Mail", "邮件", "mail", False, False),
    ("sample", "Sample", "样品", "package", True, False),
    ("demo", "Demonstration", "演示", "presentation", True, True),
]


def seed(apps, schema_editor):
    kind_of_activity = apps.get_model("deals", "KindOfActivity")
    for code, name, name_zh, icon, qualified, appointment in KINDS:
        kind_of_activity.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_zh": name_zh,
                "icon": icon,
                "is_qualified": qualified,
                "is_appointment": appointment,
            },
        )


class Migration(migrations.Migration):
    dependencies = [
        ("deals", "0007_evidence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="KindOfActivity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="public id")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("name_zh", models.CharField(blank=True, max_length=120, verbose_name="name in Chinese")),
                ("code", models.SlugField(max_length=24, unique=True, verbose_name="code")),
                ("icon", models.CharField(default="notes", editable=False, max_length=40, verbose_name="icon")),
                (
                    "is_qualified",
                    models.BooleanField(
                        default=False,
                        help_text="Counts when the programme asks for activity at the customer.",
                        verbose_name="qualified",
                    ),
                ),
                (
                    "is_appointment",
                    models.BooleanField(
                        default=False,
                        help_text="Its next steps stand in the calendar as an appointment.",
                        verbose_name="appointment",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
            ],
            options={
                "verbose_name": "kind of activity",
                "verbose_name_plural": "kinds of activity",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="public id")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                ("text", models.CharField(max_length=500, verbose_name="objection")),
                ("raised_at", models.DateTimeField(verbose_name="raised at")),
                ("answer", models.CharField(blank=True, max_length=1000, verbose_name="answer")),
                ("answered_at", models.DateTimeField(editable=False, null=True, verbose_name="answered at")),
            ],
            options={
                "verbose_name": "objection",
                "verbose_name_plural": "objections",
                "ordering": ["deal", "id"],
            },
        ),
        migrations.CreateModel(
            name="Promise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="public id")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("price", "Price"),
                            ("date", "Date"),
                            ("terms", "Terms"),
                            ("exclusivity", "Exclusivity"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.CharField(max_length=500, verbose_name="what was promised")),
                ("until_on", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "evidence",
                    models.CharField(
                        blank=True,
                        help_text="Where it is written: a mail, minutes, a contract.",
                        max_length=300,
                        verbose_name="evidence",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="promised at")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("kept", "Kept"), ("broken", "Broken"), ("withdrawn", "Withdrawn")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("settled_at", models.DateTimeField(editable=False, null=True, verbose_name="settled at")),
            ],
            options={
                "verbose_name": "promise",
                "verbose_name_plural": "promises",
                "ordering": ["deal", "id"],
            },
        ),
        migrations.AddField(
            model_name="activity",
            name="responsible",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("secret_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("revoked_at", models.DateTimeField(editable=False, null=True, verbose_name="revoked at")),
                ("last_read_at", models.DateTimeField(editable=False, null=True, verbose_name="last read at")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar feed",
                "verbose_name_plural": "calendar feeds",
            },
        ),
        migrations.CreateModel(
            name="DealContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="public id")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("decision_maker", "Decision maker"),
                            ("influencer", "Influencer"),
                            ("user", "User"),
                            ("buyer", "Buyer"),
                            ("champion", "Champion"),
                            ("blocker", "Blocker"),
                            ("gatekeeper", "Gatekeeper"),
                        ],
                        max_length=16,
                        verbose_name="role in the decision",
                    ),
                ),
                ("position", models.CharField(blank=True, max_length=120, verbose_name="position")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail address")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telephone")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("zh-hans", "Simplified Chinese")],
                        default="en",
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="what to know")),
                ("left_at", models.DateTimeField(editable=False, null=True, verbose_name="left at")),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contacts", to="deals.deal"
                    ),
                ),
            ],
            options={
                "verbose_name": "contact at the customer",
                "verbose_name_plural": "contacts at the customer",
                "ordering": ["deal", "id"],
            },
        ),
        migrations.AddField(
            model_name="activity",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="deals.dealcontact",
                verbose_name="with whom",
            ),
        ),
        migrations.CreateModel(
            name="EmergencyAccess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="public id")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("begins_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
                (
                    "deal",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="deals.deal"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "emergency access",
                "verbose_name_plural": "emergency accesses",
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="activity",
            name="kind",
            field=models.ForeignKey(
                db_column="kind",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="deals.kindofactivity",
                to_field="code",
                verbose_name="kind",
            ),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(fields=["deal", "-happened_at"], name="activity_of_deal"),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                condition=models.Q(("next_done_at__isnull", True), models.Q(("next_step", ""), _negated=True)),
                fields=["responsible", "next_due_at"],
                name="step_of_person",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="deals.dealcontact",
                verbose_name="raised by",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="deal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="objections", to="deals.deal"
            ),
        ),
        migrations.AddField(
            model_name="promise",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="deals.dealcontact",
                verbose_name="to whom",
            ),
        ),
        migrations.AddField(
            model_name="promise",
            name="deal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="promises", to="deals.deal"
            ),
        ),
        migrations.AddField(
            model_name="promise",
            name="responsible",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarfeed",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at__isnull", True)), fields=("user",), name="one_calendar_feed_a_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="dealcontact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        ["", "decision_maker", "influencer", "user", "buyer", "champion", "blocker", "gatekeeper"],
                    )
                ),
                name="contact_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="dealcontact",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("email", ""), _negated=True), ("left_at__isnull", True)),
                fields=("deal", "email"),
                name="contact_email_once",
            ),
        ),
        migrations.AddIndex(
            model_name="emergencyaccess",
            index=models.Index(fields=["deal", "user", "ends_at"], name="emergency_of_deal"),
        ),
        migrations.AddConstraint(
            model_name="emergencyaccess",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="emergency_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="emergencyaccess",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("begins_at"))), name="emergency_ends"
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answered_at__isnull", True), models.Q(("answer", ""), _negated=True), _connector="OR"
                ),
                name="objection_answered_says_how",
            ),
        ),
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["responsible", "until_on"], name="promise_of_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["price", "date", "terms", "exclusivity", "other"])),
                name="promise_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("state", "open")),
                    models.Q(("state__in", ["kept", "broken", "withdrawn"]), ("settled_at__isnull", False)),
                    _connector="OR",
                ),
                name="promise_settled_says_when",
            ),
        ),
        migrations.RunSQL("UPDATE deals_activity SET responsible_id = by_id", migrations.RunSQL.noop),
    ]
