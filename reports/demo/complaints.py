"""What customers of the demo complained about in the weeks before go-live, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from aftersales import roles
from aftersales.days import shop_zone
from aftersales.models import Language, User
from customers.models import Customer
from followups.models import (
    Complaint,
    ComplaintLevel,
    Department,
    HeardThrough,
    Matter,
    MatterKind,
    MatterState,
    Remedy,
)
from reports.demo import staff
from reports.periods import Week
from reports.services.mailboxes import change_mailboxes
from reports.services.measures import check_off, enter_measure

COMPLAINTS = 52
# So many days ago they were heard.
FIRST, LAST = 90, 15
# In how many days they were closed, the usual ones several times.
DAYS_TO_CLOSE = (0, 1, 1, 2, 2, 2, 3, 3, 3, 4, 6, 16)


@dataclass(frozen=True)
class Grievance:
    """Something to complain about: what it is, who answers for it, and how it is said."""

    category: str
    subcategory: str
    department: Department
    chinese: str
    english: str


GRIEVANCES = (
    Grievance(
        "repair_quality",
        "repeated_fault",
        Department.WORKSHOP,
        "同样的异响修了三次还在",
        "The same rattle after three repairs",
    ),
    Grievance(
        "repair_quality",
        "not_fixed",
        Department.WORKSHOP,
        "空调修完还是不制冷",
        "The air conditioning still does not cool",
    ),
    Grievance(
        "time",
        "late_delivery",
        Department.WORKSHOP,
        "说好四点交车，六点才拿到",
        "Promised for four o'clock, ready at six",
    ),
    Grievance(
        "time",
        "reception",
        Department.FRONT_DESK,
        "等了四十分钟才有人接待",
        "Waited forty minutes at reception",
    ),
    Grievance(
        "price",
        "not_told",
        Department.FRONT_DESK,
        "结算时比报价多了六百",
        "The bill was 600 more than I was told",
    ),
    Grievance(
        "parts",
        "arrival_time",
        Department.PARTS,
        "订的配件两周还没到",
        "The part I ordered has not come for two weeks",
    ),
    Grievance(
        "rules",
        "warranty",
        Department.WARRANTY,
        "这个故障应该保修",
        "This fault should be under warranty",
    ),
    Grievance("wash", "", Department.FRONT_DESK, "车没洗干净", "The car came back dirty"),
)
OFTEN = (6, 5, 6, 5, 3, 3, 2, 2)
EXTENSION = "等待厂家技术支持"
MEASURES = (
    (Department.WORKSHOP, "路试由组长签字后才能交车", -1, True),
    (Department.WORKSHOP, "Ask the factory about the rattle and post the answer", -1, False),
    (Department.FRONT_DESK, "Call before any work beyond the estimate begins", 5, False),
    (Department.PARTS, "每天下午四点核对到货与预约", 9, False),
)


@dataclass(frozen=True)
class Heard:
    """A complaint of the past; `repeats` is the place of an earlier one of the same customer."""

    on: date
    customer: Customer
    grievance: Grievance
    repeats: int | None = None


def complain(random: Random, workers: list[User], customers: list[Customer], today: date) -> None:
    """Write down and close the complaints of the weeks before go-live."""
    [supervisor] = staff.holding(workers, roles.SUPERVISOR)
    owners = staff.holding(workers, roles.TRACKING_SALESMAN)
    heard = _heard(random, customers, today)
    matters = Matter.objects.bulk_create(
        _matter(each, random.choice(owners), random.choice(DAYS_TO_CLOSE)) for each in heard
    )
    reports = [
        _report(random, each, matter, supervisor)
        for each, matter in zip(heard, matters, strict=True)
    ]
    Complaint.objects.bulk_create(reports)
    for each, report in zip(heard, reports, strict=True):
        if each.repeats is not None:
            report.repeats = reports[each.repeats]
    Complaint.objects.bulk_update(reports, ["repeats"])


def meet(workers: list[User], today: date) -> None:
    """Enter what the meeting about the last week decided, and where departments get mail."""
    [supervisor] = staff.holding(workers, roles.SUPERVISOR)
    [foreman] = staff.holding(workers, roles.FOREMAN)
    advisor, *_others = staff.holding(workers, roles.SERVICE_ADVISOR)
    week = Week.of(today).previous
    for department, text, due_in, is_done in MEASURES:
        measure = enter_measure(
            week=week.first,
            department=department,
            text=text,
            owner=foreman if department == Department.WORKSHOP else advisor,
            due_on=today + timedelta(due_in),
            by=supervisor,
            # The day of the meeting, after which some of it is due already.
            today=week.first,
        )
        if is_done:
            check_off(measure.pk, by=supervisor, version=measure.version, today=today)
    change_mailboxes(
        {
            department: {
                "email": f"{department.value.replace('_', '-')}@example.com",
                "language": Language.CHINESE,
            }
            for department in (Department.WORKSHOP, Department.FRONT_DESK, Department.PARTS)
        },
        by=supervisor,
    )


def _heard(random: Random, customers: list[Customer], today: date) -> list[Heard]:
    ages = sorted((random.randint(LAST, FIRST) for _each in range(COMPLAINTS)), reverse=True)
    heard: list[Heard] = []
    for age in ages:
        on = today - timedelta(age)
        if heard and random.random() < 0.1:
            place = random.randrange(len(heard))
            again = heard[place]
            heard.append(Heard(on, again.customer, again.grievance, repeats=place))
        else:
            [grievance] = random.choices(GRIEVANCES, OFTEN)
            heard.append(Heard(on, random.choice(customers), grievance))
    return heard


def _matter(heard: Heard, owner: User, days: int) -> Matter:
    closed_on = heard.on + timedelta(days)
    is_chinese = heard.customer.language == Language.CHINESE
    answer = "已向客户道歉并处理" if is_chinese else "Put right, with an apology"
    return Matter(
        kind=MatterKind.COMPLAINT,
        customer=heard.customer,
        heard_through=HeardThrough.COUNTER,
        department=heard.grievance.department,
        text=heard.grievance.chinese if is_chinese else heard.grievance.english,
        heard_on=heard.on,
        report_by=heard.on + timedelta(2),
        owner=owner,
        state=MatterState.CLOSED,
        solution=answer,
        solved_at=datetime.combine(closed_on, time(10), tzinfo=shop_zone()),
        solved_by=owner,
        answer=answer,
        answered_on=closed_on,
        told_through=HeardThrough.COUNTER,
        satisfied=True,
        closed_on=closed_on,
        closed_by=owner,
    )


def _report(random: Random, heard: Heard, matter: Matter, supervisor: User) -> Complaint:
    is_extended = random.random() < 0.12
    [level] = random.choices(ComplaintLevel.values, [3, 8, 3, 1])
    return Complaint(
        matter=matter,
        level=level,
        category=heard.grievance.category,
        subcategory=heard.grievance.subcategory,
        department=heard.grievance.department,
        remedy=random.choice([Remedy.REPAIR, Remedy.EXPLANATION, Remedy.GOODWILL]),
        close_by=heard.on + timedelta(8 if is_extended else 3),
        extended_because=EXTENSION if is_extended else "",
        extended_by=supervisor if is_extended else None,
    )
