"""The permission table: which permission each route asks for.

Pages and API read the same table. A route that does not stand here is refused for
everybody and fails the build (`aftersales/tests/test_access.py` walks the URLs and
tries every one of them with every role).
"""

from datetime import timedelta

PUBLIC = "public"
LOGGED_IN = "logged in"

# Route name → permission, or method → permission where reading and writing differ.
ROUTES: dict[str, str | dict[str, str]] = {
    "login": PUBLIC,
    "login-code": PUBLIC,
    "logout": PUBLIC,
    "welcome": PUBLIC,
    "choose-password": PUBLIC,
    "home": LOGGED_IN,
    "preferences": LOGGED_IN,
    "account": LOGGED_IN,
    "change-password": LOGGED_IN,
    "end-other-sessions": LOGGED_IN,
    "second-factor": LOGGED_IN,
    "renew-recovery-codes": LOGGED_IN,
    "remove-second-factor": LOGGED_IN,
    "users": "aftersales.view_users",
    "user": "aftersales.view_users",
    "create-user": "aftersales.manage_users",
    "change-user": "aftersales.manage_users",
    "issue-link": "aftersales.manage_users",
    "deactivate-user": "aftersales.manage_users",
    "reactivate-user": "aftersales.manage_users",
    "remove-second-factor-of-user": "aftersales.manage_users",
    "save-list": LOGGED_IN,
    "saved-list": LOGGED_IN,
    "delete-saved-list": LOGGED_IN,
    "healthz": PUBLIC,
    "health": "aftersales.view_health",
    "styleguide": "aftersales.view_styleguide",
    "api-docs": LOGGED_IN,
    "customers:list": "customers.view_customer",
    "customers:export": "customers.export_customers",
    "customers:vehicles": "customers.view_vehicle",
    "customers:export-vehicles": "customers.export_customers",
    "customers:create": "customers.add_customer",
    "customers:group": "customers.view_customer",
    "customers:edit": "customers.change_customer",
    "customers:verify-contact": "customers.change_customer",
    "customers:assign-tracker": "customers.change_customer",
    "customers:add-phone": "customers.change_customer",
    "customers:change-phone": "customers.change_customer",
    "customers:make-primary": "customers.change_customer",
    "customers:remove-phone": "customers.change_customer",
    "customers:refuse-contact": "customers.refuse_contact",
    "customers:lift-refusal": "customers.lift_refusal",
    "reports:customer": "customers.view_customer",
    "reports:customer-timeline": "customers.view_customer",
    "reports:customer-history": "customers.view_customer",
    "reports:customer-form": "customers.view_customer",
    "api:schema": LOGGED_IN,
    "api:me": LOGGED_IN,
    "api:token": LOGGED_IN,
    "api:tokens": LOGGED_IN,
    "api:customer-list": {
        "GET": "customers.view_customer",
        "POST": "customers.add_customer",
    },
    "api:customer-detail": {
        "GET": "customers.view_customer",
        "PATCH": "customers.change_customer",
    },
    "api:customer-verify-contact": {"POST": "customers.change_customer"},
    "api:phone-list": {"POST": "customers.change_customer"},
    "api:phone-detail": {
        "GET": "customers.view_customer",
        "PATCH": "customers.change_customer",
        "DELETE": "customers.change_customer",
    },
    "api:phone-make-primary": {"POST": "customers.change_customer"},
    "api:vehicle-list": {"GET": "customers.view_vehicle", "POST": "customers.add_vehicle"},
    "api:vehicle-detail": {"GET": "customers.view_vehicle", "PATCH": "customers.change_vehicle"},
    "api:vehicle-lookup": "customers.view_vehicle",
    "api:repair-order-list": {
        "GET": "workshop.view_repairorder",
        "POST": "workshop.add_repairorder",
    },
    "api:repair-order-detail": {"GET": "workshop.view_repairorder"},
    "api:repair-order-authorize": {"POST": "workshop.authorize_repairorder"},
    "api:repair-order-release": {"POST": "workshop.release_repairorder"},
    "api:repair-order-undo-release": {"POST": "workshop.undo_release"},
    "api:repair-order-cancel": {"POST": "workshop.change_repairorder"},
    "api:consultation-list": {
        "GET": "customers.view_consultation",
        "POST": "customers.add_consultation",
    },
    "api:consultation-detail": {
        "GET": "customers.view_consultation",
        "PATCH": "customers.change_consultation",
    },
    "api:import-list": "workshop.import_records",
    "api:import-detail": "workshop.import_records",
    "api:import-choose-encoding": "workshop.import_records",
    "api:import-read": "workshop.import_records",
    "api:import-confirm": "workshop.import_records",
    "api:import-undo": "workshop.import_records",
    "api:import-row-list": "workshop.import_records",
    "api:follow-up-list": "followups.view_followup",
    "api:follow-up-detail": "followups.view_followup",
    "api:follow-up-reassign": {"POST": "followups.reassign_followups"},
    "api:explanation": "followups.view_followup",
    "api:queue-list": "followups.view_queue",
    "api:queue-detail": "followups.view_queue",
    "api:queue-take-next": {"POST": "followups.record_call"},
    "api:queue-claim": {"POST": "followups.record_call"},
    "api:queue-heartbeat": {"POST": "followups.record_call"},
    "api:queue-release": {"POST": "followups.record_call"},
    "api:queue-skip": {"POST": "followups.record_call"},
    "api:queue-call": {"POST": "followups.record_call"},
    "api:queue-take-back": {"POST": "followups.take_back_claim"},
    "api:call-list": {"GET": "followups.view_call", "POST": "followups.record_inbound"},
    "api:call-detail": "followups.view_call",
    "api:call-correct": {"POST": "followups.record_inbound"},
    "api:matter-list": "followups.view_matter",
    "api:matter-detail": "followups.view_matter",
    "api:matter-answer": {"POST": "followups.change_matter"},
    "api:matter-close": {"POST": "followups.change_matter"},
    "api:absence-list": {
        "GET": "followups.view_queue",
        "POST": "followups.enter_absence",
    },
    "api:absence-detail": {
        "GET": "followups.view_queue",
        "PATCH": "followups.enter_absence",
    },
    "api:absence-withdraw": {"POST": "followups.enter_absence"},
    "api:sweep-list": "followups.view_sweeps",
    "api:sweep-run": {"POST": "followups.run_sweeps"},
    "api:policy": {"GET": "followups.view_followup", "PATCH": "followups.change_policy"},
    "customers:choices": "customers.view_customer",
    "customers:create-vehicle": "customers.add_vehicle",
    "customers:vehicle": "customers.view_vehicle",
    "customers:vehicle-group": "customers.view_vehicle",
    "customers:edit-vehicle": "customers.change_vehicle",
    "customers:vehicle-history": "customers.view_vehicle",
    "customers:relate": "customers.change_vehicle",
    "customers:change-owner": "customers.change_vehicle",
    "customers:end-relation": "customers.change_vehicle",
    "customers:consultations": "customers.view_consultation",
    "customers:create-consultation": "customers.add_consultation",
    "customers:consultation": "customers.view_consultation",
    "customers:change-consultation": "customers.change_consultation",
    "customers:possible-duplicates": "customers.add_customer",
    "customers:compare": "customers.review_duplicates",
    "customers:merge": "customers.merge_customers",
    "customers:duplicates": "customers.review_duplicates",
    "customers:look-for-duplicates": "customers.review_duplicates",
    "customers:dismiss-pair": "customers.review_duplicates",
    "customers:restore-pair": "customers.review_duplicates",
    "customers:merges": "customers.merge_customers",
    "customers:undo-merge": "customers.merge_customers",
    "workshop:search": "workshop.view_repairorder",
    "workshop:orders": "workshop.view_repairorder",
    "workshop:export-orders": "workshop.export_repairorders",
    "workshop:create-order": "workshop.add_repairorder",
    "workshop:find-car": "workshop.add_repairorder",
    "workshop:order": "workshop.view_repairorder",
    "workshop:order-group": "workshop.view_repairorder",
    "workshop:edit-order": "workshop.change_repairorder",
    "workshop:order-history": "workshop.view_repairorder",
    "workshop:authorize": "workshop.authorize_repairorder",
    "workshop:release": "workshop.release_repairorder",
    "workshop:undo-release": "workshop.undo_release",
    "workshop:cancel": "workshop.change_repairorder",
    "workshop:imports": "workshop.import_records",
    "workshop:upload-import": "workshop.import_records",
    "workshop:import": "workshop.import_records",
    "workshop:choose-encoding": "workshop.import_records",
    "workshop:import-columns": "workshop.import_records",
    "workshop:import-progress": "workshop.import_records",
    "workshop:confirm-import": "workshop.import_records",
    "workshop:rejected-rows": "workshop.import_records",
    "workshop:undo-import": "workshop.import_records",
    "workshop:discard-import": "workshop.import_records",
    "workshop:orders-of-customer": "customers.view_customer",
    "workshop:orders-of-vehicle": "customers.view_vehicle",
}


def permission_for(route: str, method: str) -> str | None:
    """Return what `method` on `route` needs: a permission, PUBLIC, LOGGED_IN, or None (refused)."""
    rule = ROUTES.get(route)
    if isinstance(rule, dict):
        return rule.get("GET" if method in {"HEAD", "OPTIONS"} else method)
    return rule


# After this long without a request somebody has to log in again.
IDLE = timedelta(minutes=30)
# Routes after which it is another time; None: the page asks by itself, so nobody need be there.
IDLE_AFTER: dict[str, timedelta | None] = {"workshop:import-progress": None}


def idle_after(route: str) -> timedelta | None:
    """Return how long a session lives on after a request to `route`; None if it changes nothing."""
    return IDLE_AFTER.get(route, IDLE)
