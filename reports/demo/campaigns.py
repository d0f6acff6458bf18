"""The demo's campaigns: one is over, one is being called, one is planned."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from aftersales import roles
from aftersales.days import shop_zone
from aftersales.models import User
from followups.calling.outcomes import OutcomeCode
from followups.campaigns.audience import Audience
from followups.models import Campaign, CampaignKind, FollowUp, Invitation, Kind
from followups.services import campaigns, invitations
from followups.services.calls import record_call
from followups.services.claims import claim_for_inbound
from followups.services.told import Reply, Told
from followups.sweeps import SWEEPS
from reports.demo import staff

PAST = {
    "kind": CampaignKind.SOCIAL_EVENT,
    "title": "爱车讲堂：冬季用车新知",
    "content": "冬季轮胎、电瓶与空调保养讲座，现场答疑，备有茶点。",
    "place": "本店二楼客户休息区",
    "benefit": "到场赠送玻璃水一瓶",
    "capacity": 60,
}
CALLING = {
    "kind": CampaignKind.FREE_SERVICE,
    "title": "免费检测周",
    "content": "刹车、灯光、轮胎、电瓶四项免费检测，约四十分钟，请提前预约。",
    "place": "维修车间 2 号门",
    "benefit": "检测免费，更换零件工时八折",
    "capacity": 400,
}
PLANNED = {
    "kind": CampaignKind.PROMOTION,
    "title": "春季保养优惠月",
    "content": "机油机滤套餐优惠，续保客户另赠洗车两次。",
    "place": "本店前台",
    "benefit": "套餐八五折",
}
ANSWERS = ["comes", "comes", "undecided", "declines"]


def hold(random: Random, workers: list[User], *, today: date, now: datetime) -> None:
    """Let one campaign be over, one be in the middle of its calls, and one be planned."""
    [supervisor] = staff.holding(workers, roles.SUPERVISOR)
    _hold_one(random, supervisor, today)
    _call_for_one(random, supervisor, today)
    first = today + timedelta(40)
    _plan(PLANNED, {"classes": ["A", "B"]}, first, first + timedelta(30), supervisor, today)
    for name in ("sweep_campaign_notices", "sweep_campaign_letters", "sweep_campaign_reminders"):
        SWEEPS[name](now=now)


def _plan(
    told: dict[str, Any],
    audience: dict[str, Any],
    first: date,
    last: date,
    supervisor: User,
    on: date,
) -> Campaign:
    values = {**told, "starts_on": first, "ends_on": last}
    read = Audience.read(audience)
    campaign = campaigns.plan_campaign(values, audience=read, by=supervisor, today=on)
    campaign.refresh_from_db()
    return campaign


def _decide(campaign: Campaign, supervisor: User, on: date) -> None:
    campaigns.decide_campaign(
        campaign.pk, version=campaign.version, by=supervisor, now=_at(on, time(9))
    )


def _hold_one(random: Random, supervisor: User, today: date) -> None:
    first = today - timedelta(20)
    audience = {"districts": ["天河区"]}
    campaign = _plan(PAST, audience, first, first, supervisor, today - timedelta(50))
    _decide(campaign, supervisor, today - timedelta(50))
    came = []
    for invitation in Invitation.objects.filter(campaign=campaign).order_by("pk"):
        if random.random() < 0.85:
            told_on = first - timedelta(random.randint(14, 21))
            said = _answer(random, invitation, told_on, supervisor)
            if said.answer == "comes" and random.random() < 0.7:
                came.append(invitation.pk)
    invitations.mark_attendance(campaign.pk, came=came, on=first, by=supervisor)


def _call_for_one(random: Random, supervisor: User, today: date) -> None:
    """Decide ten days ago, and call half of those invited since yesterday."""
    first = today + timedelta(18)
    audience = {"districts": ["越秀区", "海珠区"], "last_visit_from": today - timedelta(365)}
    campaign = _plan(
        CALLING, audience, first, first + timedelta(6), supervisor, today - timedelta(10)
    )
    _decide(campaign, supervisor, today - timedelta(10))
    owed = FollowUp.objects.open().filter(kind=Kind.CAMPAIGN_NOTICE, invitation__campaign=campaign)
    at = _at(today - timedelta(1), time(18))
    half = owed.select_related("owner", "invitation", "customer").order_by("pk")[::2]
    for notice in half:
        _call(random, notice, at)
        at += timedelta(minutes=1)


def _call(random: Random, notice: FollowUp, at: datetime) -> None:
    caller = notice.owner
    assert caller is not None  # there are trackers
    held = claim_for_inbound(notice.customer_id, by=caller, now=at)
    phone = notice.customer.phones.first()
    reached = random.random() < 0.8
    told = Told(
        outcome=OutcomeCode.REACHED if reached else OutcomeCode.NO_ANSWER,
        started_at=at,
        operation=UUID(int=random.getrandbits(128)),
        phone_used=phone.e164 if phone else "",
        agenda={notice.pk: reached},
        replies={notice.pk: Reply(**_said(random))} if reached else {},
    )
    record_call(notice.customer_id, number=held.number, told=told, by=caller, now=at)


def _answer(random: Random, invitation: Invitation, on: date, by: User) -> Invitation:
    return invitations.answer_invitation(invitation.pk, told_on=on, by=by, **_said(random))


def _said(random: Random) -> dict[str, Any]:
    return {
        "answer": random.choice(ANSWERS),
        "guests": random.choice([0, 0, 0, 1, 2]),
        "wants_letter": random.random() < 0.3,
    }


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=shop_zone())
