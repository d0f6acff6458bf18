"""Audiences counted and campaigns decided, against statements by hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from aftersales import days
from aftersales.models import User
from bench.measure import Result, Task, run
from bench.sweeps import as_result
from followups.campaigns.audience import Audience
from followups.campaigns.invited import Invited
from followups.models import Campaign, CampaignKind, Policy
from followups.services import campaigns
from workshop.models import RepairOrder

ROUNDS = 3
MOST_INVITED = 100_000
DISTRICTS = 30

# Who is in the audience, as one would write it for each of these questions alone.
EVERYBODY = "SELECT id FROM customers_customer WHERE merged_into_id IS NULL"
REGULARS = """
    SELECT customer.id FROM customers_customer customer
    JOIN (
        SELECT customer_id, count(DISTINCT (checked_in_at AT TIME ZONE %(zone)s)::date) AS n
        FROM workshop_repairorder
        WHERE checked_in_at >= %(year_ago)s AND checked_in_at < %(tomorrow)s
            AND state <> 'cancelled' AND kind NOT IN ('rework', 'pdi', 'internal')
        GROUP BY customer_id HAVING count(*) >= 2
    ) visits ON visits.customer_id = customer.id AND visits.n >= 2
    WHERE customer.merged_into_id IS NULL
"""
DRIVERS = """
    SELECT customer.id FROM customers_customer customer
    WHERE customer.merged_into_id IS NULL AND customer.district IN ('District 1', 'District 2')
        AND EXISTS (
            SELECT FROM customers_vehiclerelation owned
            JOIN customers_vehicle vehicle ON vehicle.id = owned.vehicle_id
            WHERE owned.customer_id = customer.id AND owned.relation = 'owner'
                AND upper_inf(owned.during) AND vehicle.model LIKE 'Model 1%%'
        )
"""
BY_HAND: dict[str, tuple[dict[str, Any], str]] = {
    "everybody": ({}, EVERYBODY),
    "classes A and B": ({"classes": ["A", "B"]}, REGULARS),
    "two districts, a model": (
        {"districts": ["District 1", "District 2"], "models": ["Model 1"]},
        DRIVERS,
    ),
}
REASONS = """
WITH chosen AS (<chosen>), reachable AS (
    SELECT DISTINCT customer_id FROM customers_phone WHERE e164 <> '' AND NOT is_bad
), refusing AS (
    SELECT DISTINCT customer_id FROM customers_contactrefusal
    WHERE lifted_on IS NULL AND purpose IN ('promotion', 'all') AND channel IN ('phone', 'all')
), complaining AS (
    SELECT DISTINCT customer_id FROM followups_matter
    WHERE kind = 'complaint' AND state <> 'closed'
), tired AS (
    SELECT customer_id FROM (
        SELECT customer_id FROM followups_call
        WHERE started_at > %(month_ago)s AND direction = 'outbound' AND corrects_id IS NULL
            AND outcome = ANY(%(talks)s)
        UNION ALL
        SELECT customer_id FROM followups_letter WHERE issued_at > %(month_ago)s
    ) contact GROUP BY customer_id HAVING count(*) >= %(contacts)s
), judged AS (
    SELECT chosen.id, CASE
        WHEN refusing.customer_id IS NOT NULL THEN 'refused'
        WHEN complaining.customer_id IS NOT NULL THEN 'complaint'
        WHEN tired.customer_id IS NOT NULL THEN 'contacted'
        WHEN reachable.customer_id IS NULL THEN 'no_number'
        ELSE '' END AS reason
    FROM chosen
    LEFT JOIN reachable ON reachable.customer_id = chosen.id
    LEFT JOIN refusing ON refusing.customer_id = chosen.id
    LEFT JOIN complaining ON complaining.customer_id = chosen.id
    LEFT JOIN tired ON tired.customer_id = chosen.id
)
"""
INVITE = """
INSERT INTO followups_invitation (campaign_id, customer_id, answer, guests, version)
SELECT %(campaign)s, id, '', 0, 1 FROM judged WHERE reason = ''
"""
OWE = """
WITH person AS (
    SELECT array_agg(id ORDER BY id) AS ids FROM aftersales_user
    WHERE is_active AND 'tracking_salesman' = ANY(roles)
)
INSERT INTO followups_followup (kind, customer_id, invitation_id, fact_on, opens_on, target_on,
    due_on, owner_id, attempts, days_tried, state, ending, version)
SELECT 'campaign_notice', customer_id, id, %(today)s, %(today)s::date + 9, %(today)s::date + 9,
    %(today)s::date + 16, ids[1 + customer_id %% array_length(ids, 1)], 0, 0, 'open', '', 1
FROM followups_invitation, person WHERE campaign_id = %(campaign)s
"""


def results(size: int) -> Iterator[Result]:
    """Time the count of several audiences, and the decision to invite up to `MOST_INVITED`."""
    Policy.objects.current()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '2min'")
    now = RepairOrder.objects.aggregate(at=Max("gate_out_at"))["at"] + timedelta(hours=12)
    yield run(
        Task(
            "campaign: audience counted",
            lambda name: Invited(Audience.read(BY_HAND[name][0]), now=now).reach(),
            lambda name: _counted(BY_HAND[name][1], now),
            list(BY_HAND),
        )
    )
    for name, (criteria, chosen) in BY_HAND.items():
        if Invited(Audience.read(criteria), now=now).reach().invited != _counted(chosen, now)[""]:
            raise AssertionError(f"{name}: not the same customers")
    pairs = [(_decided(size, now, _ours), _decided(size, now, _by_hand)) for _ in range(ROUNDS)]
    yield as_result(f"campaign: decided for up to {MOST_INVITED:,}", pairs)


def _counted(chosen: str, now: datetime) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            REASONS.replace("<chosen>", chosen)
            + "SELECT reason, count(*) FROM judged GROUP BY reason",
            _parameters(now),
        )
        return dict(cursor.fetchall())


def _parameters(now: datetime) -> dict[str, Any]:
    today = days.local_date(now)
    year_ago = today.replace(year=today.year - 1) if (today.month, today.day) != (2, 29) else today
    asked = Invited(Audience(), now=now).parameters
    return {
        "zone": asked["zone"],
        "today": today,
        "year_ago": days.start_of_day(year_ago),
        "tomorrow": days.start_of_day(today + timedelta(1)),
        "month_ago": asked["month_ago"],
        "talks": asked["talks"],
        "contacts": asked["contacts"],
    }


def _decided(
    size: int, now: datetime, work: Callable[[Campaign, datetime, list[str]], None]
) -> float:
    """Return the seconds it takes to decide a campaign, which is taken back."""
    many = min(DISTRICTS, max(1, DISTRICTS * MOST_INVITED // size))
    districts = [f"District {number}" for number in range(many)]
    today = days.local_date(now)
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET LOCAL statement_timeout = '4min'")
        campaign = _draft(districts, today)
        start = time.perf_counter()
        work(campaign, now, districts)
        seconds = time.perf_counter() - start
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        for table in ("followups_invitation", "followups_followup"):
            cursor.execute(f"VACUUM (FULL, ANALYZE) {table}")
            cursor.execute(f"VACUUM (FULL, ANALYZE) {table}event")
    return seconds


def _draft(districts: list[str], today: date) -> Campaign:
    Policy.objects.update(go_live_on=today)
    first = today + timedelta(30)
    campaign = Campaign.objects.create(
        kind=CampaignKind.PROMOTION,
        title="Bench",
        content="Bench",
        place="Bench",
        starts_on=first,
        ends_on=first,
        audience=Audience(districts=tuple(districts)).as_json(),
        created_by=User.objects.earliest("pk"),
    )
    campaign.refresh_from_db()
    return campaign


def _ours(campaign: Campaign, now: datetime, districts: list[str]) -> None:
    campaigns.decide_campaign(
        campaign.pk, version=campaign.version, by=campaign.created_by, now=now
    )


def _by_hand(campaign: Campaign, now: datetime, districts: list[str]) -> None:
    chosen = f"{EVERYBODY} AND district = ANY(%(districts)s)"
    asked = _parameters(now) | {"campaign": campaign.pk, "districts": districts}
    with connection.cursor() as cursor:
        cursor.execute(REASONS.replace("<chosen>", chosen) + INVITE, asked)
        cursor.execute(OWE, asked)
        cursor.execute(
            "UPDATE followups_campaign SET state = 'decided', decided_on = %(today)s, "
            "scheduled_on = %(today)s, decided_by_id = created_by_id WHERE id = %(campaign)s",
            asked,
        )
