"""What came of a campaign: who was reached, accepted and came, and what he then had done.

Source: the result of a campaign, repair orders and revenue within 30 days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from aftersales import days
from followups.models import Campaign
from workshop.classes import parameters as what_is_no_visit

DAYS = 30

# A customer is counted as who he is now; whom he was merged into speaks for him. Whoever wasn't
# invited but had a file and a number when the campaign was decided is compared with.
STATEMENT = """
WITH orders AS (
    SELECT customer_id, count(*) AS orders, sum(total_amount - internal_amount) AS revenue
    FROM workshop_repairorder
    WHERE checked_in_at >= %(since)s AND checked_in_at < %(until)s
        AND state <> %(no_visit_state)s AND kind <> ALL(%(no_visit_kinds)s)
    GROUP BY customer_id
), asked AS (
    SELECT coalesce(file.merged_into_id, file.id) AS customer_id,
        bool_and(walked_in) AS walked_in, bool_or(told_on IS NOT NULL) AS told,
        bool_or(answer = 'comes') AS accepted, bool_or(attended_on IS NOT NULL) AS came
    FROM followups_invitation invitation
    JOIN customers_customer file ON file.id = invitation.customer_id
    WHERE campaign_id = %(campaign)s
    GROUP BY 1
), counted AS (
    SELECT asked.customer_id IS NULL AS other, NOT asked.walked_in AS invited, asked.told,
        asked.accepted, asked.came, orders.orders, coalesce(orders.revenue, 0) AS revenue
    FROM customers_customer customer
    LEFT JOIN asked ON asked.customer_id = customer.id
    LEFT JOIN orders ON orders.customer_id = customer.id
    WHERE customer.merged_into_id IS NULL AND (
        asked.customer_id IS NOT NULL OR customer.opened_on <= %(decided_on)s AND customer.id IN (
            SELECT customer_id FROM customers_phone WHERE e164 <> '' AND NOT is_bad
        )
    )
)
SELECT part.name, count(*), count(orders), coalesce(sum(orders), 0), coalesce(sum(revenue), 0)
FROM counted
JOIN LATERAL (VALUES ('invited', invited), ('told', told), ('accepted', accepted),
    ('came', came), ('others', other)) AS part (name, holds) ON part.holds
GROUP BY part.name
"""


@dataclass(frozen=True)
class Part:
    """Some customers: how many, how many of them came to the shop, and what they had done."""

    customers: int = 0
    with_order: int = 0
    orders: int = 0
    revenue: Decimal = Decimal(0)

    @property
    def share(self) -> Decimal:
        """How many of a hundred came to the shop."""
        return _ratio(self.with_order * 100, self.customers)

    @property
    def revenue_a_head(self) -> Decimal:
        return _ratio(self.revenue, self.customers)


@dataclass(frozen=True)
class Results:
    """Those invited, told, who accepted and who came, one within the other, and all others.

    Attributes:
        first, last: the days whose orders count, both included.
    """

    first: date
    last: date
    invited: Part
    told: Part
    accepted: Part
    came: Part
    others: Part


def results(campaign: Campaign) -> Results:
    """Add up what came of a campaign, in one statement."""
    first, last = campaign.starts_on, campaign.starts_on + timedelta(DAYS - 1)
    asked = {
        **what_is_no_visit(first),
        "campaign": campaign.pk,
        "decided_on": campaign.decided_on,
        "since": days.start_of_day(first),
        "until": days.start_of_day(last + timedelta(1)),
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, asked)
        parts = {name: Part(*numbers) for name, *numbers in cursor.fetchall()}
    names = ("invited", "told", "accepted", "came", "others")
    return Results(first, last, **{name: parts.get(name, Part()) for name in names})


def _ratio(amount: int | Decimal, of: int) -> Decimal:
    return Decimal(amount) / of if of else Decimal(0)
