"""Two weeks of the demo's call desk: every morning the sweeps, all day the telephone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection

from aftersales import roles
from aftersales.days import shop_zone
from aftersales.models import Language, User
from customers.models import Customer
from followups.calling import contact
from followups.calling.outcomes import OutcomeCode
from followups.models import Claim, Policy
from followups.rules import SCORE_TO_EXPLAIN
from followups.services import absences
from followups.services.calls import record_call
from followups.services.claims import claim_next
from followups.services.told import Told
from followups.sweeps import SWEEPS
from reports.demo import matters, staff

WEEKS = 2
CALLS_A_DAY = 10
# One can try the demo at any time of the day.
ALL_HOURS = {
    "legal_from": time.min,
    "legal_until": time.max,
    "shop_opens": time.min,
    "shop_closes": time.max,
}
COMMON = {
    OutcomeCode.REACHED: 66,
    OutcomeCode.NO_ANSWER: 15,
    OutcomeCode.BUSY: 5,
    OutcomeCode.OFF: 4,
    OutcomeCode.CALLBACK: 5,
    OutcomeCode.REJECTED: 2,
    OutcomeCode.WRONG_NUMBER: 2,
    OutcomeCode.REFUSED: 1,
}
SAYINGS = {
    Language.CHINESE: {
        "vehicle_use": ["车况很好", "开着很顺", "低速时有轻微异响", "空调还是不够凉"],
        "opinion": ["服务热情", "等待时间有点长", "价格可以接受", ""],
        "requests": ["希望寄一份保养价目表", "请问轮胎什么时候有优惠"],
        "complaints": ["刹车片换了才一个月又响了", "说好四点交车，六点才拿到"],
        "answered": "当场已答复",
        "why": "等了一个多小时",
        "low": {
            "q_advisor": "一直在接电话，没怎么理我",
            "q_on_time": "晚了两个小时才好",
            "q_clean": "座椅上有油渍",
            "q_price": "比上次贵了不少",
        },
        "refused": "不想再接到回访电话",
    },
    Language.KOREAN: {
        "vehicle_use": ["차 상태 좋습니다", "저속에서 소음이 조금 있습니다"],
        "opinion": ["친절했습니다", "대기 시간이 길었습니다", ""],
        "requests": ["정비 가격표를 보내 주세요"],
        "complaints": ["약속한 시간보다 두 시간 늦게 출고되었습니다"],
        "answered": "바로 안내함",
        "why": "한 시간 넘게 기다림",
        "low": {
            "q_advisor": "설명이 부족했음",
            "q_on_time": "두 시간 늦게 출고됨",
            "q_clean": "시트에 기름 자국이 있음",
            "q_price": "지난번보다 비쌈",
        },
        "refused": "전화를 원하지 않음",
    },
    Language.ENGLISH: {
        "vehicle_use": ["Runs well", "A slight rattle at low speed"],
        "opinion": ["Friendly people", "I waited rather long", ""],
        "requests": ["Please send me a price list for maintenance"],
        "complaints": ["Promised for four o'clock, ready at six"],
        "answered": "Answered at once",
        "why": "Waited for more than an hour",
        "low": {
            "q_advisor": "Was on the phone most of the time",
            "q_on_time": "Ready two hours late",
            "q_clean": "Oil on the seat",
            "q_price": "Far more than last time",
        },
        "refused": "Wants no more calls",
    },
}


# Not the system's own tables: several databases share some of these and their locks.
OURS = [
    model._meta.db_table
    for app in ("customers", "workshop", "followups")
    for model in apps.get_app_config(app).get_models()
]


def live_through(random: Random, workers: list[User], *, today: date, now: datetime) -> int:
    """Work the call desk from go-live until yesterday, and plan today; return the calls made."""
    Policy.objects.current()
    first = today - timedelta(weeks=WEEKS)
    Policy.objects.update(go_live_on=first, **ALL_HOURS)
    trackers = staff.holding(workers, roles.TRACKING_SALESMAN)
    made = 0
    _count_rows(*OURS)
    for step in range((today - first).days):
        morning = datetime.combine(first + timedelta(step), time(9), tzinfo=shop_zone())
        _sweep(morning)
        for place, tracker in enumerate(trackers):
            made += _telephone(random, tracker, morning + timedelta(minutes=place))
    matters.settle(random, workers, today=today, now=now)
    _send_away(trackers, workers, today)
    _sweep(now)
    return made


def _count_rows(*tables: str) -> None:
    """Let the planner know what has been written; nobody else tells it within a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def _sweep(at: datetime) -> None:
    for sweep in SWEEPS.values():
        sweep(now=at)
    _count_rows("followups_followup", "followups_call", "followups_claim")


def _telephone(random: Random, tracker: User, at: datetime) -> int:
    """Let somebody make his calls of a day; return how many."""
    for made in range(CALLS_A_DAY):
        held = claim_next(by=tracker, now=at)
        if held is None:
            return made
        _call(random, held, tracker, at)
        at += timedelta(minutes=random.randint(15, 40))
    return CALLS_A_DAY


def _call(random: Random, held: Claim, tracker: User, at: datetime) -> None:
    customer = Customer.objects.prefetch_related("phones").get(pk=held.customer_id)
    phone = contact.number_to_dial(customer, policy=Policy.objects.current(), now=at)
    [outcome] = random.choices([*COMMON], [*COMMON.values()])
    told = Told(
        outcome=outcome,
        started_at=at,
        operation=UUID(int=random.getrandbits(128)),
        phone_used=phone.e164 if phone else "",
        callback_at=_asked_for(random, at) if outcome == OutcomeCode.CALLBACK else None,
        answers=_answers(random, outcome, Language(customer.language)),
    )
    record_call(
        customer.pk,
        number=held.number,
        told=told,
        by=tracker,
        now=at + timedelta(minutes=random.randint(1, 6)),
    )


def _asked_for(random: Random, at: datetime) -> datetime:
    day = at.date() + timedelta(random.randint(1, 3))
    return datetime.combine(day, time(random.randint(10, 17), 30), tzinfo=shop_zone())


def _answers(random: Random, outcome: OutcomeCode, language: Language) -> dict[str, Any]:
    sayings: dict[str, Any] = SAYINGS[language]
    if outcome == OutcomeCode.REFUSED:
        return {"note": sayings["refused"]}
    if outcome != OutcomeCode.REACHED:
        return {}
    overall = random.choices([10, 9, 8, 7, 6, 4], [40, 30, 16, 8, 4, 2])[0]
    answers: dict[str, Any] = {
        "vehicle_use": random.choice(sayings["vehicle_use"]),
        "opinion": random.choice(sayings["opinion"]),
        "scores": {"q_overall": overall, "q_fixed": int(random.random() < 0.95)},
        "score_reasons": {"q_overall": sayings["why"]} if overall <= 6 else {},
    }
    for key, why in sayings["low"].items():
        score = random.choices([10, 9, 8, 7, 6, 5], [40, 28, 16, 9, 4, 3])[0]
        answers["scores"][key] = score
        if score <= SCORE_TO_EXPLAIN:
            answers["score_reasons"][key] = why
    if random.random() < 0.08:
        answers["requests"] = random.choice(sayings["requests"])
        answers["answered_now"] = sayings["answered"] if random.random() < 0.6 else ""
    if random.random() < 0.03:
        answers["complaints"] = random.choice(sayings["complaints"])
    return answers


def _send_away(trackers: list[User], workers: list[User], today: date) -> None:
    """Let the last of the trackers be on leave this week, with the first one standing in."""
    [supervisor] = staff.holding(workers, roles.SUPERVISOR)
    absences.enter_absence(
        person=trackers[-1],
        proxy=trackers[0],
        first_day=today - timedelta(1),
        last_day=today + timedelta(4),
        reason="年假",
        by=supervisor,
    )
