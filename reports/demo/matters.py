"""What becomes of the demo's matters: most are told and closed, each state has some left."""

from __future__ import annotations

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
from followups.services import complaints, hearing, matters
from followups.services.matters import Word
from reports.demo import staff

# As often as the others together: told at once, and satisfied.
SATISFIED = 0.6
ANSWERS = {
    Language.CHINESE: "已向客户说明并安排免费检查",
    Language.KOREAN: "고객에게 설명하고 무상 점검을 예약했습니다",
    Language.ENGLISH: "Explained, and a free check is booked",
}
FINDINGS = {
    Language.CHINESE: "车间复查后确认，需要等配件",
    Language.KOREAN: "정비팀이 확인했고 부품을 기다립니다",
    Language.ENGLISH: "The workshop has confirmed it and waits for the part",
}
INSTRUCTIONS = {
    Language.CHINESE: "免费更换，并致歉",
    Language.KOREAN: "무상으로 교체하고 사과드리세요",
    Language.ENGLISH: "Replace it free of charge, and apologize",
}
AT_THE_COUNTER = (
    (MatterKind.COMPLAINT, "洗车后车窗上还有水渍", Department.FRONT_DESK),
    (MatterKind.QUESTION, "Does the warranty cover the battery of the key?", Department.WARRANTY),
    (MatterKind.HOPE, "希望周日下午也能取车", Department.FRONT_DESK),
)


def settle(random: Random, workers: list[User], *, today: date, now: datetime) -> None:
    """Let the matters of the two weeks run their lives, and hear a few at the counter today."""
    [supervisor] = staff.holding(workers, roles.SUPERVISOR)
    unsettled = Matter.objects.exclude(state=MatterState.CLOSED).select_related("owner", "customer")
    lives = [_instruct, _stay, _study, _not_satisfied, _write]
    for place, matter in enumerate(unsettled.filter(heard_on__lt=today).order_by("pk")):
        if random.random() < SATISFIED:
            _satisfy(matter, now)
        else:
            lives[place % len(lives)](matter, supervisor, now)
    _fill(supervisor, today)
    advisor, *_others = staff.holding(workers, roles.SERVICE_ADVISOR)
    morning = datetime.combine(today, time(0, 1), tzinfo=shop_zone())
    customers = Customer.objects.current().order_by("pk")[40 : 40 + len(AT_THE_COUNTER)]
    for customer, (kind, text, department) in zip(customers, AT_THE_COUNTER, strict=True):
        heard = hearing.Heard(kind, text, HeardThrough.COUNTER, department=department)
        hearing.open_matter(customer.pk, heard=heard, by=advisor, now=min(morning, now))


def _satisfy(matter: Matter, now: datetime) -> None:
    told = Word(_in_his_words(ANSWERS, matter), satisfied=True, on=matter.heard_on + timedelta(1))
    matters.tell(matter.pk, word=told, by=matter.owner, version=matter.version, now=now)


def _instruct(matter: Matter, supervisor: User, now: datetime) -> None:
    if matter.state == MatterState.REPORTED:
        text = _in_his_words(INSTRUCTIONS, matter)
        matters.instruct(matter.pk, by=supervisor, version=matter.version, text=text, now=now)


def _stay(matter: Matter, supervisor: User, now: datetime) -> None:
    """Leave it where it is."""


def _study(matter: Matter, supervisor: User, now: datetime) -> None:
    text = _in_his_words(FINDINGS, matter)
    matters.study(matter.pk, by=matter.owner, version=matter.version, text=text)


def _not_satisfied(matter: Matter, supervisor: User, now: datetime) -> None:
    told = Word(_in_his_words(ANSWERS, matter), satisfied=False)
    matters.tell(matter.pk, word=told, by=matter.owner, version=matter.version, now=now)


def _write(matter: Matter, supervisor: User, now: datetime) -> None:
    told = Word(_in_his_words(ANSWERS, matter), through=HeardThrough.LETTER)
    matters.tell(matter.pk, word=told, by=matter.owner, version=matter.version, now=now)


def _fill(supervisor: User, today: date) -> None:
    """Fill in the handling reports of the open complaints, and extend the oldest."""
    still_open = Complaint.objects.exclude(matter__state=MatterState.CLOSED).order_by("close_by")
    for complaint in still_open.select_related("matter__owner"):
        filled = complaints.fill(
            complaint.pk,
            by=complaint.matter.owner,
            version=complaint.version,
            changes={
                "level": ComplaintLevel.SERIOUS if complaint.pk % 3 else ComplaintLevel.NORMAL,
                "category": "repair_quality",
                "subcategory": "repeated_fault",
                "department": Department.WORKSHOP,
                "demand": "要求免费重新维修",
                "facts": "试车时可以听到异响",
                "remedy": Remedy.REPAIR,
            },
        )
        if complaint == still_open[0]:
            complaints.extend(
                complaint.pk,
                by=supervisor,
                version=filled.version,
                close_by=max(complaint.close_by, today) + timedelta(2),
                reason="等待厂家技术支持",
            )


def _in_his_words(texts: dict[Language, str], matter: Matter) -> str:
    return texts.get(Language(matter.customer.language), texts[Language.ENGLISH])
