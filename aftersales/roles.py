"""Who may do what: the roles of the after-sales department and their permissions.

Code asks for permissions (`user.has_perm("customers.change_customer")`), never for a
role. A permission exists by standing here; `aftersales/access` says which route needs which.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SERVICE_ADVISOR = "service_advisor"
TRACKING_SALESMAN = "tracking_salesman"
FOREMAN = "foreman"
TECHNICIAN = "technician"
QUALITY_INSPECTOR = "quality_inspector"
PARTS_CLERK = "parts_clerk"
CASHIER = "cashier"
SUPERVISOR = "supervisor"
ADMINISTRATOR = "administrator"
REST_CLIENT = "rest_client"


@dataclass(frozen=True)
class Role:
    """A post in the department: its name and what whoever holds it may do."""

    label: str | Promise
    permissions: frozenset[str]


READ_CUSTOMERS = {
    "customers.view_customer",
    "customers.view_all_customers",
    "customers.view_vehicle",
    "customers.view_all_vehicles",
    "customers.view_consultation",
}
KEEP_CUSTOMER_FILES = {
    "customers.add_customer",
    "customers.change_customer",
    "customers.refuse_contact",
    "customers.add_vehicle",
    "customers.change_vehicle",
    "customers.add_consultation",
    "customers.change_consultation",
    "customers.review_duplicates",
}
READ_ORDERS = {"workshop.view_repairorder", "workshop.view_all_repairorders"}
# Who sees customers sees what they are owed and what was said.
READ_FOLLOWUPS = {
    "followups.view_followup",
    "followups.view_all_followups",
    "followups.view_call",
    "followups.view_all_calls",
    "followups.view_matter",
    "followups.view_all_matters",
    "followups.view_letter",
    "followups.view_all_letters",
    "followups.view_campaign",
}
MAKE_CALLS = {
    *READ_FOLLOWUPS,
    "followups.view_queue",
    "followups.record_call",
    "followups.record_inbound",
    "followups.correct_call",
    "followups.add_matter",
    "followups.change_matter",
    "followups.mark_attendance",
    "followups.issue_letter",
    "followups.send_link",
}
READ_WORKSHOP = {"customers.view_vehicle", "customers.view_all_vehicles", *READ_ORDERS}

ROLES: dict[str, Role] = {
    SERVICE_ADVISOR: Role(
        _("Service advisor"),
        frozenset(
            {
                *READ_CUSTOMERS,
                *KEEP_CUSTOMER_FILES,
                *READ_ORDERS,
                "workshop.add_repairorder",
                "workshop.change_repairorder",
                "workshop.authorize_repairorder",
                "workshop.release_repairorder",
                "customers.export_customers",
                "workshop.export_repairorders",
                *READ_FOLLOWUPS,
                "followups.record_inbound",
                "followups.correct_call",
                "followups.add_matter",
                "followups.change_matter",
                "followups.mark_attendance",
                "followups.issue_letter",
                "followups.send_link",
                "workshop.note_declined_work",
                "reports.view_digest",
            }
        ),
    ),
    TRACKING_SALESMAN: Role(
        _("Tracking salesman"),
        frozenset(
            {
                *READ_CUSTOMERS,
                *KEEP_CUSTOMER_FILES,
                *READ_ORDERS,
                *MAKE_CALLS,
                "customers.track_customers",
                "followups.receive_followups",
            }
        ),
    ),
    FOREMAN: Role(_("Workshop foreman"), frozenset({*READ_WORKSHOP})),
    TECHNICIAN: Role(
        _("Technician"),
        frozenset({"workshop.view_repairorder", "workshop.view_orders_in_shop"}),
    ),
    QUALITY_INSPECTOR: Role(_("Quality inspector"), frozenset({*READ_WORKSHOP})),
    PARTS_CLERK: Role(_("Parts clerk"), frozenset({*READ_WORKSHOP})),
    CASHIER: Role(_("Cashier"), frozenset({*READ_WORKSHOP, "workshop.release_repairorder"})),
    SUPERVISOR: Role(
        _("Supervisor"),
        frozenset(
            {
                *READ_CUSTOMERS,
                *KEEP_CUSTOMER_FILES,
                *READ_ORDERS,
                *MAKE_CALLS,
                "followups.reassign_followups",
                "followups.take_back_claim",
                "followups.view_absences",
                "followups.enter_absence",
                "followups.change_policy",
                "followups.view_board",
                "followups.view_sweeps",
                "followups.run_sweeps",
                "followups.export_calls",
                "followups.export_followups",
                "followups.correct_all_calls",
                "followups.instruct_matter",
                "followups.export_matters",
                "followups.view_complaint_statistics",
                "reports.view_digest",
                "reports.change_measure",
                "reports.change_mailboxes",
                "followups.change_letter_template",
                "followups.export_letters",
                "followups.settle_outbox",
                "followups.change_campaign",
                "followups.change_reminders",
                "workshop.note_declined_work",
                "customers.track_customers",
                "customers.lift_refusal",
                "customers.merge_customers",
                "customers.export_customers",
                "workshop.add_repairorder",
                "workshop.change_repairorder",
                "workshop.authorize_repairorder",
                "workshop.release_repairorder",
                "workshop.undo_release",
                "workshop.cancel_authorized_order",
                "workshop.export_repairorders",
                "workshop.import_records",
                "aftersales.view_users",
                "aftersales.view_health",
            }
        ),
    ),
    ADMINISTRATOR: Role(
        _("Administrator"),
        frozenset(
            {
                "aftersales.view_users",
                "aftersales.manage_users",
                "aftersales.view_health",
                "aftersales.view_styleguide",
                "followups.view_sweeps",
                "followups.run_sweeps",
                "followups.manage_webhooks",
                "workshop.import_records",
            }
        ),
    ),
    REST_CLIENT: Role(
        _("REST client"),
        frozenset(
            {
                "aftersales.use_api",
                "customers.view_customer",
                "customers.add_customer",
                "customers.change_customer",
                "customers.view_vehicle",
                "customers.add_vehicle",
                "customers.change_vehicle",
                "customers.view_consultation",
                "customers.add_consultation",
                "customers.change_consultation",
                "workshop.view_repairorder",
                "workshop.add_repairorder",
                "workshop.change_repairorder",
                "workshop.authorize_repairorder",
                "workshop.release_repairorder",
                "workshop.import_records",
                "followups.view_followup",
                "followups.view_call",
                "followups.record_inbound",
                "followups.view_matter",
                "followups.add_matter",
                "followups.view_letter",
            }
        ),
    ),
}

ROLE_CHOICES = [(key, role.label) for key, role in ROLES.items()]


def permissions_of(roles: list[str]) -> frozenset[str]:
    """Return everything the holders of these roles may do together."""
    return frozenset().union(*(ROLES[role].permissions for role in roles))
