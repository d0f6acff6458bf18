"""One object for every route that names one: the actor's own, and somebody else's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.utils import timezone

from aftersales.models import ListView, User
from aftersales.tests.factories import UserFactory
from customers.models import Channel, ContactPurpose, ContactRefusal
from customers.services import merges
from customers.tests.factories import (
    ConsultationFactory,
    CustomerFactory,
    DuplicatePairFactory,
    OwnershipFactory,
    PhoneFactory,
    VehicleFactory,
)
from followups.letters import typesetting
from followups.models import BatchItem, Claim, EventKind, Festival, FollowUp, Holiday, LinkPurpose
from followups.services import links, outbox, owners, webhooks
from followups.tests.factories import (
    AbsenceFactory,
    CallFactory,
    CampaignFactory,
    FollowUpFactory,
    InvitationFactory,
    LetterBatchFactory,
    LetterFileFactory,
    LetterTemplateFactory,
    MatterFactory,
    TrackerFactory,
)
from reports.tests.factories import MeasureFactory
from workshop.services import imports
from workshop.tests.factories import DeclinedWorkFactory, RepairOrderFactory


@dataclass(frozen=True)
class Example:
    """How to fill the parameters of a route.

    make: makes an object and returns the parameters that lead to it. Its argument is the
        owner; None makes an object of nobody whom the tests know.
    open_to: says to whom foreign objects are open as well.
    """

    make: Callable[[User | None], dict[str, Any]]
    open_to: Callable[[User], bool]


def _refusal(owner):
    refusal = ContactRefusal.objects.create(
        customer=CustomerFactory(created_by=owner),
        purpose=ContactPurpose.ALL,
        channel=Channel.ALL,
        reason="asked for it",
        refused_on="2025-03-31",
        recorded_by=owner or UserFactory(),
    )
    return {"pk": refusal.pk}


def _phone(owner):
    phone = PhoneFactory(customer__created_by=owner)
    return {"pk": phone.pk}


def _phone_of_customer(owner):
    phone = PhoneFactory(customer__created_by=owner)
    return {"customer_id": phone.customer_id, "pk": phone.pk}


def _relation(owner):
    relation = OwnershipFactory(vehicle__created_by=owner, customer__created_by=owner)
    return {"pk": relation.pk}


def _order(owner):
    """Return an order in the shop; a foreign one has left it."""
    return {"pk": RepairOrderFactory(created_by=owner, released=owner is None).pk}


def _consultation(owner):
    return {"pk": ConsultationFactory(held_by=owner or UserFactory()).pk}


def _letter(owner):
    return {"pk": LetterFileFactory(letter__customer__created_by=owner).letter_id}


def _letter_in_preparation(owner):
    item = BatchItem.objects.create(batch=LetterBatchFactory(), customer=CustomerFactory())
    return {"pk": item.batch_id, "item": item.pk}


def _issued_letters(owner):
    content = typesetting.labels([["Street 1"]])
    return {"pk": LetterFileFactory(content=content).letter.batch_id, "part": 1}


def _list_view(owner):
    saved, _is_new = ListView.objects.get_or_create(
        user=owner or UserFactory(), route="home", name="Mine"
    )
    return {"pk": saved.pk}


def _pair(owner):
    first, second = (CustomerFactory(created_by=owner) for _customer in range(2))
    return {"pk": DuplicatePairFactory(first=first, second=second).pk}


def _two_files(owner):
    survivor, merged = (CustomerFactory(created_by=owner).pk for _customer in range(2))
    return {"survivor": survivor, "merged": merged}


def _merge(owner):
    by = owner or UserFactory()
    files = _two_files(by)
    done = merges.merge(files["survivor"], files["merged"], choices={}, by=by, now=timezone.now())
    return {"pk": done.pk}


def _import(owner):
    content = ContentFile(b"Order no.,Type\nRO-1,general\n", name="orders.csv")
    return {"pk": imports.upload(content, kind="orders", by=owner).pk}


def _claimed_customer(owner):
    owed = FollowUpFactory(order__customer__created_by=owner)
    Claim.objects.create(
        customer=owed.customer, claimed_by=UserFactory(), claimed_at=timezone.now()
    )
    return {"pk": owed.customer_id}


def _handed_over(owner):
    chosen = FollowUp.objects.filter(pk=FollowUpFactory().pk)
    done = owners.reassign(chosen, to=TrackerFactory(), by=owner or UserFactory())
    return {"change": done.change}


def _holiday(owner):
    day = date(2025, 1, 1) + timedelta(Holiday.objects.count())
    return {"pk": Holiday.objects.create(day=day, name="元旦").pk}


def _issued(owner):
    return links.issue(
        CustomerFactory(created_by=owner),
        purpose=LinkPurpose.SURVEY,
        by=owner or UserFactory(),
        now=timezone.now(),
    )


def _message(owner):
    message = outbox.put(
        key=str(uuid4()), channel="sms", recipient="+8613900000000", body="Hi", now=timezone.now()
    )
    return {"pk": message.pk}


def _webhook(owner):
    by = owner or UserFactory()
    webhook = webhooks.create(url="https://example.com/", wants=EventKind.values, by=by)
    return {"pk": webhook.pk}


def _festival(owner):
    day = date(2099, 1, 1) + timedelta(Festival.objects.count())
    return {"pk": Festival.objects.create(day=day, name="元旦").pk}


def everybody(user):
    return True


def nobody(user):
    return False


def holders_of(permission):
    return lambda user: user.has_perm(permission)


def people_not_programs(user):
    return not user.has_perm("aftersales.use_api")


ALL_CUSTOMERS = holders_of("customers.view_all_customers")
ALL_VEHICLES = holders_of("customers.view_all_vehicles")

CUSTOMER = Example(lambda owner: {"pk": CustomerFactory(created_by=owner).pk}, ALL_CUSTOMERS)
CUSTOMER_OF_CALL = Example(lambda owner: {"customer_id": CUSTOMER.make(owner)["pk"]}, ALL_CUSTOMERS)
PHONE = Example(_phone, ALL_CUSTOMERS)
REFUSAL = Example(_refusal, ALL_CUSTOMERS)
CONSULTATION = Example(_consultation, ALL_CUSTOMERS)
PAIR = Example(_pair, ALL_CUSTOMERS)
VEHICLE = Example(lambda owner: {"pk": VehicleFactory(created_by=owner).pk}, ALL_VEHICLES)
VEHICLE_GROUP = Example(lambda owner: {**VEHICLE.make(owner), "group": "mileage"}, ALL_VEHICLES)
RELATION = Example(_relation, ALL_VEHICLES)
ORDER = Example(_order, holders_of("workshop.view_all_repairorders"))
DECLINED_WORK = Example(
    lambda owner: {"pk": DeclinedWorkFactory(order_id=_order(owner)["pk"]).pk}, ORDER.open_to
)
ORDER_GROUP = Example(lambda owner: {**ORDER.make(owner), "group": "work"}, ORDER.open_to)
IMPORT = Example(_import, people_not_programs)
FOLLOW_UP = Example(
    lambda owner: {"pk": FollowUpFactory(order__customer__created_by=owner).pk},
    holders_of("followups.view_all_followups"),
)
CALL = Example(
    lambda owner: {"pk": CallFactory(customer__created_by=owner).pk},
    holders_of("followups.view_all_calls"),
)
CAMPAIGN = Example(lambda owner: {"pk": CampaignFactory().pk}, everybody)
DECIDED_CAMPAIGN = Example(lambda owner: {"pk": CampaignFactory(decided=True).pk}, everybody)
INVITATION = Example(
    lambda owner: {"pk": InvitationFactory(customer__created_by=owner).pk}, ALL_CUSTOMERS
)
MATTER = Example(
    lambda owner: {"pk": MatterFactory(customer__created_by=owner).pk},
    holders_of("followups.view_all_matters"),
)
COMPLAINT = Example(
    lambda owner: {"pk": MatterFactory(customer__created_by=owner).complaint.pk},
    MATTER.open_to,
)
LETTER = Example(_letter, holders_of("followups.view_all_letters"))
LETTER_TEMPLATE = Example(
    lambda owner: {"pk": LetterTemplateFactory(name=uuid4().hex).pk}, everybody
)
LETTER_BATCH = Example(lambda owner: {"pk": LetterBatchFactory().pk}, everybody)
ABSENCE = Example(
    lambda owner: {"pk": AbsenceFactory(**({"person": owner} if owner else {})).pk},
    holders_of("followups.view_absences"),
)
REMINDER_KIND = Example(lambda owner: {"kind": "insurance"}, everybody)
CLAIMED_CUSTOMER = Example(_claimed_customer, ALL_CUSTOMERS)
OWN_CALL = Example(
    lambda owner: {
        "pk": CallFactory(customer__created_by=owner, handler=owner or UserFactory()).pk
    },
    holders_of("followups.correct_all_calls"),
)
MEASURE = Example(lambda owner: {"pk": MeasureFactory().pk}, everybody)
MESSAGE = Example(_message, everybody)
WEBHOOK = Example(_webhook, everybody)
DELIVERY = Example(lambda owner: {"pk": webhooks.test(WEBHOOK.make(owner)["pk"]).pk}, everybody)
PERSON = Example(lambda owner: {"pk": UserFactory().pk}, everybody)

# Parameters that name no object.
WORDS = {
    "group": "contact",
    "file_format": "csv",
    "name": "expire_claims",
    "department": "workshop",
}

# What a page needs to be sent before it knows what is meant.
BODIES = {"save-list": "route=home"}

# Route, or `namespace:*` for all routes of it that have no line of their own.
EXAMPLES = {
    "welcome": Example(lambda owner: {"link": "1-abc-def"}, everybody),
    "user": PERSON,
    "change-user": PERSON,
    "issue-link": PERSON,
    "deactivate-user": PERSON,
    "reactivate-user": Example(lambda owner: {"pk": UserFactory(is_active=False).pk}, everybody),
    "remove-second-factor-of-user": Example(
        lambda owner: {"pk": UserFactory(second_factor_since="2025-03-31T08:00Z").pk}, everybody
    ),
    "saved-list": Example(_list_view, nobody),
    "delete-saved-list": Example(_list_view, nobody),
    "customers:*": CUSTOMER,
    "customers:change-phone": PHONE,
    "customers:make-primary": PHONE,
    "customers:remove-phone": PHONE,
    "customers:lift-refusal": REFUSAL,
    "customers:vehicle": VEHICLE,
    "customers:vehicle-group": VEHICLE_GROUP,
    "customers:edit-vehicle": VEHICLE_GROUP,
    "customers:vehicle-history": VEHICLE,
    "customers:relate": VEHICLE,
    "customers:change-owner": VEHICLE,
    "customers:end-relation": RELATION,
    "customers:consultation": CONSULTATION,
    "customers:change-consultation": CONSULTATION,
    "customers:compare": Example(_two_files, ALL_CUSTOMERS),
    "customers:merge": Example(_two_files, ALL_CUSTOMERS),
    "customers:dismiss-pair": PAIR,
    "customers:restore-pair": PAIR,
    "customers:undo-merge": Example(_merge, ALL_CUSTOMERS),
    "followups:desk": CUSTOMER_OF_CALL,
    "followups:record": CUSTOMER_OF_CALL,
    "followups:claim": CUSTOMER_OF_CALL,
    "followups:heartbeat": CUSTOMER_OF_CALL,
    "followups:save-draft": CUSTOMER_OF_CALL,
    "followups:leave": CUSTOMER_OF_CALL,
    "followups:skip": CUSTOMER_OF_CALL,
    "followups:take-back": CUSTOMER_OF_CALL,
    "followups:inbound-desk": CUSTOMER_OF_CALL,
    "followups:claim-inbound": CUSTOMER_OF_CALL,
    "followups:follow-up": FOLLOW_UP,
    "followups:why": CUSTOMER,
    "followups:contact-data": CUSTOMER,
    "followups:public-link": Example(
        lambda owner: {"secret": _issued(owner).url.split("/")[-2]}, everybody
    ),
    "followups:links": CUSTOMER,
    "followups:webhook": WEBHOOK,
    "followups:test-webhook": WEBHOOK,
    "followups:switch-webhook": WEBHOOK,
    "followups:replay-delivery": DELIVERY,
    "api:webhook-detail": WEBHOOK,
    "api:webhook-test": WEBHOOK,
    "api:webhook-delivery-detail": DELIVERY,
    "api:webhook-delivery-replay": DELIVERY,
    "followups:message": MESSAGE,
    "followups:settle": MESSAGE,
    "followups:revoke-link": Example(lambda owner: {"pk": _issued(owner).link.pk}, ALL_CUSTOMERS),
    "followups:hand-over": PERSON,
    "followups:handed-over": Example(_handed_over, everybody),
    "followups:change-absence": ABSENCE,
    "followups:withdraw-absence": ABSENCE,
    "followups:remove-holiday": Example(_holiday, everybody),
    "followups:remove-festival": Example(_festival, everybody),
    "followups:change-reminder": REMINDER_KIND,
    "followups:preview-reminder": REMINDER_KIND,
    "followups:call": CALL,
    "followups:call-form": CALL,
    "followups:correct-call": OWN_CALL,
    "followups:campaign": CAMPAIGN,
    "followups:change-campaign": CAMPAIGN,
    "followups:left-out": CAMPAIGN,
    "followups:decide-campaign": CAMPAIGN,
    "followups:call-off-campaign": CAMPAIGN,
    "followups:attendance": DECIDED_CAMPAIGN,
    "followups:matter": MATTER,
    "followups:matter-form": MATTER,
    "followups:study-matter": MATTER,
    "followups:solve-matter": MATTER,
    "followups:report-matter": MATTER,
    "followups:instruct-matter": MATTER,
    "followups:tell-matter": MATTER,
    "followups:pass-on-matter": MATTER,
    "followups:change-complaint": MATTER,
    "followups:complaint-form": MATTER,
    "followups:extend-complaint": MATTER,
    "followups:link-complaint": MATTER,
    "followups:letter": LETTER,
    "followups:letter-file": LETTER,
    "followups:note-letter": LETTER,
    "followups:write-letter": CUSTOMER_OF_CALL,
    "followups:preview-written-letter": CUSTOMER_OF_CALL,
    "followups:letter-batch": LETTER_BATCH,
    "followups:letter-batch-progress": LETTER_BATCH,
    "followups:preview-letter": Example(_letter_in_preparation, everybody),
    "followups:leave-out-letters": LETTER_BATCH,
    "followups:issue-letters": LETTER_BATCH,
    "followups:discard-letters": LETTER_BATCH,
    "followups:post-letters": LETTER_BATCH,
    "followups:print-letters": Example(_issued_letters, everybody),
    "followups:print-labels": LETTER_BATCH,
    "followups:posting-list": LETTER_BATCH,
    "followups:letter-template": LETTER_TEMPLATE,
    "reports:*": CUSTOMER,
    "reports:campaign-results": DECIDED_CAMPAIGN,
    "reports:change-measure": MEASURE,
    "reports:check-off-measure": MEASURE,
    "reports:take-back-check": MEASURE,
    "workshop:*": ORDER,
    "workshop:settle-declined-work": DECLINED_WORK,
    "workshop:order-group": ORDER_GROUP,
    "workshop:edit-order": ORDER_GROUP,
    "workshop:orders-of-customer": CUSTOMER,
    "workshop:orders-of-vehicle": VEHICLE,
    "workshop:import": IMPORT,
    "workshop:choose-encoding": IMPORT,
    "workshop:import-columns": IMPORT,
    "workshop:import-progress": IMPORT,
    "workshop:confirm-import": IMPORT,
    "workshop:rejected-rows": IMPORT,
    "workshop:undo-import": IMPORT,
    "workshop:discard-import": IMPORT,
    "api:customer-detail": CUSTOMER,
    "api:customer-verify-contact": CUSTOMER,
    "api:phone-list": Example(
        lambda owner: {"customer_id": CUSTOMER.make(owner)["pk"]}, ALL_CUSTOMERS
    ),
    "api:phone-detail": Example(_phone_of_customer, ALL_CUSTOMERS),
    "api:phone-make-primary": Example(_phone_of_customer, ALL_CUSTOMERS),
    "api:vehicle-detail": VEHICLE,
    "api:repair-order-detail": ORDER,
    "api:repair-order-authorize": ORDER,
    "api:repair-order-release": ORDER,
    "api:repair-order-undo-release": ORDER,
    "api:repair-order-cancel": ORDER,
    "api:declined-work-detail": DECLINED_WORK,
    "api:declined-work-settle": DECLINED_WORK,
    "api:consultation-detail": CONSULTATION,
    "api:import-detail": IMPORT,
    "api:import-choose-encoding": IMPORT,
    "api:import-read": IMPORT,
    "api:import-confirm": IMPORT,
    "api:import-undo": IMPORT,
    "api:explanation": CUSTOMER,
    "api:follow-up-detail": FOLLOW_UP,
    "api:queue-detail": CLAIMED_CUSTOMER,
    "api:queue-claim": CLAIMED_CUSTOMER,
    "api:queue-claim-inbound": CLAIMED_CUSTOMER,
    "api:queue-heartbeat": CLAIMED_CUSTOMER,
    "api:queue-release": CLAIMED_CUSTOMER,
    "api:queue-skip": CLAIMED_CUSTOMER,
    "api:queue-call": CLAIMED_CUSTOMER,
    "api:queue-take-back": CLAIMED_CUSTOMER,
    "api:call-detail": CALL,
    "api:call-correct": OWN_CALL,
    "api:campaign-detail": CAMPAIGN,
    "api:campaign-decide": CAMPAIGN,
    "api:campaign-call-off": CAMPAIGN,
    "api:campaign-results": DECIDED_CAMPAIGN,
    "api:invitation-detail": INVITATION,
    "api:invitation-answer": INVITATION,
    "api:matter-detail": MATTER,
    "api:matter-study": MATTER,
    "api:matter-solve": MATTER,
    "api:matter-report": MATTER,
    "api:matter-instruct": MATTER,
    "api:matter-tell": MATTER,
    "api:matter-pass-on": MATTER,
    "api:complaint-detail": COMPLAINT,
    "api:complaint-extend": COMPLAINT,
    "api:letter-detail": LETTER,
    "api:letter-pdf": LETTER,
    "api:letter-template-detail": LETTER_TEMPLATE,
    "api:absence-detail": ABSENCE,
    "api:absence-withdraw": ABSENCE,
    "api:import-row-list": Example(
        lambda owner: {"import_id": IMPORT.make(owner)["pk"]}, IMPORT.open_to
    ),
}


def example_of(route: str) -> Example:
    """Return the example of a route with parameters; a new such route needs a line above."""
    namespace = route.partition(":")[0]
    example = EXAMPLES.get(route) or EXAMPLES.get(f"{namespace}:*")
    assert example, f"aftersales/tests/examples.py has no object for the route {route}"
    return example
