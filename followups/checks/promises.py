"""Whether every promise is on record: one for each fact that owes it, and none without a fact.

This only reads, and asks in other words than the sweeps do, so that it finds their faults.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate

from aftersales import days
from customers.models import Consultation, Customer
from followups.checks import other_promises
from followups.models import (
    ENDED_AS,
    UNSOLVED,
    FileCheck,
    FollowUp,
    Kind,
    Matter,
    MatterKind,
    MatterState,
    Policy,
    State,
)
from followups.models.ending import TAKEN_BACK, Ending
from followups.sweeps.running import NOT_RETAIL, wait_for_sweeps
from workshop.models import RepairOrder
from workshop.states import OrderState

SHOWN = 20


def check_promises(*, now: datetime) -> dict[str, Any]:
    """Return the sums, and under "problems" what is missing, too much or wrong, with keys.

    What happened after the last sweeps is missing until the next ones.

    Returns:
        `created` from the history, `open`, `done`, `cancelled`, and problem → count and keys
        of the first rows. Without problems the three make up what was created.
    """
    with transaction.atomic():
        wait_for_sweeps()
        problems = {
            name: {"count": count, "first": _first_of(rows)}
            for name, rows in _problems(now).items()
            if (count := rows.count())
        }
        created = _history().filter(pgh_label="insert").count()
        sums = FollowUp.objects.aggregate(
            **{state.value: Count("pk", filter=Q(state=state)) for state in State}
        )
    return {"created": created, **sums, "problems": problems}


def _first_of(rows: QuerySet[Any]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:SHOWN])


def _problems(now: datetime) -> dict[str, QuerySet[Any]]:
    """Return for each problem the rows that have it."""
    go_live = Policy.objects.current().go_live_on
    since = days.start_of_day(go_live)
    orders = RepairOrder.objects.exclude(kind__in=NOT_RETAIL)
    left = orders.filter(state=OrderState.RELEASED, gate_out_at__range=(since, now))
    came = orders.filter(authorized_at__range=(since, now)).exclude(state=OrderState.CANCELLED)
    talks = Consultation.objects.filter(ended_at__range=(since, now))
    called = FollowUp.objects.filter(
        kind=Kind.FIRST_CALL,
        ending__in=[Ending.REACHED, Ending.UNREACHABLE],
        closed_on__gte=go_live,
        closed_at__lte=now,
    ).exclude(_without_visit())
    return {
        "orders_without_first_call": left.exclude(_has("order", Kind.FIRST_CALL)),
        "consultations_without_first_call": talks.exclude(_has("consultation", Kind.FIRST_CALL)),
        "first_calls_without_second": called.exclude(_has("first_call", Kind.SECOND_CALL)),
        "orders_without_file": _owing_files(came, "order", F("authorized_at")),
        "consultations_without_file": _owing_files(talks, "consultation", F("ended_at")),
        **_problems_of_matters(now),
        "complete_files_owed": FollowUp.objects.open().filter(
            kind=Kind.CUSTOMER_FILE, customer__in=_complete()
        ),
        "owed_without_fact": FollowUp.objects.open().filter(_without_visit()),
        "dated_otherwise": _dated_otherwise(),
        "ended_otherwise": FollowUp.objects.exclude(_ended_as_they_may()),
        "not_in_history": FollowUp.objects.exclude(
            pk__in=_history().filter(pgh_label="insert").values("pgh_obj_id")
        ),
        "gone": _history().filter(pgh_label="insert").exclude(
            pgh_obj_id__in=FollowUp.objects.values("pk")
        ),
        **other_promises.problems(now),
    }  # fmt: skip


def _problems_of_matters(now: datetime) -> dict[str, QuerySet[Any]]:
    solved = Matter.objects.filter(state=MatterState.SOLVED, solved_at__lte=now)
    answers = FollowUp.objects.filter(matter=OuterRef("pk"), sequence=OuterRef("reopened"))
    return {
        "matters_not_reported": Matter.objects.filter(
            state__in=UNSOLVED[:2], report_by__lte=days.local_date(now)
        ),
        "solutions_without_answer": solved.exclude(Exists(answers)),
        "answers_without_solution": FollowUp.objects.open().filter(
            kind=Kind.ANSWER, matter__state__in=[*UNSOLVED, MatterState.CLOSED]
        ),
        "complaints_without_report": Matter.objects.filter(
            kind=MatterKind.COMPLAINT, complaint=None
        ),
    }


def _has(cause: str, kind: Kind) -> Exists:
    """Return the condition that a row has its follow-up of a kind."""
    made = FollowUp.objects.filter(kind=kind, **{cause: OuterRef("pk")})
    return Exists(made.exclude(ending__in=TAKEN_BACK))


def _owing_files(visits: QuerySet[Any], cause: str, happened_at: F) -> QuerySet[Any]:
    """Return the visits of customers to whom a file is owed and who have none coming."""
    settled = FileCheck.objects.filter(
        customer=OuterRef("customer"), settled_until__gte=OuterRef("happened_at")
    )
    open_file = FollowUp.objects.open().filter(
        kind=Kind.CUSTOMER_FILE, customer=OuterRef("customer")
    )
    unsettled: QuerySet[Any] = visits.annotate(happened_at=happened_at).exclude(Exists(settled))
    without = unsettled.exclude(Exists(open_file)).exclude(_has(cause, Kind.CUSTOMER_FILE))
    return without.exclude(customer__in=_complete())


def _complete() -> QuerySet[Customer]:
    files: Any = Customer.objects.with_completeness()
    return cast(QuerySet[Customer], files.filter(is_complete=True).order_by())


def _without_visit() -> Q:
    """Return the condition that no visit, or no visit of this customer, owes a follow-up."""
    owes = {
        Kind.CUSTOMER_FILE: ("order", [OrderState.AUTHORIZED, OrderState.RELEASED]),
        Kind.FIRST_CALL: ("order", [OrderState.RELEASED]),
        Kind.SECOND_CALL: ("first_call__order", [OrderState.RELEASED]),
    }
    condition = Q()
    for kind, (order, states) in owes.items():
        talk = order.replace("order", "consultation")
        owing = Q(**{f"{order}__state__in": states, f"{order}__customer": F("customer")}) & ~Q(
            **{f"{order}__kind__in": NOT_RETAIL}
        )
        condition |= Q(kind=kind) & ~(owing | Q(**{f"{talk}__customer": F("customer")}))
    return condition


def _dated_otherwise() -> QuerySet[FollowUp]:
    """Return open follow-ups whose fact lies on another day, as far as it is since go-live."""
    zone = days.shop_zone()
    go_live = Policy.objects.current().go_live_on
    moments = {
        Kind.CUSTOMER_FILE: Coalesce("order__authorized_at", "consultation__ended_at"),
        Kind.FIRST_CALL: Coalesce("order__gate_out_at", "consultation__ended_at"),
        Kind.SECOND_CALL: None,
    }
    wrong = Q()
    dated = FollowUp.objects.open()
    for kind, moment in moments.items():
        if moment is None:
            wrong |= Q(kind=kind) & ~Q(fact_on=F("first_call__closed_on"))
            continue
        dated = dated.annotate(**{f"{kind}_on": TruncDate(moment, tzinfo=zone)})
        wrong |= Q(kind=kind, **{f"{kind}_on__gte": go_live}) & ~Q(fact_on=F(f"{kind}_on"))
    return dated.filter(wrong)


def _ended_as_they_may() -> Q:
    open_one = Q(state=State.OPEN, ending="", closed_at=None, closed_on=None)
    ended = Q()
    for ending, state in ENDED_AS.items():
        ended |= Q(state=state, ending=ending)
    return open_one | (ended & Q(closed_at__isnull=False, closed_on__isnull=False))


def _history() -> QuerySet[Any]:
    events: Any = FollowUp.pgh_event_model  # type: ignore[attr-defined]
    return cast(QuerySet[Any], events.objects.all())
