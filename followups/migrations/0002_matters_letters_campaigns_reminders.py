from datetime import timedelta
from typing import Any

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


def report_complaints(apps: Any, schema_editor: Any) -> None:
    """Give complaints that were heard before there were handling reports theirs."""
    complaint = apps.get_model("followups", "Complaint")
    heard = apps.get_model("followups", "Matter").objects.filter(kind="complaint")
    complaint.objects.bulk_create(
        complaint(matter=matter, close_by=matter.heard_on + timedelta(3))
        for matter in heard.iterator()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("aftersales", "__first__"),
        ("customers", "0002_birthday_warranty_end_and_tags"),
        ("followups", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("workshop", "0003_declined_work"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="followup",
            name="count_version",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="followup",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="followup",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="followup",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="matter",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="matter",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="matter",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="policy",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="policy",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="policy",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="claim",
            name="was_reached",
            field=models.BooleanField(db_default=False),
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("social_event", "Customer social event"),
                            ("promotion", "Promotional service"),
                            ("free_service", "Free service"),
                            ("recall", "Safety recall"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("content", models.TextField(verbose_name="content")),
                ("place", models.CharField(max_length=200, verbose_name="place")),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="last day")),
                ("benefit", models.CharField(blank=True, max_length=250, verbose_name="benefit")),
                (
                    "capacity",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="capacity"),
                ),
                ("audience", models.JSONField(blank=True, default=dict, verbose_name="audience")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("decided", "Decided"),
                            ("called_off", "Called off"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="decided on")),
                (
                    "scheduled_on",
                    models.DateField(blank=True, null=True, verbose_name="days fixed on"),
                ),
                (
                    "changes",
                    models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
                ),
                ("is_late", models.BooleanField(default=False, verbose_name="late notice")),
                (
                    "passes_limits",
                    models.BooleanField(
                        default=False, verbose_name="passes the limits of contacts"
                    ),
                ),
                (
                    "passes_because",
                    models.CharField(blank=True, max_length=250, verbose_name="why it passes"),
                ),
                (
                    "called_off_on",
                    models.DateField(blank=True, null=True, verbose_name="called off on"),
                ),
                (
                    "called_off_because",
                    models.CharField(
                        blank=True, max_length=250, verbose_name="why it was called off"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="planned by",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
            ],
            options={
                "verbose_name": "campaign",
                "verbose_name_plural": "campaigns",
                "ordering": ["-starts_on", "-pk"],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title", ""), _negated=True),
                            models.Q(("content", ""), _negated=True),
                            models.Q(("place", ""), _negated=True),
                        ),
                        name="followups_campaigns_say_what_and_where",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("starts_on__lte", models.F("ends_on"))),
                        name="followups_campaign_days_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("called_off_on", None), ("decided_on", None), ("state", "draft")
                            ),
                            models.Q(
                                ("called_off_on", None),
                                ("decided_by__isnull", False),
                                ("decided_on__isnull", False),
                                ("scheduled_on__isnull", False),
                                ("state", "decided"),
                            ),
                            models.Q(
                                ("called_off_on__isnull", False),
                                ("state", "called_off"),
                                models.Q(("called_off_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="followups_decided_campaigns_say_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("passes_limits", False),
                            models.Q(("passes_because", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="followups_what_passes_limits_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CampaignEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("social_event", "Customer social event"),
                            ("promotion", "Promotional service"),
                            ("free_service", "Free service"),
                            ("recall", "Safety recall"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("content", models.TextField(verbose_name="content")),
                ("place", models.CharField(max_length=200, verbose_name="place")),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="last day")),
                ("benefit", models.CharField(blank=True, max_length=250, verbose_name="benefit")),
                (
                    "capacity",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="capacity"),
                ),
                ("audience", models.JSONField(blank=True, default=dict, verbose_name="audience")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("decided", "Decided"),
                            ("called_off", "Called off"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="decided on")),
                (
                    "scheduled_on",
                    models.DateField(blank=True, null=True, verbose_name="days fixed on"),
                ),
                (
                    "changes",
                    models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
                ),
                ("is_late", models.BooleanField(default=False, verbose_name="late notice")),
                (
                    "passes_limits",
                    models.BooleanField(
                        default=False, verbose_name="passes the limits of contacts"
                    ),
                ),
                (
                    "passes_because",
                    models.CharField(blank=True, max_length=250, verbose_name="why it passes"),
                ),
                (
                    "called_off_on",
                    models.DateField(blank=True, null=True, verbose_name="called off on"),
                ),
                (
                    "called_off_because",
                    models.CharField(
                        blank=True, max_length=250, verbose_name="why it was called off"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="planned by",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="followups.campaign",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Complaint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("minor", "Minor"),
                            ("normal", "Normal"),
                            ("serious", "Serious"),
                            ("escalated", "Escalated"),
                        ],
                        default="normal",
                        max_length=10,
                        verbose_name="level",
                    ),
                ),
                ("category", models.CharField(blank=True, max_length=30, verbose_name="category")),
                (
                    "subcategory",
                    models.CharField(blank=True, max_length=30, verbose_name="subcategory"),
                ),
                (
                    "department",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("front_desk", "Front desk"),
                            ("workshop", "Workshop"),
                            ("parts", "Parts"),
                            ("cashier", "Cashier"),
                            ("warranty", "Warranty and claims"),
                            ("customer_care", "Customer care"),
                            ("management", "Management"),
                        ],
                        max_length=20,
                        verbose_name="responsible department",
                    ),
                ),
                ("demand", models.TextField(blank=True, verbose_name="what the customer asks for")),
                ("facts", models.TextField(blank=True, verbose_name="facts found")),
                ("cause", models.TextField(blank=True, verbose_name="cause")),
                (
                    "remedy",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("repair", "Repair"),
                            ("replace", "Replacement"),
                            ("return", "Return"),
                            ("refund", "Refund"),
                            ("goodwill", "Goodwill"),
                            ("explanation", "Explanation and apology"),
                        ],
                        max_length=12,
                        verbose_name="remedy",
                    ),
                ),
                ("corrective", models.TextField(blank=True, verbose_name="corrective measures")),
                ("preventive", models.TextField(blank=True, verbose_name="preventive measures")),
                ("close_by", models.DateField(verbose_name="close by")),
                (
                    "extended_because",
                    models.CharField(
                        blank=True, max_length=250, verbose_name="why it was extended"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "extended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="extended by",
                    ),
                ),
                (
                    "matter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaint",
                        to="followups.matter",
                        verbose_name="matter",
                    ),
                ),
                (
                    "repeats",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="repeated_by",
                        to="followups.complaint",
                        verbose_name="repeats",
                    ),
                ),
            ],
            options={
                "verbose_name": "complaint",
                "verbose_name_plural": "complaints",
                "ordering": ["close_by", "pk"],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("extended_because", ""), ("extended_by", None)),
                            models.Q(
                                models.Q(("extended_because", ""), _negated=True),
                                ("extended_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="followups_extensions_say_why_and_who",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("repeats", None),
                            models.Q(("repeats", models.F("pk")), _negated=True),
                            _connector="OR",
                        ),
                        name="followups_complaint_repeats_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ComplaintEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("minor", "Minor"),
                            ("normal", "Normal"),
                            ("serious", "Serious"),
                            ("escalated", "Escalated"),
                        ],
                        default="normal",
                        max_length=10,
                        verbose_name="level",
                    ),
                ),
                ("category", models.CharField(blank=True, max_length=30, verbose_name="category")),
                (
                    "subcategory",
                    models.CharField(blank=True, max_length=30, verbose_name="subcategory"),
                ),
                (
                    "department",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("front_desk", "Front desk"),
                            ("workshop", "Workshop"),
                            ("parts", "Parts"),
                            ("cashier", "Cashier"),
                            ("warranty", "Warranty and claims"),
                            ("customer_care", "Customer care"),
                            ("management", "Management"),
                        ],
                        max_length=20,
                        verbose_name="responsible department",
                    ),
                ),
                ("demand", models.TextField(blank=True, verbose_name="what the customer asks for")),
                ("facts", models.TextField(blank=True, verbose_name="facts found")),
                ("cause", models.TextField(blank=True, verbose_name="cause")),
                (
                    "remedy",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("repair", "Repair"),
                            ("replace", "Replacement"),
                            ("return", "Return"),
                            ("refund", "Refund"),
                            ("goodwill", "Goodwill"),
                            ("explanation", "Explanation and apology"),
                        ],
                        max_length=12,
                        verbose_name="remedy",
                    ),
                ),
                ("corrective", models.TextField(blank=True, verbose_name="corrective measures")),
                ("preventive", models.TextField(blank=True, verbose_name="preventive measures")),
                ("close_by", models.DateField(verbose_name="close by")),
                (
                    "extended_because",
                    models.CharField(
                        blank=True, max_length=250, verbose_name="why it was extended"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "extended_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="extended by",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="followups.matter",
                        verbose_name="matter",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="followups.complaint",
                    ),
                ),
                (
                    "repeats",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="followups.complaint",
                        verbose_name="repeats",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Festival",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="festival")),
                ("day", models.DateField(unique=True, verbose_name="day")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "festival",
                "verbose_name_plural": "festivals",
                "ordering": ["day"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="FestivalEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=60, verbose_name="festival")),
                ("day", models.DateField(verbose_name="day")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="followups.festival",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("told_on", models.DateField(blank=True, null=True, verbose_name="told on")),
                (
                    "told_change",
                    models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
                ),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("comes", "Will come"),
                            ("undecided", "Undecided"),
                            ("declines", "Will not come"),
                        ],
                        max_length=10,
                        verbose_name="answer",
                    ),
                ),
                (
                    "answered_on",
                    models.DateField(blank=True, null=True, verbose_name="answered on"),
                ),
                (
                    "wants_letter",
                    models.BooleanField(blank=True, null=True, verbose_name="letter wanted"),
                ),
                ("guests", models.PositiveSmallIntegerField(default=0, verbose_name="guests")),
                ("attended_on", models.DateField(blank=True, null=True, verbose_name="came on")),
                (
                    "walked_in",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="came uninvited"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="followups.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "ordering": ["pk"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("campaign", "customer"), name="followups_invited_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_on", None)),
                            models.Q(
                                models.Q(("answer", ""), _negated=True),
                                ("answered_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="followups_answers_say_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("walked_in", False), ("attended_on__isnull", False), _connector="OR"
                        ),
                        name="followups_who_walked_in_came",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvitationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("told_on", models.DateField(blank=True, null=True, verbose_name="told on")),
                (
                    "told_change",
                    models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
                ),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("comes", "Will come"),
                            ("undecided", "Undecided"),
                            ("declines", "Will not come"),
                        ],
                        max_length=10,
                        verbose_name="answer",
                    ),
                ),
                (
                    "answered_on",
                    models.DateField(blank=True, null=True, verbose_name="answered on"),
                ),
                (
                    "wants_letter",
                    models.BooleanField(blank=True, null=True, verbose_name="letter wanted"),
                ),
                ("guests", models.PositiveSmallIntegerField(default=0, verbose_name="guests")),
                ("attended_on", models.DateField(blank=True, null=True, verbose_name="came on")),
                (
                    "walked_in",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="came uninvited"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "campaign",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="followups.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="followups.invitation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LetterBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("notice", "Notice"),
                            ("invitation", "Invitation"),
                            ("reply", "Reply"),
                            ("contact_check", "Contact check"),
                        ],
                        max_length=15,
                        verbose_name="kind",
                    ),
                ),
                ("template_name", models.CharField(max_length=80, verbose_name="template")),
                (
                    "channel",
                    models.CharField(
                        choices=[("post", "Post"), ("email", "E-mail"), ("sms", "Text message")],
                        default="post",
                        max_length=10,
                        verbose_name="delivery",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Being prepared"),
                            ("issuing", "Being issued"),
                            ("issued", "Issued"),
                            ("discarded", "Discarded"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("issued_at", models.DateTimeField(blank=True, null=True, verbose_name="issued")),
                ("operation", models.UUIDField(editable=False, unique=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letter_batches",
                        to="followups.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="prepared by",
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="issued by",
                    ),
                ),
            ],
            options={
                "verbose_name": "letters in preparation",
                "verbose_name_plural": "letters in preparation",
                "ordering": ["-pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                (
                    "number",
                    models.PositiveIntegerField(
                        db_default=0, editable=False, verbose_name="number"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("notice", "Notice"),
                            ("invitation", "Invitation"),
                            ("reply", "Reply"),
                            ("contact_check", "Contact check"),
                        ],
                        max_length=15,
                        verbose_name="kind",
                    ),
                ),
                ("customer_name", models.CharField(max_length=120, verbose_name="customer name")),
                ("address", models.CharField(blank=True, max_length=250, verbose_name="address")),
                (
                    "postal_code",
                    models.CharField(blank=True, max_length=12, verbose_name="postal code"),
                ),
                (
                    "recipient",
                    models.CharField(
                        blank=True,
                        help_text="E-mail address or number.",
                        max_length=254,
                        verbose_name="sent to",
                    ),
                ),
                ("plate", models.CharField(blank=True, max_length=20, verbose_name="plate")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("zh-hans", "简体中文"), ("ko", "한국어")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("body", models.TextField(verbose_name="text")),
                (
                    "channel",
                    models.CharField(
                        choices=[("post", "Post"), ("email", "E-mail"), ("sms", "Text message")],
                        max_length=10,
                        verbose_name="delivery",
                    ),
                ),
                (
                    "told_on",
                    models.DateField(blank=True, null=True, verbose_name="told by telephone on"),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                ("remarks", models.CharField(blank=True, max_length=250, verbose_name="remarks")),
                ("issued_at", models.DateTimeField(verbose_name="issued")),
                ("pdf_hash", models.CharField(max_length=64, verbose_name="SHA-256 of the file")),
                ("previous_hash", models.CharField(db_default="", editable=False, max_length=64)),
                ("hash", models.CharField(db_default="", editable=False, max_length=64)),
                (
                    "call",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="followups.call",
                        verbose_name="call",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="followups.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="followups.followup",
                        verbose_name="follow-up",
                    ),
                ),
                (
                    "handler",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="handled by",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="followups.matter",
                        verbose_name="matter",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="followups.letterbatch",
                        verbose_name="issued with",
                    ),
                ),
            ],
            options={
                "verbose_name": "letter",
                "verbose_name_plural": "letters",
                "ordering": ["-year", "-number"],
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["-issued_at", "-id"], name="followups_letter_issued"),
                    models.Index(
                        fields=["customer", "-issued_at", "-id"],
                        name="followups_letter_of_customer",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("year", "number"), name="followups_letter_number_once_a_year"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("follow_up__isnull", False)),
                        fields=("follow_up",),
                        name="followups_one_letter_for_a_follow_up",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BatchItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=160, verbose_name="subject")),
                ("body", models.TextField(blank=True, verbose_name="text")),
                (
                    "left_out_because",
                    models.CharField(blank=True, max_length=250, verbose_name="why it is left out"),
                ),
                (
                    "obstacle",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("follow_up_ended", "The letter is owed no longer"),
                            ("refused", "Does not want to be contacted this way"),
                            ("complaint", "A complaint is open"),
                            ("enough", "Was contacted often enough this month"),
                            ("no_address", "The file has no address"),
                            ("no_email", "The file has no e-mail address"),
                            ("no_mobile", "The file has no number that works"),
                            ("no_template", "There is no such template in the customer's language"),
                            ("gap", "The file lacks what the text speaks of"),
                            ("too_long", "The address is too long for the window of the envelope"),
                            ("unprintable", "There are characters that cannot be printed"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="followups.call",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="followups.followup",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="followups.matter",
                    ),
                ),
                (
                    "letter",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="followups.letter",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="followups.letterbatch",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("left_out_because", ""), ("letter", None), ("obstacle", "")
                        ),
                        fields=["batch", "id"],
                        name="followups_letters_to_issue",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("batch", "customer"), name="followups_one_letter_a_batch"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("letter", None),
                            models.Q(("left_out_because", ""), ("obstacle", "")),
                            _connector="OR",
                        ),
                        name="followups_who_is_left_out_gets_no_letter",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("body", ""), ("subject", "")),
                            models.Q(
                                models.Q(("subject", ""), _negated=True),
                                models.Q(("body", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="followups_own_words_are_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LetterBatchEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("notice", "Notice"),
                            ("invitation", "Invitation"),
                            ("reply", "Reply"),
                            ("contact_check", "Contact check"),
                        ],
                        max_length=15,
                        verbose_name="kind",
                    ),
                ),
                ("template_name", models.CharField(max_length=80, verbose_name="template")),
                (
                    "channel",
                    models.CharField(
                        choices=[("post", "Post"), ("email", "E-mail"), ("sms", "Text message")],
                        default="post",
                        max_length=10,
                        verbose_name="delivery",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Being prepared"),
                            ("issuing", "Being issued"),
                            ("issued", "Issued"),
                            ("discarded", "Discarded"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("issued_at", models.DateTimeField(blank=True, null=True, verbose_name="issued")),
                ("operation", models.UUIDField(editable=False)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="followups.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="prepared by",
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="issued by",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="followups.letterbatch",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LetterEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("posted", "Posted"),
                            ("sent", "Sent"),
                            ("returned", "Came back"),
                            ("answered", "Answered by the customer"),
                        ],
                        max_length=10,
                        verbose_name="what",
                    ),
                ),
                ("on", models.DateField(verbose_name="on")),
                ("note", models.CharField(blank=True, max_length=250, verbose_name="note")),
                (
                    "noted_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="followups.letter",
                    ),
                ),
                (
                    "noted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["on", "pk"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind__in", ["posted", "sent"])),
                        fields=("letter",),
                        name="followups_letter_leaves_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LetterFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.BinaryField()),
                ("pages", models.PositiveSmallIntegerField(verbose_name="pages")),
                (
                    "letter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="file",
                        to="followups.letter",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="LetterTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("notice", "Notice"),
                            ("invitation", "Invitation"),
                            ("reply", "Reply"),
                            ("contact_check", "Contact check"),
                        ],
                        max_length=15,
                        verbose_name="kind",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("zh-hans", "简体中文"), ("ko", "한국어")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("subject", models.CharField(max_length=160, verbose_name="subject")),
                ("body", models.TextField(verbose_name="text")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "letter template",
                "verbose_name_plural": "letter templates",
                "ordering": ["kind", "name", "language"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("kind", "name", "language"),
                        name="followups_one_template_a_language",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("subject", ""), _negated=True),
                            models.Q(("body", ""), _negated=True),
                        ),
                        name="followups_templates_have_text",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LetterTemplateEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("notice", "Notice"),
                            ("invitation", "Invitation"),
                            ("reply", "Reply"),
                            ("contact_check", "Contact check"),
                        ],
                        max_length=15,
                        verbose_name="kind",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("zh-hans", "简体中文"), ("ko", "한국어")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("subject", models.CharField(max_length=160, verbose_name="subject")),
                ("body", models.TextField(verbose_name="text")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="followups.lettertemplate",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=200, unique=True)),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "E-mail"), ("sms", "Text message")],
                        max_length=10,
                        verbose_name="delivery",
                    ),
                ),
                ("recipient", models.CharField(max_length=254, verbose_name="sent to")),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="subject")),
                ("body", models.TextField(verbose_name="text")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting"),
                            ("sending", "Being sent"),
                            ("sent", "Sent"),
                            ("failed", "Not sent"),
                            ("unknown", "Unknown whether sent"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                ("next_at", models.DateTimeField(verbose_name="next try")),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                (
                    "provider_id",
                    models.CharField(blank=True, max_length=200, verbose_name="provider's number"),
                ),
                (
                    "last_error",
                    models.CharField(blank=True, max_length=500, verbose_name="what went wrong"),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="written"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="followups.letter",
                        verbose_name="letter",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ["-pk"],
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["next_at", "id"],
                        name="followups_outbox_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("state", "sending")),
                        fields=["taken_at"],
                        name="followups_outbox_taken",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ("failed", "unknown"))),
                        fields=["-id"],
                        name="followups_outbox_unsettled",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("key", ""), _negated=True),
                            models.Q(("recipient", ""), _negated=True),
                            models.Q(("body", ""), _negated=True),
                        ),
                        name="followups_messages_say_whom_and_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state", "sent")),
                            models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at", None)),
                            _connector="OR",
                        ),
                        name="followups_sent_messages_say_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sending"), _negated=True),
                            ("taken_at__isnull", False),
                            _connector="OR",
                        ),
                        name="followups_taken_messages_say_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublicLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("invitation", "Answer an invitation"),
                            ("convenient_time", "Give a convenient time"),
                            ("stop_advertising", "Stop advertising"),
                            ("survey", "Answer the survey"),
                        ],
                        max_length=20,
                        verbose_name="purpose",
                    ),
                ),
                ("expires_at", models.DateTimeField(verbose_name="open until")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="made"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "call",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="public_links",
                        to="followups.call",
                        verbose_name="call",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="public_links",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="public_links",
                        to="followups.invitation",
                        verbose_name="invitation",
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="revoked by",
                    ),
                ),
            ],
            options={
                "verbose_name": "link",
                "verbose_name_plural": "links",
                "ordering": ["-pk"],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("invitation__isnull", False), ("purpose", "invitation")),
                            models.Q(
                                models.Q(("purpose", "invitation"), _negated=True),
                                ("invitation", None),
                            ),
                            _connector="OR",
                        ),
                        name="followups_links_to_invitations_name_them",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("created_at"))),
                        name="followups_links_live_for_a_while",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_at", None), ("revoked_by", None)),
                            models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="followups_revoked_links_say_by_whom",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PublicLinkEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("digest", models.CharField(editable=False, max_length=64)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("invitation", "Answer an invitation"),
                            ("convenient_time", "Give a convenient time"),
                            ("stop_advertising", "Stop advertising"),
                            ("survey", "Answer the survey"),
                        ],
                        max_length=20,
                        verbose_name="purpose",
                    ),
                ),
                ("expires_at", models.DateTimeField(verbose_name="open until")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="made"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "call",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="followups.call",
                        verbose_name="call",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                        verbose_name="customer",
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="followups.invitation",
                        verbose_name="invitation",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="followups.publiclink",
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="revoked by",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReminderRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("maintenance", "Maintenance due"),
                            ("insurance", "Insurance renewal"),
                            ("inspection", "Statutory inspection"),
                            ("warranty_end", "End of warranty"),
                            ("declined_work", "Declined work"),
                            ("planned_contact", "Planned contact"),
                            ("birthday", "Birthday"),
                            ("greeting", "Festive greeting"),
                        ],
                        max_length=20,
                        unique=True,
                        verbose_name="kind",
                    ),
                ),
                ("is_on", models.BooleanField(default=False, verbose_name="switched on")),
                ("days_before", models.JSONField(default=list, verbose_name="days before")),
                (
                    "days_open",
                    models.PositiveSmallIntegerField(default=7, verbose_name="days to call"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "reminder rule",
                "verbose_name_plural": "reminder rules",
                "ordering": ["pk"],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                (
                                    "maintenance",
                                    "insurance",
                                    "inspection",
                                    "warranty_end",
                                    "declined_work",
                                    "planned_contact",
                                    "birthday",
                                    "greeting",
                                ),
                            )
                        ),
                        name="followups_reminders_of_a_known_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReminderRuleEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("maintenance", "Maintenance due"),
                            ("insurance", "Insurance renewal"),
                            ("inspection", "Statutory inspection"),
                            ("warranty_end", "End of warranty"),
                            ("declined_work", "Declined work"),
                            ("planned_contact", "Planned contact"),
                            ("birthday", "Birthday"),
                            ("greeting", "Festive greeting"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("is_on", models.BooleanField(default=False, verbose_name="switched on")),
                ("days_before", models.JSONField(default=list, verbose_name="days before")),
                (
                    "days_open",
                    models.PositiveSmallIntegerField(default=7, verbose_name="days to call"),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="followups.reminderrule",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SurveyAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scores", models.JSONField(default=dict, verbose_name="scores")),
                (
                    "score_reasons",
                    models.JSONField(default=dict, verbose_name="reasons of low scores"),
                ),
                ("answered_at", models.DateTimeField(verbose_name="answered")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "link",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="survey",
                        to="followups.publiclink",
                        verbose_name="link",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="followups.matter",
                        verbose_name="matter",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer to the survey",
                "verbose_name_plural": "answers to the survey",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SurveyAnswerEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("scores", models.JSONField(default=dict, verbose_name="scores")),
                (
                    "score_reasons",
                    models.JSONField(default=dict, verbose_name="reasons of low scores"),
                ),
                ("answered_at", models.DateTimeField(verbose_name="answered")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "link",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="followups.publiclink",
                        verbose_name="link",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="followups.matter",
                        verbose_name="matter",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="followups.surveyanswer",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("url", models.URLField(max_length=500, verbose_name="address")),
                ("secret", models.CharField(editable=False, max_length=64)),
                (
                    "wants",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("follow_up.closed", "Follow-up closed"),
                                ("matter.opened", "Matter opened"),
                                ("letter.issued", "Letter issued"),
                                ("campaign.decided", "Campaign decided"),
                            ],
                            max_length=30,
                        ),
                        size=None,
                        verbose_name="events",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("failures", models.PositiveIntegerField(default=0, editable=False)),
                ("quiet_until", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="made"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
                "ordering": ["pk"],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("wants", []), _negated=True),
                            models.Q(("url", ""), _negated=True),
                            models.Q(("secret", ""), _negated=True),
                        ),
                        name="followups_webhooks_want_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(),
                        editable=False,
                        unique=True,
                    ),
                ),
                ("event", models.CharField(max_length=30, verbose_name="event")),
                ("object_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "happened_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="happened",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting"),
                            ("delivered", "Delivered"),
                            ("given_up", "Given up"),
                        ],
                        db_default="pending",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(db_default=0, verbose_name="tries")),
                (
                    "next_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="next try",
                    ),
                ),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="answered"),
                ),
                (
                    "answer",
                    models.CharField(
                        blank=True, db_default="", max_length=300, verbose_name="answer"
                    ),
                ),
                (
                    "webhook",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="followups.webhook",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "ordering": ["-pk"],
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["webhook", "id"],
                        name="followups_delivery_waiting",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("url", models.URLField(max_length=500, verbose_name="address")),
                (
                    "wants",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("follow_up.closed", "Follow-up closed"),
                                ("matter.opened", "Matter opened"),
                                ("letter.issued", "Letter issued"),
                                ("campaign.decided", "Campaign decided"),
                            ],
                            max_length=30,
                        ),
                        size=None,
                        verbose_name="events",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="made"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="followups.webhook",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.RemoveConstraint(
            model_name="followup",
            name="followups_follow_up_has_one_cause_of_its_kind",
        ),
        migrations.RemoveConstraint(
            model_name="followup",
            name="followups_one_of_a_kind_for_an_order",
        ),
        migrations.RemoveConstraint(
            model_name="followup",
            name="followups_one_of_a_kind_for_a_consultation",
        ),
        migrations.RemoveConstraint(
            model_name="followup",
            name="followups_one_second_call_after_a_first",
        ),
        migrations.RemoveConstraint(
            model_name="followup",
            name="followups_what_ended_says_when_and_how",
        ),
        migrations.RemoveConstraint(
            model_name="matter",
            name="followups_matter_states_say_when",
        ),
        migrations.RemoveIndex(
            model_name="followup",
            name="followups_queue",
        ),
        migrations.RemoveIndex(
            model_name="matter",
            name="followups_matter_open",
        ),
        migrations.AddField(
            model_name="followup",
            name="about_on",
            field=models.DateField(blank=True, null=True, verbose_name="reminds of"),
        ),
        migrations.AddField(
            model_name="followup",
            name="declined_work",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="follow_ups",
                to="workshop.declinedwork",
                verbose_name="declined work",
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="evidence",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=120, verbose_name="evidence"
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="matter",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="follow_ups",
                to="followups.matter",
                verbose_name="matter",
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="sequence",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="followup",
            name="vehicle",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="follow_ups",
                to="customers.vehicle",
                verbose_name="vehicle",
            ),
        ),
        migrations.AddField(
            model_name="followupevent",
            name="about_on",
            field=models.DateField(blank=True, null=True, verbose_name="reminds of"),
        ),
        migrations.AddField(
            model_name="followupevent",
            name="declined_work",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="workshop.declinedwork",
                verbose_name="declined work",
            ),
        ),
        migrations.AddField(
            model_name="followupevent",
            name="evidence",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=120, verbose_name="evidence"
            ),
        ),
        migrations.AddField(
            model_name="followupevent",
            name="matter",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="followups.matter",
                verbose_name="matter",
            ),
        ),
        migrations.AddField(
            model_name="followupevent",
            name="sequence",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="followupevent",
            name="vehicle",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="customers.vehicle",
                verbose_name="vehicle",
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="consultation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="matters",
                to="customers.consultation",
                verbose_name="consultation",
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="department",
            field=models.CharField(
                blank=True,
                choices=[
                    ("front_desk", "Front desk"),
                    ("workshop", "Workshop"),
                    ("parts", "Parts"),
                    ("cashier", "Cashier"),
                    ("warranty", "Warranty and claims"),
                    ("customer_care", "Customer care"),
                    ("management", "Management"),
                ],
                max_length=20,
                verbose_name="department",
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="heard_through",
            field=models.CharField(
                choices=[
                    ("call", "Call"),
                    ("consultation", "Consultation"),
                    ("counter", "Counter"),
                    ("survey", "Survey"),
                    ("letter", "Letter or e-mail"),
                    ("link", "Customer's link"),
                    ("api", "Another system"),
                ],
                default="call",
                max_length=12,
                verbose_name="heard through",
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="reopened",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="reopened"),
        ),
        migrations.AddField(
            model_name="matter",
            name="reported_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="reported by",
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="reported_on",
            field=models.DateField(blank=True, null=True, verbose_name="reported on"),
        ),
        migrations.AddField(
            model_name="matter",
            name="satisfied",
            field=models.BooleanField(
                blank=True, null=True, verbose_name="satisfied with the answer"
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="solution",
            field=models.TextField(blank=True, verbose_name="solution"),
        ),
        migrations.AddField(
            model_name="matter",
            name="solved_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="solution found"),
        ),
        migrations.AddField(
            model_name="matter",
            name="solved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="solution by",
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="study",
            field=models.TextField(blank=True, verbose_name="what was found out"),
        ),
        migrations.AddField(
            model_name="matter",
            name="told_in",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="told_matters",
                to="followups.call",
                verbose_name="told in",
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="told_through",
            field=models.CharField(
                blank=True,
                choices=[
                    ("call", "Call"),
                    ("consultation", "Consultation"),
                    ("counter", "Counter"),
                    ("survey", "Survey"),
                    ("letter", "Letter or e-mail"),
                    ("link", "Customer's link"),
                    ("api", "Another system"),
                ],
                max_length=12,
                verbose_name="told through",
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="vehicle",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="matters",
                to="customers.vehicle",
                verbose_name="vehicle",
            ),
        ),
        migrations.AddField(
            model_name="matterevent",
            name="consultation",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="customers.consultation",
                verbose_name="consultation",
            ),
        ),
        migrations.AddField(
            model_name="matterevent",
            name="department",
            field=models.CharField(
                blank=True,
                choices=[
                    ("front_desk", "Front desk"),
                    ("workshop", "Workshop"),
                    ("parts", "Parts"),
                    ("cashier", "Cashier"),
                    ("warranty", "Warranty and claims"),
                    ("customer_care", "Customer care"),
                    ("management", "Management"),
                ],
                max_length=20,
                verbose_name="department",
            ),
        ),
        migrations.AddField(
            model_name="matterevent",
            name="heard_through",
            field=models.CharField(
                choices=[
                    ("call", "Call"),
                    ("consultation", "Consultation"),
                    ("counter", "Counter"),
                    ("survey", "Survey"),
                    ("letter", "Letter or e-mail"),
                    ("link", "Customer's link"),
                    ("api", "Another system"),
                ],
                default="call",
                max_length=12,
                verbose_name="heard through",
            ),
        ),
        migrations.AddField(
            model_name="matterevent",
            name="reopened",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="reopened"),
        ),
        migrations.AddField(
            model_name="matterevent",
            name="reported_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="reported by",
            ),
        ),
        migrations.AddField(
            model_name="matterevent",
            name="reported_on",
            field=models.DateField(blank=True, null=True, verbose_name="reported on"),
        ),
        migrations.AddField(
            model_name="matterevent",
            name="satisfied",
            field=models.BooleanField(
                blank=True, null=True, verbose_name="satisfied with the answer"
            ),
        ),
        migrations.AddField(
            model_name="matterevent",
            name="solution",
            field=models.TextField(blank=True, verbose_name="solution"),
        ),
        migrations.AddField(
            model_name="matterevent",
            name="solved_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="solution found"),
        ),
        migrations.AddField(
            model_name="matterevent",
            name="solved_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="solution by",
            ),
        ),
        migrations.AddField(
            model_name="matterevent",
            name="study",
            field=models.TextField(blank=True, verbose_name="what was found out"),
        ),
        migrations.AddField(
            model_name="matterevent",
            name="told_in",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="followups.call",
                verbose_name="told in",
            ),
        ),
        migrations.AddField(
            model_name="matterevent",
            name="told_through",
            field=models.CharField(
                blank=True,
                choices=[
                    ("call", "Call"),
                    ("consultation", "Consultation"),
                    ("counter", "Counter"),
                    ("survey", "Survey"),
                    ("letter", "Letter or e-mail"),
                    ("link", "Customer's link"),
                    ("api", "Another system"),
                ],
                max_length=12,
                verbose_name="told through",
            ),
        ),
        migrations.AddField(
            model_name="matterevent",
            name="vehicle",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="customers.vehicle",
                verbose_name="vehicle",
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="complaint_days",
            field=models.PositiveSmallIntegerField(
                default=3,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(30),
                ],
                verbose_name="complaints closed within",
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="contacts_a_month",
            field=models.PositiveSmallIntegerField(
                default=4,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(30),
                ],
                verbose_name="contacts a customer and month, to sell",
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="letter_days",
            field=models.PositiveSmallIntegerField(
                default=2,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(30),
                ],
                verbose_name="campaign letters within",
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="notice_due_days",
            field=models.PositiveSmallIntegerField(
                default=14,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(90),
                ],
                verbose_name="campaign calls until days ahead",
            ),
        ),
        migrations.AddField(
            model_name="policy",
            name="notice_opens_days",
            field=models.PositiveSmallIntegerField(
                default=21,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(90),
                ],
                verbose_name="campaign calls from days ahead",
            ),
        ),
        migrations.AddField(
            model_name="policyevent",
            name="complaint_days",
            field=models.PositiveSmallIntegerField(
                default=3,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(30),
                ],
                verbose_name="complaints closed within",
            ),
        ),
        migrations.AddField(
            model_name="policyevent",
            name="contacts_a_month",
            field=models.PositiveSmallIntegerField(
                default=4,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(30),
                ],
                verbose_name="contacts a customer and month, to sell",
            ),
        ),
        migrations.AddField(
            model_name="policyevent",
            name="letter_days",
            field=models.PositiveSmallIntegerField(
                default=2,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(30),
                ],
                verbose_name="campaign letters within",
            ),
        ),
        migrations.AddField(
            model_name="policyevent",
            name="notice_due_days",
            field=models.PositiveSmallIntegerField(
                default=14,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(90),
                ],
                verbose_name="campaign calls until days ahead",
            ),
        ),
        migrations.AddField(
            model_name="policyevent",
            name="notice_opens_days",
            field=models.PositiveSmallIntegerField(
                default=21,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(90),
                ],
                verbose_name="campaign calls from days ahead",
            ),
        ),
        migrations.AlterField(
            model_name="call",
            name="kind",
            field=models.CharField(
                choices=[
                    ("first_call", "First call"),
                    ("second_call", "Second call"),
                    ("answer", "Answer"),
                    ("campaign", "Campaign"),
                    ("reminder", "Reminder"),
                    ("inquiry", "Inquiry"),
                    ("complaint", "Complaint"),
                    ("other", "Other"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="followup",
            name="ending",
            field=models.CharField(
                blank=True,
                choices=[
                    ("reached", "Talked with the customer"),
                    ("complete", "The file is complete"),
                    ("unreachable", "Could not be reached"),
                    ("refused", "Wants no calls, said so on the telephone"),
                    ("do_not_contact", "The customer must not be called"),
                    ("superseded", "The car came again and left"),
                    ("order_cancelled", "The order was cancelled"),
                    ("release_undone", "The release was undone"),
                    ("corrected", "The visit was corrected"),
                    ("merged", "The files of two customers became one"),
                    ("sent", "The letter was issued"),
                    ("goal_met", "The customer did it already"),
                    ("not_wanted", "The customer wants no letter"),
                    ("settled", "The matter was settled without it"),
                    ("called_off", "The campaign was called off"),
                    ("expired", "Its time is over"),
                    ("switched_off", "Reminders of this kind were switched off"),
                    ("changed", "What it was about has changed"),
                ],
                max_length=20,
                verbose_name="how it ended",
            ),
        ),
        migrations.AlterField(
            model_name="followup",
            name="kind",
            field=models.CharField(
                choices=[
                    ("customer_file", "Customer file"),
                    ("first_call", "First call"),
                    ("second_call", "Second call"),
                    ("answer", "Answer the customer"),
                    ("campaign_notice", "Campaign notice"),
                    ("campaign_letter", "Campaign letter"),
                    ("campaign_reminder", "Day before the campaign"),
                    ("campaign_change", "Campaign has changed"),
                    ("maintenance", "Maintenance due"),
                    ("insurance", "Insurance renewal"),
                    ("inspection", "Statutory inspection"),
                    ("warranty_end", "End of warranty"),
                    ("declined_work", "Declined work"),
                    ("planned_contact", "Planned contact"),
                    ("birthday", "Birthday"),
                    ("greeting", "Festive greeting"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="followupevent",
            name="ending",
            field=models.CharField(
                blank=True,
                choices=[
                    ("reached", "Talked with the customer"),
                    ("complete", "The file is complete"),
                    ("unreachable", "Could not be reached"),
                    ("refused", "Wants no calls, said so on the telephone"),
                    ("do_not_contact", "The customer must not be called"),
                    ("superseded", "The car came again and left"),
                    ("order_cancelled", "The order was cancelled"),
                    ("release_undone", "The release was undone"),
                    ("corrected", "The visit was corrected"),
                    ("merged", "The files of two customers became one"),
                    ("sent", "The letter was issued"),
                    ("goal_met", "The customer did it already"),
                    ("not_wanted", "The customer wants no letter"),
                    ("settled", "The matter was settled without it"),
                    ("called_off", "The campaign was called off"),
                    ("expired", "Its time is over"),
                    ("switched_off", "Reminders of this kind were switched off"),
                    ("changed", "What it was about has changed"),
                ],
                max_length=20,
                verbose_name="how it ended",
            ),
        ),
        migrations.AlterField(
            model_name="followupevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("customer_file", "Customer file"),
                    ("first_call", "First call"),
                    ("second_call", "Second call"),
                    ("answer", "Answer the customer"),
                    ("campaign_notice", "Campaign notice"),
                    ("campaign_letter", "Campaign letter"),
                    ("campaign_reminder", "Day before the campaign"),
                    ("campaign_change", "Campaign has changed"),
                    ("maintenance", "Maintenance due"),
                    ("insurance", "Insurance renewal"),
                    ("inspection", "Statutory inspection"),
                    ("warranty_end", "End of warranty"),
                    ("declined_work", "Declined work"),
                    ("planned_contact", "Planned contact"),
                    ("birthday", "Birthday"),
                    ("greeting", "Festive greeting"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="matter",
            name="kind",
            field=models.CharField(
                choices=[
                    ("request", "Request"),
                    ("hope", "Hope"),
                    ("question", "Question"),
                    ("complaint", "Complaint"),
                    ("low_score", "Low score"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="matter",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Open"),
                    ("under_study", "Under study"),
                    ("reported", "Reported"),
                    ("solved", "Solved, to be told"),
                    ("answered", "Answered"),
                    ("closed", "Closed"),
                ],
                default="open",
                max_length=12,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="matterevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("request", "Request"),
                    ("hope", "Hope"),
                    ("question", "Question"),
                    ("complaint", "Complaint"),
                    ("low_score", "Low score"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="matterevent",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Open"),
                    ("under_study", "Under study"),
                    ("reported", "Reported"),
                    ("solved", "Solved, to be told"),
                    ("answered", "Answered"),
                    ("closed", "Closed"),
                ],
                default="open",
                max_length=12,
                verbose_name="state",
            ),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("state__in", ("open", "under_study", "reported"))),
                fields=["report_by", "id"],
                name="followups_matter_open",
            ),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(
                    ("kind", "complaint"), models.Q(("state", "closed"), _negated=True)
                ),
                fields=["customer"],
                name="followups_open_complaint",
            ),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("state", "solved")),
                fields=["solved_at"],
                name="followups_matter_to_tell",
            ),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["heard_on"], name="followups_matter_heard"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["closed_on"], name="followups_matter_closed"),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_on", None), ("state__in", ["open", "under_study"])),
                    models.Q(
                        ("closed_on", None), ("reported_on__isnull", False), ("state", "reported")
                    ),
                    models.Q(
                        ("closed_on", None),
                        ("solved_at__isnull", False),
                        ("state", "solved"),
                        models.Q(("solution", ""), _negated=True),
                    ),
                    models.Q(
                        ("answered_on__isnull", False),
                        ("closed_on", None),
                        ("state", "answered"),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    models.Q(
                        ("closed_by__isnull", False),
                        ("closed_on__isnull", False),
                        ("state", "closed"),
                    ),
                    _connector="OR",
                ),
                name="followups_matter_states_say_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(("notice_opens_days__gte", models.F("notice_due_days"))),
                name="followups_campaign_calls_window_in_order",
            ),
        ),
        migrations.AddField(
            model_name="followup",
            name="invitation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="follow_ups",
                to="followups.invitation",
                verbose_name="invitation",
            ),
        ),
        migrations.AddField(
            model_name="followupevent",
            name="invitation",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="followups.invitation",
                verbose_name="invitation",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(
                    (
                        "kind__in",
                        (
                            "first_call",
                            "second_call",
                            "answer",
                            "campaign_notice",
                            "campaign_reminder",
                            "campaign_change",
                            "maintenance",
                            "insurance",
                            "inspection",
                            "warranty_end",
                            "declined_work",
                            "planned_contact",
                            "birthday",
                            "greeting",
                        ),
                    ),
                    ("state", "open"),
                ),
                fields=["responsible", "opens_on"],
                name="followups_queue",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("about_on__isnull", True),
                        ("consultation__isnull", True),
                        ("declined_work__isnull", True),
                        ("first_call__isnull", True),
                        ("invitation__isnull", True),
                        ("kind__in", ["customer_file", "first_call"]),
                        ("matter__isnull", True),
                        ("order__isnull", False),
                        ("vehicle__isnull", True),
                    ),
                    models.Q(
                        ("about_on__isnull", True),
                        ("consultation__isnull", False),
                        ("declined_work__isnull", True),
                        ("first_call__isnull", True),
                        ("invitation__isnull", True),
                        ("kind__in", ["customer_file", "first_call"]),
                        ("matter__isnull", True),
                        ("order__isnull", True),
                        ("vehicle__isnull", True),
                    ),
                    models.Q(
                        ("about_on__isnull", True),
                        ("consultation__isnull", True),
                        ("declined_work__isnull", True),
                        ("first_call__isnull", False),
                        ("invitation__isnull", True),
                        ("kind__in", ["second_call"]),
                        ("matter__isnull", True),
                        ("order__isnull", True),
                        ("vehicle__isnull", True),
                    ),
                    models.Q(
                        ("about_on__isnull", True),
                        ("consultation__isnull", True),
                        ("declined_work__isnull", True),
                        ("first_call__isnull", True),
                        ("invitation__isnull", True),
                        ("kind__in", ["answer"]),
                        ("matter__isnull", False),
                        ("order__isnull", True),
                        ("vehicle__isnull", True),
                    ),
                    models.Q(
                        ("about_on__isnull", True),
                        ("consultation__isnull", True),
                        ("declined_work__isnull", True),
                        ("first_call__isnull", True),
                        ("invitation__isnull", False),
                        (
                            "kind__in",
                            [
                                "campaign_notice",
                                "campaign_letter",
                                "campaign_reminder",
                                "campaign_change",
                            ],
                        ),
                        ("matter__isnull", True),
                        ("order__isnull", True),
                        ("vehicle__isnull", True),
                    ),
                    models.Q(
                        ("about_on__isnull", False),
                        ("consultation__isnull", True),
                        ("declined_work__isnull", True),
                        ("first_call__isnull", True),
                        ("invitation__isnull", True),
                        ("kind__in", ["maintenance", "insurance", "inspection", "warranty_end"]),
                        ("matter__isnull", True),
                        ("order__isnull", True),
                        ("vehicle__isnull", False),
                    ),
                    models.Q(
                        ("about_on__isnull", True),
                        ("consultation__isnull", True),
                        ("declined_work__isnull", False),
                        ("first_call__isnull", True),
                        ("invitation__isnull", True),
                        ("kind__in", ["declined_work"]),
                        ("matter__isnull", True),
                        ("order__isnull", True),
                        ("vehicle__isnull", True),
                    ),
                    models.Q(
                        ("about_on__isnull", False),
                        ("consultation__isnull", True),
                        ("declined_work__isnull", True),
                        ("first_call__isnull", True),
                        ("invitation__isnull", True),
                        ("kind__in", ["planned_contact", "birthday", "greeting"]),
                        ("matter__isnull", True),
                        ("order__isnull", True),
                        ("vehicle__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="followups_follow_up_has_one_cause_of_its_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("order__isnull", False),
                    models.Q(
                        ("ending__in", ("release_undone", "corrected", "changed", "switched_off")),
                        _negated=True,
                    ),
                ),
                fields=("order", "kind"),
                name="followups_one_of_a_kind_for_an_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("consultation__isnull", False),
                    models.Q(
                        ("ending__in", ("release_undone", "corrected", "changed", "switched_off")),
                        _negated=True,
                    ),
                ),
                fields=("consultation", "kind"),
                name="followups_one_of_a_kind_for_a_consultation",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("first_call__isnull", False),
                    models.Q(
                        ("ending__in", ("release_undone", "corrected", "changed", "switched_off")),
                        _negated=True,
                    ),
                ),
                fields=("first_call",),
                name="followups_one_second_call_after_a_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("matter__isnull", False),
                    models.Q(
                        ("ending__in", ("release_undone", "corrected", "changed", "switched_off")),
                        _negated=True,
                    ),
                ),
                fields=("matter", "sequence"),
                name="followups_one_answer_to_a_matter_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("invitation__isnull", False),
                    models.Q(
                        ("ending__in", ("release_undone", "corrected", "changed", "switched_off")),
                        _negated=True,
                    ),
                ),
                fields=("invitation", "kind", "sequence"),
                name="followups_one_of_a_kind_for_an_invitation",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("declined_work__isnull", False),
                    models.Q(
                        ("ending__in", ("release_undone", "corrected", "changed", "switched_off")),
                        _negated=True,
                    ),
                ),
                fields=("declined_work",),
                name="followups_one_reminder_of_declined_work",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("vehicle__isnull", False),
                    models.Q(
                        ("ending__in", ("release_undone", "corrected", "changed", "switched_off")),
                        _negated=True,
                    ),
                ),
                fields=("vehicle", "kind", "about_on", "sequence"),
                name="followups_one_reminder_of_a_day_of_a_vehicle",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("about_on__isnull", False), ("state", "open"), ("vehicle", None)
                ),
                fields=("customer", "kind", "about_on"),
                name="followups_one_reminder_of_a_day_of_a_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at", None), ("closed_on", None), ("ending", ""), ("state", "open")
                    ),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("closed_on__isnull", False),
                        (
                            "ending__in",
                            ["reached", "complete", "unreachable", "refused", "sent", "goal_met"],
                        ),
                        ("state", "done"),
                    ),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("closed_on__isnull", False),
                        (
                            "ending__in",
                            [
                                "do_not_contact",
                                "superseded",
                                "order_cancelled",
                                "release_undone",
                                "corrected",
                                "merged",
                                "not_wanted",
                                "settled",
                                "called_off",
                                "expired",
                                "switched_off",
                                "changed",
                            ],
                        ),
                        ("state", "cancelled"),
                    ),
                    _connector="OR",
                ),
                name="followups_what_ended_says_when_and_how",
            ),
        ),
        migrations.RunPython(report_complaints, migrations.RunPython.noop),
        pgtrigger.migrations.AddTrigger(
            model_name="followup",
            trigger=pgtrigger.compiler.Trigger(
                name="announce",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"state\" = 'open' AND NOT (NEW.\"state\" = 'open'))",
                    func="\n    INSERT INTO followups_webhookdelivery (webhook_id, event, object_id)\n    SELECT id, 'follow_up.closed', NEW.id FROM followups_webhook WHERE is_active AND 'follow_up.closed' = ANY(wants);\n    RETURN NULL;\n",
                    hash="2f17e19987290d5e5ccef6c16c48cc2785a2e9bf",
                    operation="UPDATE",
                    pgid="pgtrigger_announce_95e03",
                    table="followups_followup",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="followup",
            trigger=pgtrigger.compiler.Trigger(
                name="count_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."about_on" IS DISTINCT FROM (NEW."about_on") OR OLD."attempts" IS DISTINCT FROM (NEW."attempts") OR OLD."callback_at" IS DISTINCT FROM (NEW."callback_at") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."closed_by_id" IS DISTINCT FROM (NEW."closed_by_id") OR OLD."closed_on" IS DISTINCT FROM (NEW."closed_on") OR OLD."consultation_id" IS DISTINCT FROM (NEW."consultation_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."days_tried" IS DISTINCT FROM (NEW."days_tried") OR OLD."declined_work_id" IS DISTINCT FROM (NEW."declined_work_id") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."ending" IS DISTINCT FROM (NEW."ending") OR OLD."evidence" IS DISTINCT FROM (NEW."evidence") OR OLD."fact_on" IS DISTINCT FROM (NEW."fact_on") OR OLD."first_call_id" IS DISTINCT FROM (NEW."first_call_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."invitation_id" IS DISTINCT FROM (NEW."invitation_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."matter_id" IS DISTINCT FROM (NEW."matter_id") OR OLD."opens_on" IS DISTINCT FROM (NEW."opens_on") OR OLD."order_id" IS DISTINCT FROM (NEW."order_id") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."promised_by_id" IS DISTINCT FROM (NEW."promised_by_id") OR OLD."sequence" IS DISTINCT FROM (NEW."sequence") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."target_on" IS DISTINCT FROM (NEW."target_on") OR OLD."tried_on" IS DISTINCT FROM (NEW."tried_on") OR OLD."vehicle_id" IS DISTINCT FROM (NEW."vehicle_id") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func="NEW.version = OLD.version + 1; RETURN NEW;",
                    hash="a5318c923b08a1053ff1c164339e8d1791fefa66",
                    operation="UPDATE",
                    pgid="pgtrigger_count_version_19c57",
                    table="followups_followup",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="followup",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_followupevent" ("about_on", "attempts", "callback_at", "closed_at", "closed_by_id", "closed_on", "consultation_id", "created_at", "customer_id", "days_tried", "declined_work_id", "due_on", "ending", "evidence", "fact_on", "first_call_id", "id", "invitation_id", "kind", "matter_id", "opens_on", "order_id", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promised_by_id", "sequence", "state", "target_on", "tried_on", "vehicle_id", "version") SELECT new_values."about_on", new_values."attempts", new_values."callback_at", new_values."closed_at", new_values."closed_by_id", new_values."closed_on", new_values."consultation_id", new_values."created_at", new_values."customer_id", new_values."days_tried", new_values."declined_work_id", new_values."due_on", new_values."ending", new_values."evidence", new_values."fact_on", new_values."first_call_id", new_values."id", new_values."invitation_id", new_values."kind", new_values."matter_id", new_values."opens_on", new_values."order_id", new_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."promised_by_id", new_values."sequence", new_values."state", new_values."target_on", new_values."tried_on", new_values."vehicle_id", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="b4f405063cc7d94d7e5bb51a6653e96af2981c9f",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9fe79",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="followups_followup",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="followup",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."about_on" IS DISTINCT FROM (NEW."about_on") OR OLD."attempts" IS DISTINCT FROM (NEW."attempts") OR OLD."callback_at" IS DISTINCT FROM (NEW."callback_at") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."closed_by_id" IS DISTINCT FROM (NEW."closed_by_id") OR OLD."closed_on" IS DISTINCT FROM (NEW."closed_on") OR OLD."consultation_id" IS DISTINCT FROM (NEW."consultation_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."days_tried" IS DISTINCT FROM (NEW."days_tried") OR OLD."declined_work_id" IS DISTINCT FROM (NEW."declined_work_id") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."ending" IS DISTINCT FROM (NEW."ending") OR OLD."evidence" IS DISTINCT FROM (NEW."evidence") OR OLD."fact_on" IS DISTINCT FROM (NEW."fact_on") OR OLD."first_call_id" IS DISTINCT FROM (NEW."first_call_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."invitation_id" IS DISTINCT FROM (NEW."invitation_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."matter_id" IS DISTINCT FROM (NEW."matter_id") OR OLD."opens_on" IS DISTINCT FROM (NEW."opens_on") OR OLD."order_id" IS DISTINCT FROM (NEW."order_id") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."promised_by_id" IS DISTINCT FROM (NEW."promised_by_id") OR OLD."sequence" IS DISTINCT FROM (NEW."sequence") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."target_on" IS DISTINCT FROM (NEW."target_on") OR OLD."tried_on" IS DISTINCT FROM (NEW."tried_on") OR OLD."vehicle_id" IS DISTINCT FROM (NEW."vehicle_id") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func='INSERT INTO "followups_followupevent" ("about_on", "attempts", "callback_at", "closed_at", "closed_by_id", "closed_on", "consultation_id", "created_at", "customer_id", "days_tried", "declined_work_id", "due_on", "ending", "evidence", "fact_on", "first_call_id", "id", "invitation_id", "kind", "matter_id", "opens_on", "order_id", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promised_by_id", "sequence", "state", "target_on", "tried_on", "vehicle_id", "version") VALUES (NEW."about_on", NEW."attempts", NEW."callback_at", NEW."closed_at", NEW."closed_by_id", NEW."closed_on", NEW."consultation_id", NEW."created_at", NEW."customer_id", NEW."days_tried", NEW."declined_work_id", NEW."due_on", NEW."ending", NEW."evidence", NEW."fact_on", NEW."first_call_id", NEW."id", NEW."invitation_id", NEW."kind", NEW."matter_id", NEW."opens_on", NEW."order_id", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."promised_by_id", NEW."sequence", NEW."state", NEW."target_on", NEW."tried_on", NEW."vehicle_id", NEW."version"); RETURN NULL;',
                    hash="0dd9437d7a254dbb0eb848165b54231802aa5ad7",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ba379",
                    table="followups_followup",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="followup",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_followupevent" ("about_on", "attempts", "callback_at", "closed_at", "closed_by_id", "closed_on", "consultation_id", "created_at", "customer_id", "days_tried", "declined_work_id", "due_on", "ending", "evidence", "fact_on", "first_call_id", "id", "invitation_id", "kind", "matter_id", "opens_on", "order_id", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promised_by_id", "sequence", "state", "target_on", "tried_on", "vehicle_id", "version") SELECT old_values."about_on", old_values."attempts", old_values."callback_at", old_values."closed_at", old_values."closed_by_id", old_values."closed_on", old_values."consultation_id", old_values."created_at", old_values."customer_id", old_values."days_tried", old_values."declined_work_id", old_values."due_on", old_values."ending", old_values."evidence", old_values."fact_on", old_values."first_call_id", old_values."id", old_values."invitation_id", old_values."kind", old_values."matter_id", old_values."opens_on", old_values."order_id", old_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."promised_by_id", old_values."sequence", old_values."state", old_values."target_on", old_values."tried_on", old_values."vehicle_id", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="072ba8d4840100cbad4815da85ccf2740c07f324",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_62c0f",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="followups_followup",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="matter",
            trigger=pgtrigger.compiler.Trigger(
                name="announce",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO followups_webhookdelivery (webhook_id, event, object_id)\n    SELECT id, 'matter.opened', NEW.id FROM followups_webhook WHERE is_active AND 'matter.opened' = ANY(wants);\n    RETURN NULL;\n",
                    hash="a43fdbfb5c71d650ca296a6aa33394d3592e8d26",
                    operation="INSERT",
                    pgid="pgtrigger_announce_0eded",
                    table="followups_matter",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="matter",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_matterevent" ("answer", "answered_on", "call_id", "closed_by_id", "closed_on", "consultation_id", "created_at", "customer_id", "department", "heard_on", "heard_through", "id", "kind", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopened", "report_by", "reported_by_id", "reported_on", "satisfied", "solution", "solved_at", "solved_by_id", "state", "study", "text", "told_in_id", "told_through", "vehicle_id", "version") SELECT new_values."answer", new_values."answered_on", new_values."call_id", new_values."closed_by_id", new_values."closed_on", new_values."consultation_id", new_values."created_at", new_values."customer_id", new_values."department", new_values."heard_on", new_values."heard_through", new_values."id", new_values."kind", new_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."reopened", new_values."report_by", new_values."reported_by_id", new_values."reported_on", new_values."satisfied", new_values."solution", new_values."solved_at", new_values."solved_by_id", new_values."state", new_values."study", new_values."text", new_values."told_in_id", new_values."told_through", new_values."vehicle_id", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="b49db5ea1ede243ba81378a1bcd87c4fc4a0e27a",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_fe142",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="followups_matter",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="matter",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "followups_matterevent" ("answer", "answered_on", "call_id", "closed_by_id", "closed_on", "consultation_id", "created_at", "customer_id", "department", "heard_on", "heard_through", "id", "kind", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopened", "report_by", "reported_by_id", "reported_on", "satisfied", "solution", "solved_at", "solved_by_id", "state", "study", "text", "told_in_id", "told_through", "vehicle_id", "version") VALUES (NEW."answer", NEW."answered_on", NEW."call_id", NEW."closed_by_id", NEW."closed_on", NEW."consultation_id", NEW."created_at", NEW."customer_id", NEW."department", NEW."heard_on", NEW."heard_through", NEW."id", NEW."kind", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reopened", NEW."report_by", NEW."reported_by_id", NEW."reported_on", NEW."satisfied", NEW."solution", NEW."solved_at", NEW."solved_by_id", NEW."state", NEW."study", NEW."text", NEW."told_in_id", NEW."told_through", NEW."vehicle_id", NEW."version"); RETURN NULL;',
                    hash="56e2818f63287ffb790c660e910437092c63003f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_06e6a",
                    table="followups_matter",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="matter",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_matterevent" ("answer", "answered_on", "call_id", "closed_by_id", "closed_on", "consultation_id", "created_at", "customer_id", "department", "heard_on", "heard_through", "id", "kind", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopened", "report_by", "reported_by_id", "reported_on", "satisfied", "solution", "solved_at", "solved_by_id", "state", "study", "text", "told_in_id", "told_through", "vehicle_id", "version") SELECT old_values."answer", old_values."answered_on", old_values."call_id", old_values."closed_by_id", old_values."closed_on", old_values."consultation_id", old_values."created_at", old_values."customer_id", old_values."department", old_values."heard_on", old_values."heard_through", old_values."id", old_values."kind", old_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."reopened", old_values."report_by", old_values."reported_by_id", old_values."reported_on", old_values."satisfied", old_values."solution", old_values."solved_at", old_values."solved_by_id", old_values."state", old_values."study", old_values."text", old_values."told_in_id", old_values."told_through", old_values."vehicle_id", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="ea8c2a5af8578566d7847bb93e4358fc65b38189",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_12394",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="followups_matter",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policy",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_policyevent" ("calls_per_day", "complaint_days", "contacts_a_month", "file_due_days", "first_call_due_days", "first_call_opens_days", "first_call_target_days", "go_live_on", "id", "legal_from", "legal_until", "letter_days", "most_attempts", "notice_due_days", "notice_opens_days", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "report_days", "roll_over_holidays", "second_call_due_days", "second_call_opens_days", "shop_closes", "shop_opens", "shop_weekdays", "spacing_hours", "tries_per_number", "version") SELECT new_values."calls_per_day", new_values."complaint_days", new_values."contacts_a_month", new_values."file_due_days", new_values."first_call_due_days", new_values."first_call_opens_days", new_values."first_call_target_days", new_values."go_live_on", new_values."id", new_values."legal_from", new_values."legal_until", new_values."letter_days", new_values."most_attempts", new_values."notice_due_days", new_values."notice_opens_days", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."report_days", new_values."roll_over_holidays", new_values."second_call_due_days", new_values."second_call_opens_days", new_values."shop_closes", new_values."shop_opens", new_values."shop_weekdays", new_values."spacing_hours", new_values."tries_per_number", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="a07857120f22a780f5b6566c08fb92f8f0277c53",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a97f5",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="followups_policy",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policy",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "followups_policyevent" ("calls_per_day", "complaint_days", "contacts_a_month", "file_due_days", "first_call_due_days", "first_call_opens_days", "first_call_target_days", "go_live_on", "id", "legal_from", "legal_until", "letter_days", "most_attempts", "notice_due_days", "notice_opens_days", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "report_days", "roll_over_holidays", "second_call_due_days", "second_call_opens_days", "shop_closes", "shop_opens", "shop_weekdays", "spacing_hours", "tries_per_number", "version") VALUES (NEW."calls_per_day", NEW."complaint_days", NEW."contacts_a_month", NEW."file_due_days", NEW."first_call_due_days", NEW."first_call_opens_days", NEW."first_call_target_days", NEW."go_live_on", NEW."id", NEW."legal_from", NEW."legal_until", NEW."letter_days", NEW."most_attempts", NEW."notice_due_days", NEW."notice_opens_days", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."report_days", NEW."roll_over_holidays", NEW."second_call_due_days", NEW."second_call_opens_days", NEW."shop_closes", NEW."shop_opens", NEW."shop_weekdays", NEW."spacing_hours", NEW."tries_per_number", NEW."version"); RETURN NULL;',
                    hash="1991c396df2c309e14a4b1dd6accd4e56cf197ad",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d2abe",
                    table="followups_policy",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policy",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_policyevent" ("calls_per_day", "complaint_days", "contacts_a_month", "file_due_days", "first_call_due_days", "first_call_opens_days", "first_call_target_days", "go_live_on", "id", "legal_from", "legal_until", "letter_days", "most_attempts", "notice_due_days", "notice_opens_days", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "report_days", "roll_over_holidays", "second_call_due_days", "second_call_opens_days", "shop_closes", "shop_opens", "shop_weekdays", "spacing_hours", "tries_per_number", "version") SELECT old_values."calls_per_day", old_values."complaint_days", old_values."contacts_a_month", old_values."file_due_days", old_values."first_call_due_days", old_values."first_call_opens_days", old_values."first_call_target_days", old_values."go_live_on", old_values."id", old_values."legal_from", old_values."legal_until", old_values."letter_days", old_values."most_attempts", old_values."notice_due_days", old_values."notice_opens_days", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."report_days", old_values."roll_over_holidays", old_values."second_call_due_days", old_values."second_call_opens_days", old_values."shop_closes", old_values."shop_opens", old_values."shop_weekdays", old_values."spacing_hours", old_values."tries_per_number", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="30f4cebd4f7cb47e5a456318a30c309512f92016",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_03057",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="followups_policy",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="festival",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'followups_festival keeps a history: no TRUNCATE';",
                    hash="31d25a2e7edaf92d750e3da4ae1568d3857247b9",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_5c1c2",
                    table="followups_festival",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="festival",
            trigger=pgtrigger.compiler.Trigger(
                name="count_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func="NEW.version = OLD.version + 1; RETURN NEW;",
                    hash="9f8e1ffa6e10c250d771557a3dfb62ed3b4767dc",
                    operation="UPDATE",
                    pgid="pgtrigger_count_version_ea839",
                    table="followups_festival",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="festival",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_festivalevent" ("day", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") SELECT new_values."day", new_values."id", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="9e32f8e694f1a7877a2b2a6ab1a9a016db9b3626",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e0488",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="followups_festival",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="festival",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "followups_festivalevent" ("day", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") VALUES (NEW."day", NEW."id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."version"); RETURN NULL;',
                    hash="34b9a1f83208c8ba05fc7b1e6e44c4c46344b76b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c1e4f",
                    table="followups_festival",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="festival",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_festivalevent" ("day", "id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") SELECT old_values."day", old_values."id", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="982546c04d80bf1c068e1f11af3b1fe8d57cf3ac",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_f0964",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="followups_festival",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lettertemplate",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'followups_lettertemplate keeps a history: no TRUNCATE';",
                    hash="d8c6588731814800de50c050ff6ff28dd2ed0d34",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_72898",
                    table="followups_lettertemplate",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lettertemplate",
            trigger=pgtrigger.compiler.Trigger(
                name="count_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func="NEW.version = OLD.version + 1; RETURN NEW;",
                    hash="7173bb11046105706d262e5e37a6b8b50f560e0b",
                    operation="UPDATE",
                    pgid="pgtrigger_count_version_17640",
                    table="followups_lettertemplate",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lettertemplate",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_lettertemplateevent" ("body", "id", "is_active", "kind", "language", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject", "version") SELECT new_values."body", new_values."id", new_values."is_active", new_values."kind", new_values."language", new_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."subject", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="25ec60d5c99645bcf5fdde512020cc4232609b73",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_aac23",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="followups_lettertemplate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lettertemplate",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "followups_lettertemplateevent" ("body", "id", "is_active", "kind", "language", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject", "version") VALUES (NEW."body", NEW."id", NEW."is_active", NEW."kind", NEW."language", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."subject", NEW."version"); RETURN NULL;',
                    hash="f9b8b1d0497d86184b7f7c933f0c92ed4c8352b6",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b1146",
                    table="followups_lettertemplate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lettertemplate",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_lettertemplateevent" ("body", "id", "is_active", "kind", "language", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject", "version") SELECT old_values."body", old_values."id", old_values."is_active", old_values."kind", old_values."language", old_values."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."subject", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="4786c4235d0cf6384bebd4bc891bdc8cb5174263",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_102dc",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="followups_lettertemplate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reminderrule",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'followups_reminderrule keeps a history: no TRUNCATE';",
                    hash="e622c343ba4abc93aa8c404d2f2ba511b12f08fe",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_358c2",
                    table="followups_reminderrule",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reminderrule",
            trigger=pgtrigger.compiler.Trigger(
                name="count_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func="NEW.version = OLD.version + 1; RETURN NEW;",
                    hash="e5991fdbb95ac821d35fa02935b8e69a72c20829",
                    operation="UPDATE",
                    pgid="pgtrigger_count_version_d7ddf",
                    table="followups_reminderrule",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reminderrule",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_reminderruleevent" ("days_before", "days_open", "id", "is_on", "kind", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") SELECT new_values."days_before", new_values."days_open", new_values."id", new_values."is_on", new_values."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="b0ef503c358612bfe0acd8748ea12d9e55e7aa0e",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2563b",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="followups_reminderrule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reminderrule",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "followups_reminderruleevent" ("days_before", "days_open", "id", "is_on", "kind", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") VALUES (NEW."days_before", NEW."days_open", NEW."id", NEW."is_on", NEW."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."version"); RETURN NULL;',
                    hash="588c3453ed5b31bcb09dbef1f4897513075bf378",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0e416",
                    table="followups_reminderrule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reminderrule",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_reminderruleevent" ("days_before", "days_open", "id", "is_on", "kind", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") SELECT old_values."days_before", old_values."days_open", old_values."id", old_values."is_on", old_values."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="7ce6217179b9c239b378061134dbc17b79346706",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_7d23b",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="followups_reminderrule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="announce",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"state\" = 'decided' AND NOT (OLD.\"state\" = 'decided'))",
                    func="\n    INSERT INTO followups_webhookdelivery (webhook_id, event, object_id)\n    SELECT id, 'campaign.decided', NEW.id FROM followups_webhook WHERE is_active AND 'campaign.decided' = ANY(wants);\n    RETURN NULL;\n",
                    hash="ecae940b4c11455d2cdcff7af55b7c2fe52b9eb2",
                    operation="UPDATE",
                    pgid="pgtrigger_announce_c6faa",
                    table="followups_campaign",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'followups_campaign keeps a history: no TRUNCATE';",
                    hash="757b108da73b8a44f2660f077d169eec759b26e3",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_73b6b",
                    table="followups_campaign",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="count_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func="NEW.version = OLD.version + 1; RETURN NEW;",
                    hash="c591155ea1fda584cd5a854b779343efade49378",
                    operation="UPDATE",
                    pgid="pgtrigger_count_version_afba0",
                    table="followups_campaign",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_campaignevent" ("audience", "benefit", "called_off_because", "called_off_on", "capacity", "changes", "content", "created_at", "created_by_id", "decided_by_id", "decided_on", "ends_on", "id", "is_late", "kind", "passes_because", "passes_limits", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "scheduled_on", "starts_on", "state", "title", "version") SELECT new_values."audience", new_values."benefit", new_values."called_off_because", new_values."called_off_on", new_values."capacity", new_values."changes", new_values."content", new_values."created_at", new_values."created_by_id", new_values."decided_by_id", new_values."decided_on", new_values."ends_on", new_values."id", new_values."is_late", new_values."kind", new_values."passes_because", new_values."passes_limits", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."place", new_values."scheduled_on", new_values."starts_on", new_values."state", new_values."title", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="c0529b07b41a62ae2bc266dbfcd8ed84360d35ac",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_11869",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="followups_campaign",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "followups_campaignevent" ("audience", "benefit", "called_off_because", "called_off_on", "capacity", "changes", "content", "created_at", "created_by_id", "decided_by_id", "decided_on", "ends_on", "id", "is_late", "kind", "passes_because", "passes_limits", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "scheduled_on", "starts_on", "state", "title", "version") VALUES (NEW."audience", NEW."benefit", NEW."called_off_because", NEW."called_off_on", NEW."capacity", NEW."changes", NEW."content", NEW."created_at", NEW."created_by_id", NEW."decided_by_id", NEW."decided_on", NEW."ends_on", NEW."id", NEW."is_late", NEW."kind", NEW."passes_because", NEW."passes_limits", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."place", NEW."scheduled_on", NEW."starts_on", NEW."state", NEW."title", NEW."version"); RETURN NULL;',
                    hash="0fe0bc176b7734d3de5eb3e5593f3e2c32be4a46",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b354f",
                    table="followups_campaign",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_campaignevent" ("audience", "benefit", "called_off_because", "called_off_on", "capacity", "changes", "content", "created_at", "created_by_id", "decided_by_id", "decided_on", "ends_on", "id", "is_late", "kind", "passes_because", "passes_limits", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "scheduled_on", "starts_on", "state", "title", "version") SELECT old_values."audience", old_values."benefit", old_values."called_off_because", old_values."called_off_on", old_values."capacity", old_values."changes", old_values."content", old_values."created_at", old_values."created_by_id", old_values."decided_by_id", old_values."decided_on", old_values."ends_on", old_values."id", old_values."is_late", old_values."kind", old_values."passes_because", old_values."passes_limits", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."place", old_values."scheduled_on", old_values."starts_on", old_values."state", old_values."title", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="3aa0dbd09c29e3de93e5c1dfdfe47aef8eedbf51",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_3032b",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="followups_campaign",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaignevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="c86773972b990eab5e2700925d7dcd49fec7c1aa",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_bc526",
                    table="followups_campaignevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="complaint",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'followups_complaint keeps a history: no TRUNCATE';",
                    hash="9e3f624d827c8f0cb47a861125e1fdcdfd3b4518",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_3a90a",
                    table="followups_complaint",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="complaint",
            trigger=pgtrigger.compiler.Trigger(
                name="count_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func="NEW.version = OLD.version + 1; RETURN NEW;",
                    hash="12c8fd385b6dcd509dcde553209c83e171f2df3b",
                    operation="UPDATE",
                    pgid="pgtrigger_count_version_4ef1c",
                    table="followups_complaint",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="complaint",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_complaintevent" ("category", "cause", "close_by", "corrective", "demand", "department", "extended_because", "extended_by_id", "facts", "id", "level", "matter_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preventive", "remedy", "repeats_id", "subcategory", "version") SELECT new_values."category", new_values."cause", new_values."close_by", new_values."corrective", new_values."demand", new_values."department", new_values."extended_because", new_values."extended_by_id", new_values."facts", new_values."id", new_values."level", new_values."matter_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."preventive", new_values."remedy", new_values."repeats_id", new_values."subcategory", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="fc0368c1cd0d8e7577a7b8cd14a000a8e64ba9cf",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9f8e9",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="followups_complaint",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="complaint",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "followups_complaintevent" ("category", "cause", "close_by", "corrective", "demand", "department", "extended_because", "extended_by_id", "facts", "id", "level", "matter_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preventive", "remedy", "repeats_id", "subcategory", "version") VALUES (NEW."category", NEW."cause", NEW."close_by", NEW."corrective", NEW."demand", NEW."department", NEW."extended_because", NEW."extended_by_id", NEW."facts", NEW."id", NEW."level", NEW."matter_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."preventive", NEW."remedy", NEW."repeats_id", NEW."subcategory", NEW."version"); RETURN NULL;',
                    hash="d4785dcb06261fffc3ebaf5af0af944fd34d913f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4ffb4",
                    table="followups_complaint",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="complaint",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_complaintevent" ("category", "cause", "close_by", "corrective", "demand", "department", "extended_because", "extended_by_id", "facts", "id", "level", "matter_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preventive", "remedy", "repeats_id", "subcategory", "version") SELECT old_values."category", old_values."cause", old_values."close_by", old_values."corrective", old_values."demand", old_values."department", old_values."extended_because", old_values."extended_by_id", old_values."facts", old_values."id", old_values."level", old_values."matter_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."preventive", old_values."remedy", old_values."repeats_id", old_values."subcategory", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="208a2906a7e9168f411aba11828c61902cadbc9a",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_37d91",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="followups_complaint",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="complaintevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="7e6cf14787e19b1f944402cb237ae81128328d44",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a6776",
                    table="followups_complaintevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="festivalevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e5ce524d9faea3b80748abb3f84a1710b3345278",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_04717",
                    table="followups_festivalevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'followups_invitation keeps a history: no TRUNCATE';",
                    hash="0fe20b1f8f529e4015b9554b0e4658db9953504c",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_89433",
                    table="followups_invitation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="count_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func="NEW.version = OLD.version + 1; RETURN NEW;",
                    hash="396a914ec1ab789a57476b000c9a4d5c14422f88",
                    operation="UPDATE",
                    pgid="pgtrigger_count_version_83113",
                    table="followups_invitation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_invitationevent" ("answer", "answered_on", "attended_on", "campaign_id", "created_at", "customer_id", "guests", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "told_change", "told_on", "version", "walked_in", "wants_letter") SELECT new_values."answer", new_values."answered_on", new_values."attended_on", new_values."campaign_id", new_values."created_at", new_values."customer_id", new_values."guests", new_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."told_change", new_values."told_on", new_values."version", new_values."walked_in", new_values."wants_letter" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="cd134c192d3e1a16faf3d4beda2045c5b25ccca9",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_696ae",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="followups_invitation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "followups_invitationevent" ("answer", "answered_on", "attended_on", "campaign_id", "created_at", "customer_id", "guests", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "told_change", "told_on", "version", "walked_in", "wants_letter") VALUES (NEW."answer", NEW."answered_on", NEW."attended_on", NEW."campaign_id", NEW."created_at", NEW."customer_id", NEW."guests", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."told_change", NEW."told_on", NEW."version", NEW."walked_in", NEW."wants_letter"); RETURN NULL;',
                    hash="e8b2817140b503af8094b9cae172989910ab186e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_09536",
                    table="followups_invitation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_invitationevent" ("answer", "answered_on", "attended_on", "campaign_id", "created_at", "customer_id", "guests", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "told_change", "told_on", "version", "walked_in", "wants_letter") SELECT old_values."answer", old_values."answered_on", old_values."attended_on", old_values."campaign_id", old_values."created_at", old_values."customer_id", old_values."guests", old_values."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."told_change", old_values."told_on", old_values."version", old_values."walked_in", old_values."wants_letter" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="f5f29edb6bc01da9887fe90c162e249990e90e21",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_13956",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="followups_invitation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitationevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="30eddb09bf1a33d42a79ef5d6469e67153e90788",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_13bb0",
                    table="followups_invitationevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="letterbatch",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'followups_letterbatch keeps a history: no TRUNCATE';",
                    hash="e64960bafda694f0b2b63c2d916d0f0846896785",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_9525d",
                    table="followups_letterbatch",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="letterbatch",
            trigger=pgtrigger.compiler.Trigger(
                name="count_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func="NEW.version = OLD.version + 1; RETURN NEW;",
                    hash="e4ecd2976b2c4aedd656d9ed77c10ef0468c32cb",
                    operation="UPDATE",
                    pgid="pgtrigger_count_version_7b82f",
                    table="followups_letterbatch",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="letterbatch",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_letterbatchevent" ("campaign_id", "channel", "created_at", "created_by_id", "id", "issued_at", "issued_by_id", "kind", "operation", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "template_name", "version") SELECT new_values."campaign_id", new_values."channel", new_values."created_at", new_values."created_by_id", new_values."id", new_values."issued_at", new_values."issued_by_id", new_values."kind", new_values."operation", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."state", new_values."template_name", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="1140b0b5cf8942473425427ce057e686d917d4c3",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_cdcc7",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="followups_letterbatch",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="letterbatch",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "followups_letterbatchevent" ("campaign_id", "channel", "created_at", "created_by_id", "id", "issued_at", "issued_by_id", "kind", "operation", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "template_name", "version") VALUES (NEW."campaign_id", NEW."channel", NEW."created_at", NEW."created_by_id", NEW."id", NEW."issued_at", NEW."issued_by_id", NEW."kind", NEW."operation", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."state", NEW."template_name", NEW."version"); RETURN NULL;',
                    hash="e88a3cce061885e74ac581d8f8d93adeda0d761e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_be6a1",
                    table="followups_letterbatch",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="letterbatch",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_letterbatchevent" ("campaign_id", "channel", "created_at", "created_by_id", "id", "issued_at", "issued_by_id", "kind", "operation", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "template_name", "version") SELECT old_values."campaign_id", old_values."channel", old_values."created_at", old_values."created_by_id", old_values."id", old_values."issued_at", old_values."issued_by_id", old_values."kind", old_values."operation", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."state", old_values."template_name", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="93fbbfbb43c59a5443951ee0a4673e1e56344c3a",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_dd9a0",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="followups_letterbatch",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="letter",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is a register: lines are added, never changed', TG_TABLE_NAME;",
                    hash="07f3ea1e8956e1ec55a2e24412cd4e78a89ea1d9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_insert_only_e03cf",
                    table="followups_letter",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="letter",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is a register: lines are added, never changed', TG_TABLE_NAME;",
                    hash="33771dfcc17710d5fd4f1cf6b02f3dfeff75961b",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_88d75",
                    table="followups_letter",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="letter",
            trigger=pgtrigger.compiler.Trigger(
                name="seal",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM set_config('TimeZone', 'UTC', true);\n    INSERT INTO followups_register (name, year, last_number, last_hash)\n    VALUES (TG_TABLE_NAME, NEW.year, 0, '') ON CONFLICT (name) DO NOTHING;\n    UPDATE followups_register SET\n        last_number = CASE WHEN NEW.year > year THEN 1 ELSE last_number + 1 END,\n        year = greatest(year, NEW.year)\n    WHERE name = TG_TABLE_NAME\n    RETURNING year, last_number, last_hash INTO NEW.year, NEW.number, NEW.previous_hash;\n    NEW.hash = encode(\n        sha256(convert_to((jsonb_strip_nulls(to_jsonb(NEW)) - 'hash')::text, 'UTF8')), 'hex'\n    );\n    UPDATE followups_register SET last_hash = NEW.hash WHERE name = TG_TABLE_NAME;\n    RETURN NEW;\n",
                    hash="bfd561b25a61e1fbf508f9d7a321b10cee84bd64",
                    operation="INSERT",
                    pgid="pgtrigger_seal_ea6f1",
                    table="followups_letter",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="letter",
            trigger=pgtrigger.compiler.Trigger(
                name="announce",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO followups_webhookdelivery (webhook_id, event, object_id)\n    SELECT id, 'letter.issued', NEW.id FROM followups_webhook WHERE is_active AND 'letter.issued' = ANY(wants);\n    RETURN NULL;\n",
                    hash="01e3c99d4a5fa5da5d4adca638a182ea4b84fd25",
                    operation="INSERT",
                    pgid="pgtrigger_announce_aee70",
                    table="followups_letter",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="letterbatchevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a03a1d48f04f07f34a85d91ca7765df1fb3c92fe",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_6226e",
                    table="followups_letterbatchevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="letterevent",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is a register: lines are added, never changed', TG_TABLE_NAME;",
                    hash="21db070107f6952b3c476b56c821d593d81b6066",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_insert_only_73d99",
                    table="followups_letterevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="letterevent",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is a register: lines are added, never changed', TG_TABLE_NAME;",
                    hash="f4a17a771813192512a12a08b259545b3580ea6b",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_c729f",
                    table="followups_letterevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="letterfile",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is a register: lines are added, never changed', TG_TABLE_NAME;",
                    hash="63904b71247a0d90bc4abd1c5f02ad64ec8c1b61",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_insert_only_ac772",
                    table="followups_letterfile",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="letterfile",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is a register: lines are added, never changed', TG_TABLE_NAME;",
                    hash="f0864bf7a9ded42ba800761ce4ac5c612437ff28",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_30c44",
                    table="followups_letterfile",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lettertemplateevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b85a868c0c6a0880526698decc75b3de43f9abc9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_490b8",
                    table="followups_lettertemplateevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publiclink",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'followups_publiclink keeps a history: no TRUNCATE';",
                    hash="64808ac8dda395a079256fe81bccc0b023938be6",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_acff4",
                    table="followups_publiclink",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publiclink",
            trigger=pgtrigger.compiler.Trigger(
                name="count_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func="NEW.version = OLD.version + 1; RETURN NEW;",
                    hash="56e8affa0c63a87dac8768515e158813b80039cd",
                    operation="UPDATE",
                    pgid="pgtrigger_count_version_7261a",
                    table="followups_publiclink",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publiclink",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_publiclinkevent" ("call_id", "created_at", "created_by_id", "customer_id", "digest", "expires_at", "id", "invitation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "revoked_at", "revoked_by_id", "used_at", "version") SELECT new_values."call_id", new_values."created_at", new_values."created_by_id", new_values."customer_id", new_values."digest", new_values."expires_at", new_values."id", new_values."invitation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."purpose", new_values."revoked_at", new_values."revoked_by_id", new_values."used_at", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="cfcf0778ad78588ebe7612d890c6656ca7f342da",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_bd5a1",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="followups_publiclink",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publiclink",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "followups_publiclinkevent" ("call_id", "created_at", "created_by_id", "customer_id", "digest", "expires_at", "id", "invitation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "revoked_at", "revoked_by_id", "used_at", "version") VALUES (NEW."call_id", NEW."created_at", NEW."created_by_id", NEW."customer_id", NEW."digest", NEW."expires_at", NEW."id", NEW."invitation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."purpose", NEW."revoked_at", NEW."revoked_by_id", NEW."used_at", NEW."version"); RETURN NULL;',
                    hash="576e4ecd582877304681c91e7c78dc0b7f4fba9a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0651f",
                    table="followups_publiclink",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publiclink",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_publiclinkevent" ("call_id", "created_at", "created_by_id", "customer_id", "digest", "expires_at", "id", "invitation_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "revoked_at", "revoked_by_id", "used_at", "version") SELECT old_values."call_id", old_values."created_at", old_values."created_by_id", old_values."customer_id", old_values."digest", old_values."expires_at", old_values."id", old_values."invitation_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."purpose", old_values."revoked_at", old_values."revoked_by_id", old_values."used_at", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="722752c69d05831e0d150795f7894672f2744197",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_f339f",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="followups_publiclink",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publiclinkevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="c0a006c7aed7336552e68add233d4d06d65501f4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_1c326",
                    table="followups_publiclinkevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reminderruleevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="32846bfe553f2a0ca054e322d91f91705899530f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_90575",
                    table="followups_reminderruleevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="surveyanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'followups_surveyanswer keeps a history: no TRUNCATE';",
                    hash="5707c69e19f2e0dc4d37a60face246a5b5285dcb",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_9382c",
                    table="followups_surveyanswer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="surveyanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="count_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func="NEW.version = OLD.version + 1; RETURN NEW;",
                    hash="9a1588b3ee4c95b6226d305d384bf57479742cc8",
                    operation="UPDATE",
                    pgid="pgtrigger_count_version_4880f",
                    table="followups_surveyanswer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="surveyanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_surveyanswerevent" ("answered_at", "id", "link_id", "matter_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "score_reasons", "scores", "version") SELECT new_values."answered_at", new_values."id", new_values."link_id", new_values."matter_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."score_reasons", new_values."scores", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="3e02a78f07048ad631edbca33e82d3254049abf5",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f7325",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="followups_surveyanswer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="surveyanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "followups_surveyanswerevent" ("answered_at", "id", "link_id", "matter_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "score_reasons", "scores", "version") VALUES (NEW."answered_at", NEW."id", NEW."link_id", NEW."matter_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."score_reasons", NEW."scores", NEW."version"); RETURN NULL;',
                    hash="c98158e5a4dc86e895fc0bcfd55ec97807ceb052",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9c1f5",
                    table="followups_surveyanswer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="surveyanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_surveyanswerevent" ("answered_at", "id", "link_id", "matter_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "score_reasons", "scores", "version") SELECT old_values."answered_at", old_values."id", old_values."link_id", old_values."matter_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."score_reasons", old_values."scores", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="47dc951a5681c30ef1b4b0d97d0392f683a4d8b2",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_19b4a",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="followups_surveyanswer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="surveyanswerevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="bffcd7a98bf698dc3d2f56867018995fec3c69d7",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_3b5cd",
                    table="followups_surveyanswerevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="webhook",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'followups_webhook keeps a history: no TRUNCATE';",
                    hash="0134e7c62b14c93cff18c455be7563b31be828e4",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_c1303",
                    table="followups_webhook",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="webhook",
            trigger=pgtrigger.compiler.Trigger(
                name="count_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."url" IS DISTINCT FROM (NEW."url") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."wants" IS DISTINCT FROM (NEW."wants"))',
                    func="NEW.version = OLD.version + 1; RETURN NEW;",
                    hash="a8f79d0ad6815909b86e208de352756d387f31f6",
                    operation="UPDATE",
                    pgid="pgtrigger_count_version_967b2",
                    table="followups_webhook",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="webhook",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_webhookevent" ("created_at", "created_by_id", "id", "is_active", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "url", "version", "wants") SELECT new_values."created_at", new_values."created_by_id", new_values."id", new_values."is_active", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."url", new_values."version", new_values."wants" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="c323ebb206f031facfd0bd6fba0991df3a439fd9",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_6e782",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="followups_webhook",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="webhook",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."url" IS DISTINCT FROM (NEW."url") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."wants" IS DISTINCT FROM (NEW."wants"))',
                    func='INSERT INTO "followups_webhookevent" ("created_at", "created_by_id", "id", "is_active", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "url", "version", "wants") VALUES (NEW."created_at", NEW."created_by_id", NEW."id", NEW."is_active", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."url", NEW."version", NEW."wants"); RETURN NULL;',
                    hash="fc7a79b98fbb556e05d3dca23efb04d149cc5063",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0c889",
                    table="followups_webhook",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="webhook",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "followups_webhookevent" ("created_at", "created_by_id", "id", "is_active", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "url", "version", "wants") SELECT old_values."created_at", old_values."created_by_id", old_values."id", old_values."is_active", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."url", old_values."version", old_values."wants" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="968c625254c31d6f1626112fab6b1acc92ec7e6a",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_93e5e",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="followups_webhook",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="webhookevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f3ac382eaf13fb78f7ac125344a85753a35c7914",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_20c9f",
                    table="followups_webhookevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
