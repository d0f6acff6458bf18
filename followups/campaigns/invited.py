"""Whom an audience comes to: counted, shown and frozen by one statement over all customers.

Source: CAM-02, CMP-01, CRM-03, R-10 to R-13.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from aftersales import days
from customers import phones, rules
from customers.models import ContactPurpose
from followups.campaigns.audience import Audience
from followups.models import Campaign, CampaignKind, Policy
from followups.models.held_back import MONTH, TALKS
from workshop import classes

MOST_SHOWN = 200
MANY = 1_000


class LeftOut(TextChoices):
    """Why a customer of the audience is not invited; the first of them that holds."""

    MERGED = "merged", pgettext_lazy("not invited", "Merged into another file")
    REFUSED = "refused", pgettext_lazy("not invited", "Wants no calls about offers")
    COMPLAINT = "complaint", pgettext_lazy("not invited", "Has a complaint open")
    CONTACTED = "contacted", pgettext_lazy("not invited", "Contacted often enough this month")
    NO_NUMBER = "no_number", pgettext_lazy("not invited", "Has no valid number")


@dataclass(frozen=True)
class Reach:
    """How many customers an audience has, how many of them are invited, and why not the others.

    Attributes:
        unknown: what of the list names nobody.
    """

    invited: int
    left_out: Mapping[LeftOut, int]
    unknown: tuple[str, ...] = ()

    @property
    def chosen(self) -> int:
        return self.invited + sum(self.left_out.values())


# Sets that are small or read once are joined, because a look into an index for each of all
# customers costs many times as much.
STATEMENT = """
WITH reason_of AS (
    SELECT customer.id, customer.name, customer.sort_key, CASE
        WHEN customer.merged_into_id IS NOT NULL THEN 'merged'
        WHEN customer.id IN (
            SELECT customer_id FROM customers_contactrefusal
            WHERE lifted_on IS NULL AND purpose = ANY(%(purposes)s)
                AND channel IN ('phone', 'all')
        ) THEN 'refused'
        WHEN NOT %(passes)s AND customer.id IN (
            SELECT customer_id FROM followups_matter WHERE kind = 'complaint' AND state <> 'closed'
        ) THEN 'complaint'
        WHEN NOT %(passes)s AND customer.id IN (
            SELECT coalesce(file.merged_into_id, file.id)
            FROM (
                SELECT customer_id FROM followups_call
                WHERE started_at > %(month_ago)s AND direction = 'outbound'
                    AND outcome = ANY(%(talks)s) AND corrects_id IS NULL
                UNION ALL
                SELECT customer_id FROM followups_letter WHERE issued_at > %(month_ago)s
            ) contact
            JOIN customers_customer file ON file.id = contact.customer_id
            GROUP BY 1 HAVING count(*) >= %(contacts)s
        ) THEN 'contacted'
        WHEN reachable.customer_id IS NULL THEN 'no_number'
        ELSE ''
    END AS reason
    FROM customers_customer customer
    LEFT JOIN (
        SELECT customer_id FROM customers_phone WHERE e164 <> '' AND NOT is_bad
        GROUP BY customer_id
    ) reachable ON reachable.customer_id = customer.id
    <joins>
    WHERE <conditions>
)
"""
COUNT = "SELECT reason, count(*) FROM reason_of GROUP BY reason"
SHOW = """
SELECT id, name FROM reason_of WHERE reason = %(reason)s ORDER BY sort_key, id LIMIT %(limit)s
"""
FREEZE = """
INSERT INTO followups_invitation (campaign_id, customer_id, answer, guests, version)
SELECT %(campaign)s, id, '', 0, 1 FROM reason_of WHERE reason = '' ORDER BY id
"""
OWNED = """
FROM customers_vehicle vehicle JOIN customers_vehiclerelation owned
    ON owned.vehicle_id = vehicle.id AND owned.relation = 'owner' AND upper_inf(owned.during)
"""
VISIT = """
SELECT FROM workshop_repairorder visit
WHERE visit.customer_id = customer.id AND visit.state <> %(no_visit_state)s
    AND visit.kind <> ALL(%(no_visit_kinds)s)
"""
# Each with the parameter that makes it hold.
CAR_CONDITIONS = {
    "model_patterns": "vehicle.model LIKE ANY(%(model_patterns)s)",
    "purchased_from": "vehicle.purchased_on >= %(purchased_from)s",
    "purchased_until": "vehicle.purchased_on <= %(purchased_until)s",
    "policy_ends_from": "vehicle.policy_ends_on >= %(policy_ends_from)s",
    "policy_ends_until": "vehicle.policy_ends_on <= %(policy_ends_until)s",
}
NAMED = f"""
SELECT id AS customer_id, word FROM customers_customer JOIN named ON file_no = word
UNION
SELECT customer_id, word FROM customers_phone JOIN named ON e164 = named.number
UNION
SELECT owned.customer_id, word {OWNED} JOIN named ON vehicle.plate = named.plate
UNION
SELECT owned.customer_id, word {OWNED} JOIN named ON vehicle.vin = named.vin
"""
# What a word of the list could be; as what it is found, it is.
LIST = f"""
WITH named AS (
    SELECT * FROM unnest(%(words)s::text[], %(numbers)s::text[], %(plates)s::text[],
        %(vins)s::text[]) AS each (word, number, plate, vin)
)
{NAMED}
"""
UNKNOWN = f"""
SELECT word FROM unnest(%(words)s::text[]) WITH ORDINALITY AS each (word, place)
WHERE word NOT IN (SELECT word FROM ({LIST}) found) ORDER BY place
"""


class Invited:
    """An audience as of a moment, for campaigns of a kind.

    Args:
        passes_limits: neither open complaints nor the contacts of the month matter.
    """

    def __init__(
        self,
        audience: Audience,
        *,
        kind: str = CampaignKind.PROMOTION,
        passes_limits: bool = False,
        now: datetime,
    ) -> None:
        self.audience = audience
        purpose = purpose_of(kind)
        self.parameters: dict[str, Any] = {
            **classes.parameters(days.local_date(now)),
            "purposes": [purpose, ContactPurpose.ALL],
            "passes": passes_limits,
            "month_ago": now - MONTH,
            "talks": TALKS,
            "contacts": Policy.objects.current().contacts_a_month,
        }
        joins, conditions = self._narrowed()
        self.statement = STATEMENT.replace("<joins>", joins).replace("<conditions>", conditions)

    def reach(self) -> Reach:
        """Count the audience by what becomes of it."""
        with connection.cursor() as cursor:
            cursor.execute(self.statement + COUNT, self.parameters)
            counted = dict(cursor.fetchall())
            unknown: tuple[str, ...] = ()
            if self.audience.people:
                cursor.execute(UNKNOWN, self.parameters)
                unknown = tuple(word for (word,) in cursor.fetchall())
        left_out = {reason: counted[reason] for reason in LeftOut if reason in counted}
        return Reach(counted.get("", 0), left_out, unknown)

    def of(self, reason: str) -> list[tuple[int, str]]:
        """Return key and name of those left out for a reason, or, for '', invited; not all."""
        with connection.cursor() as cursor:
            asked = {**self.parameters, "reason": reason, "limit": MOST_SHOWN}
            cursor.execute(self.statement + SHOW, asked)
            found: list[tuple[int, str]] = cursor.fetchall()
        return found

    def freeze(self, campaign: Campaign) -> int:
        """Write an invitation for everybody who is invited, and return how many that were."""
        with connection.cursor() as cursor:
            cursor.execute(self.statement + FREEZE, {**self.parameters, "campaign": campaign.pk})
            written: int = cursor.rowcount
            if written > MANY:
                # The planner must not take the table for as small as it was a moment ago.
                cursor.execute("ANALYZE followups_invitation")
        return written

    def _narrowed(self) -> tuple[str, str]:
        """Return what the audience joins, and the conditions that it sets."""
        asked, joins = self.audience, ""
        # Files that were merged are only of interest where somebody names them.
        conditions = [] if asked.people else ["customer.merged_into_id IS NULL"]
        if asked.districts:
            self.parameters["districts"] = list(asked.districts)
            conditions.append("customer.district = ANY(%(districts)s)")
        if asked.tags:
            self.parameters["tags"] = list(asked.tags)
            conditions.append("customer.tags && %(tags)s::varchar[]")
        if asked.trackers:
            self.parameters["trackers"] = list(asked.trackers)
            conditions.append("customer.tracker_id = ANY(%(trackers)s)")
        if asked.classes:
            joins, letter = classes.sql(asked.classes)
            self.parameters["classes"] = list(asked.classes)
            conditions.append(f"{letter} = ANY(%(classes)s)")
        if asked.has_car:
            conditions.append(self._has_such_a_car())
        conditions += self._last_visits()
        if asked.people:
            self.parameters |= _possible_meanings(asked.people)
            conditions.append(f"customer.id IN (SELECT customer_id FROM ({LIST}) found)")
        return joins, " AND ".join(conditions)

    def _has_such_a_car(self) -> str:
        asked = self.audience
        values = {
            "model_patterns": [f"{_escaped(model)}%" for model in asked.models],
            "purchased_from": asked.purchased_from,
            "purchased_until": asked.purchased_until,
            "policy_ends_from": asked.policy_ends_from,
            "policy_ends_until": asked.policy_ends_until,
        }
        set_ones = {name: value for name, value in values.items() if value}
        self.parameters |= set_ones
        wanted = " AND ".join(CAR_CONDITIONS[name] for name in set_ones)
        return f"customer.id IN (SELECT owned.customer_id {OWNED} WHERE {wanted})"

    def _last_visits(self) -> list[str]:
        """Return the conditions on the day of the last visit."""
        asked, conditions = self.audience, []
        zone = "AT TIME ZONE %(zone)s"
        if asked.last_visit_from or asked.last_visit_until:
            since = f"AND visit.checked_in_at >= %(last_visit_from)s::timestamp {zone}"
            self.parameters["last_visit_from"] = asked.last_visit_from
            conditions.append(f"EXISTS ({VISIT} {since if asked.last_visit_from else ''})")
        if asked.last_visit_until:
            after = f"AND visit.checked_in_at >= (%(last_visit_until)s::date + 1)::timestamp {zone}"
            self.parameters["last_visit_until"] = asked.last_visit_until
            conditions.append(f"NOT EXISTS ({VISIT} {after})")
        return conditions


def purpose_of(kind: str) -> ContactPurpose:
    """Return which refusal forbids a call about a campaign; a recall is no offer."""
    return ContactPurpose.SERVICE if kind == CampaignKind.RECALL else ContactPurpose.PROMOTION


def of_campaign(campaign: Campaign, *, now: datetime) -> Invited:
    """Return whom a campaign that isn't decided yet would invite now."""
    return Invited(
        Audience.read(campaign.audience),
        kind=campaign.kind,
        passes_limits=campaign.passes_limits,
        now=now,
    )


def _possible_meanings(people: tuple[str, ...]) -> dict[str, list[str | None]]:
    return {
        "words": list(people),
        "numbers": [phones.parse(word).e164 or None for word in people],
        "plates": [rules.normalized_plate(word) or None for word in people],
        "vins": [rules.normalized_vin(word) or None for word in people],
    }


def _escaped(text: str) -> str:
    """Take away the meaning that signs have in a pattern."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
