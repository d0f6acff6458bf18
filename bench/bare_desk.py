"""Claim, record, next behind two bare views: once by our services, once by their statements.

The second way is what one would write into a view who knows beforehand how everything ends: the
same statements in the same order through the ORM, the ranking and the claim as text, and not a
rule, refusal or sentence between them.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import prefetch_related_objects
from django.http import JsonResponse
from django.urls import path
from django.utils import timezone

from aftersales import days
from aftersales.history import changes_by
from aftersales.http import StaffRequest
from aftersales.models import User
from customers.models import ContactRefusal, Customer, Vehicle
from followups.calling import queue
from followups.calling.causes import CAR, ORDER_NUMBER
from followups.calling.outcomes import OutcomeCode
from followups.calling.ranking import ranked
from followups.models import (
    CALLS,
    Absence,
    AgendaItem,
    Call,
    CallDraft,
    Claim,
    FollowUp,
    Policy,
)
from followups.models.claim import LEASE
from followups.services.calls import record_call
from followups.services.claims import TAKE, claim_next
from followups.services.told import Told

SCORES = {"q_overall": 9, "q_fixed": 1}


def take_next(request: StaffRequest) -> JsonResponse:
    held = claim_next(by=request.user, now=timezone.now())
    assert held is not None
    return JsonResponse({"customer": held.customer_id, "number": held.number})


def record(request: StaffRequest) -> JsonResponse:
    said, now = json.loads(request.body), timezone.now()
    told = Told(
        outcome=OutcomeCode.REACHED,
        started_at=now,
        operation=UUID(said["operation"]),
        answers={"scores": SCORES},
        agenda=dict.fromkeys(said["agenda"], True),
    )
    call = record_call(said["customer"], number=said["number"], told=told, by=request.user, now=now)
    return JsonResponse({"number": call.record_no})


def bare_take_next(request: StaffRequest) -> JsonResponse:
    now, user = timezone.now(), request.user
    today = days.local_date(now)
    Policy.objects.get(pk=1)
    list(Absence.objects.filter(first_day__lte=today, last_day__gte=today, withdrawn_at=None))
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(*ranking(user.pk))
        key = cursor.fetchall()[0][0]
        customers = Customer.objects.select_related("claim__claimed_by").prefetch_related("phones")
        customer = customers.get(pk=key)
        list(FollowUp.objects.filter(customer=customer, state="open", kind__in=CALLS))
        list(
            ContactRefusal.objects.filter(
                lifted_on=None,
                purpose__in=["service", "all"],
                channel__in=["phone", "all"],
                customer=customer,
            )
        )
        _tries(customer, now)
        parameters = {"customer": key, "user": user.pk, "now": now, "until": now + LEASE}
        [held] = Claim.objects.raw(TAKE, parameters)
    return JsonResponse({"customer": key, "number": held.number})


def bare_record(request: StaffRequest) -> JsonResponse:
    said, now, user = json.loads(request.body), timezone.now(), request.user
    today = days.local_date(now)
    with changes_by(user):
        customer = Customer.objects.select_for_update(no_key=True).get(pk=said["customer"])
        Call.objects.filter(operation=said["operation"], handler=user).first()
        held = Claim.objects.select_for_update().get(
            customer=customer, number=said["number"], claimed_by=user
        )
        Policy.objects.get(pk=1)
        agenda: Any = list(
            FollowUp.objects.filter(
                customer=customer, state="open", kind__in=CALLS, pk__in=said["agenda"]
            )
            .order_by("pk")
            .select_for_update(of=("self",))
            .select_related("first_call")
            .annotate(car=CAR, order_number=ORDER_NUMBER)
        )
        first = agenda[0]
        prefetch_related_objects([customer], "phones")
        FollowUp.objects.filter(pk__in=said["agenda"]).update(
            attempts=0,
            days_tried=0,
            tried_on=None,
            callback_at=None,
            promised_by=None,
            state="done",
            ending="reached",
            closed_at=now,
            closed_on=today,
            closed_by=user,
        )
        vehicle = Vehicle.objects.get(pk=first.car)
        call = Call(
            year=today.year,
            direction="outbound",
            kind="first_call",
            customer=customer,
            customer_name=customer.name,
            vehicle=vehicle,
            plate=vehicle.plate,
            vehicle_model=vehicle.model,
            order_number=first.order_number,
            left_on=first.fact_on,
            started_at=now,
            ended_at=now,
            attempt=1,
            outcome="reached",
            handler=user,
            operation=said["operation"],
            scores=SCORES,
        )
        call.save(force_insert=True)
        call.refresh_from_db(fields=["year"])
        AgendaItem.objects.bulk_create(
            AgendaItem(call=call, follow_up_id=item, attempt=1, closed=True)
            for item in said["agenda"]
        )
        CallDraft.objects.filter(user=user, customer=customer).delete()
        _tries(customer, now)
        held.number, held.leased_until, held.left_by = held.number + 1, None, None
        held.not_before = now + timedelta(hours=4)
        held.save(update_fields=["number", "leased_until", "left_by", "not_before"])
    return JsonResponse({"number": call.record_no})


@cache
def ranking(user_id: int) -> tuple[str, Any]:
    """Return the statement that ranks somebody's queue, as text; its clock stands still."""
    user, now = User.objects.get(pk=user_id), timezone.now()
    due = queue.due_for(user, now=now)
    rows = ranked(due, user=user, policy=Policy.objects.current(), now=now)
    statement: tuple[str, Any] = rows.filter(is_callable=True)[
        : queue.AT_ONCE
    ].query.sql_with_params()
    return statement


def _tries(customer: Customer, now: datetime) -> None:
    recent = Call.objects.filter(
        direction="outbound",
        phone_used__in=[phone.e164 for phone in customer.phones.all()],
        started_at__gt=now - timedelta(hours=24),
        corrects=None,
    )
    list(recent.values_list("phone_used", "started_at"))


urlpatterns = [
    path("next/", take_next),
    path("record/", record),
    path("bare/next/", bare_take_next),
    path("bare/record/", bare_record),
]
