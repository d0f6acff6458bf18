import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("followups", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DepartmentMailbox",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "department",
                    models.CharField(
                        choices=[
                            ("front_desk", "Front desk"),
                            ("workshop", "Workshop"),
                            ("parts", "Parts"),
                            ("cashier", "Cashier"),
                            ("warranty", "Warranty and claims"),
                            ("customer_care", "Customer care"),
                            ("management", "Management"),
                        ],
                        editable=False,
                        max_length=20,
                        unique=True,
                        verbose_name="department",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("zh-hans", "简体中文"), ("ko", "한국어")],
                        default="en",
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "mailbox of a department",
                "verbose_name_plural": "mailboxes of departments",
                "ordering": ["department"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DepartmentMailboxEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "department",
                    models.CharField(
                        choices=[
                            ("front_desk", "Front desk"),
                            ("workshop", "Workshop"),
                            ("parts", "Parts"),
                            ("cashier", "Cashier"),
                            ("warranty", "Warranty and claims"),
                            ("customer_care", "Customer care"),
                            ("management", "Management"),
                        ],
                        editable=False,
                        max_length=20,
                        verbose_name="department",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("zh-hans", "简体中文"), ("ko", "한국어")],
                        default="en",
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("week", models.DateField(verbose_name="week")),
                (
                    "department",
                    models.CharField(
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
                ("text", models.TextField(verbose_name="measure")),
                ("due_on", models.DateField(verbose_name="due on")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done on")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "measure",
                "verbose_name_plural": "measures",
                "ordering": ["due_on", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="MeasureEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                ("week", models.DateField(verbose_name="week")),
                (
                    "department",
                    models.CharField(
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
                ("text", models.TextField(verbose_name="measure")),
                ("due_on", models.DateField(verbose_name="due on")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done on")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="departmentmailbox",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'reports_departmentmailbox keeps a history: no TRUNCATE';",
                    hash="1796650ebf0349d965776df47f5bc3c1e988a2ca",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_fe4cd",
                    table="reports_departmentmailbox",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="departmentmailbox",
            trigger=pgtrigger.compiler.Trigger(
                name="count_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func="NEW.version = OLD.version + 1; RETURN NEW;",
                    hash="2f963ed5dbeed3f7095f66b900759513ac0646b6",
                    operation="UPDATE",
                    pgid="pgtrigger_count_version_a3e68",
                    table="reports_departmentmailbox",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="departmentmailbox",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "reports_departmentmailboxevent" ("department", "email", "id", "language", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") SELECT new_values."department", new_values."email", new_values."id", new_values."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."version" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="6b6e863f9149ef15e352d34ee0f7ba4f49686571",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c373c",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="reports_departmentmailbox",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="departmentmailbox",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "reports_departmentmailboxevent" ("department", "email", "id", "language", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") VALUES (NEW."department", NEW."email", NEW."id", NEW."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."version"); RETURN NULL;',
                    hash="ef0c792978e6b3d7a8c5cc1946e67a945fca6a42",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_72fcb",
                    table="reports_departmentmailbox",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="departmentmailbox",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "reports_departmentmailboxevent" ("department", "email", "id", "language", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "version") SELECT old_values."department", old_values."email", old_values."id", old_values."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."version" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="8ebf63dd4abacbee1c948e4a62ffd7c2401cec98",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_43226",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="reports_departmentmailbox",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="departmentmailboxevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="reports.departmentmailbox",
            ),
        ),
        migrations.AddField(
            model_name="measure",
            name="done_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="checked off by",
            ),
        ),
        migrations.AddField(
            model_name="measure",
            name="matter",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="measures",
                to="followups.matter",
                verbose_name="matter",
            ),
        ),
        migrations.AddField(
            model_name="measure",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="measures",
                to=settings.AUTH_USER_MODEL,
                verbose_name="in charge",
            ),
        ),
        migrations.AddField(
            model_name="measureevent",
            name="done_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="checked off by",
            ),
        ),
        migrations.AddField(
            model_name="measureevent",
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
            model_name="measureevent",
            name="owner",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="in charge",
            ),
        ),
        migrations.AddField(
            model_name="measureevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="reports.measure",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="departmentmailboxevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a7a3ff9c5d9beed6f5ce75c4de0cacfa635ee307",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_5366e",
                    table="reports_departmentmailboxevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="measure",
            index=models.Index(fields=["week", "department"], name="reports_measure_of_week"),
        ),
        migrations.AddIndex(
            model_name="measure",
            index=models.Index(
                condition=models.Q(("done_on", None)),
                fields=["due_on"],
                name="reports_measure_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="reports_measures_say_what"
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(("week__iso_week_day", 1)),
                name="reports_measures_belong_to_a_week",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_by", None), ("done_on", None)),
                    models.Q(("done_by__isnull", False), ("done_on__isnull", False)),
                    _connector="OR",
                ),
                name="reports_done_measures_say_when_and_who",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="measure",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'reports_measure keeps a history: no TRUNCATE';",
                    hash="a1da8d169c071c8bcf1f160e30e80d31d2c6df0d",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_7052b",
                    table="reports_measure",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="measure",
            trigger=pgtrigger.compiler.Trigger(
                name="count_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func="NEW.version = OLD.version + 1; RETURN NEW;",
                    hash="a6a0637c7b946bbe43ba288f8e476e666ceb0ab7",
                    operation="UPDATE",
                    pgid="pgtrigger_count_version_8f7e8",
                    table="reports_measure",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="measure",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "reports_measureevent" ("department", "done_by_id", "done_on", "due_on", "id", "matter_id", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "version", "week") SELECT new_values."department", new_values."done_by_id", new_values."done_on", new_values."due_on", new_values."id", new_values."matter_id", new_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."text", new_values."version", new_values."week" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="d2abdeb05488bcd618ea01906bf819f8e4f62c20",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d93e3",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="reports_measure",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="measure",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "reports_measureevent" ("department", "done_by_id", "done_on", "due_on", "id", "matter_id", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "version", "week") VALUES (NEW."department", NEW."done_by_id", NEW."done_on", NEW."due_on", NEW."id", NEW."matter_id", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."text", NEW."version", NEW."week"); RETURN NULL;',
                    hash="32944468bb0f761b0637fa5aa3b9ce9d5b377003",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7feab",
                    table="reports_measure",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="measure",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "reports_measureevent" ("department", "done_by_id", "done_on", "due_on", "id", "matter_id", "owner_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "version", "week") SELECT old_values."department", old_values."done_by_id", old_values."done_on", old_values."due_on", old_values."id", old_values."matter_id", old_values."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', old_values."id", old_values."text", old_values."version", old_values."week" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="c4176141ad74fe8c2d08d71a00138a5947628ec9",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_53880",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="reports_measure",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="measureevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="c96ee4847db3252d084a0b9d5c32e116f9861693",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_57d1f",
                    table="reports_measureevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
