import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_initial"),
        ("followups", "0002_matters_letters_campaigns_reminders"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="complaint",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="complaint",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="complaint",
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
        migrations.AddField(
            model_name="complaint",
            name="cause",
            field=models.TextField(blank=True, verbose_name="cause"),
        ),
        migrations.AddField(
            model_name="complaint",
            name="demand",
            field=models.TextField(blank=True, verbose_name="what the customer asks for"),
        ),
        migrations.AddField(
            model_name="complaintevent",
            name="cause",
            field=models.TextField(blank=True, verbose_name="cause"),
        ),
        migrations.AddField(
            model_name="complaintevent",
            name="demand",
            field=models.TextField(blank=True, verbose_name="what the customer asks for"),
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
    ]
