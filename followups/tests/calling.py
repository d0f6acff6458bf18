"""Calls as people at the desk make them."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from customers.tests.factories import PhoneFactory
from followups.models import Kind
from followups.services import calls, claims
from followups.services.told import Told
from followups.tests.factories import FollowUpFactory

SHOP = ZoneInfo("Asia/Shanghai")
# What the outcomes, and the survey of a first call, have to be told with.
SURVEY = {"scores": {"q_overall": 9, "q_fixed": 1}}
NOTE = {"note": "His wife answered."}


def at(day, hour, minute=0):
    """Return a moment of April 2025 on the shop's clock."""
    return datetime(2025, 4, day, hour, minute, tzinfo=SHOP)


# Ten in the morning on the first day of the window of `FollowUpFactory`.
NOW = at(3, 10)


def first_call(*, phones=2, **fields):
    """Return a first call that is due, for a customer with working numbers."""
    owed = FollowUpFactory(**fields)
    PhoneFactory.create_batch(phones, customer=owed.customer)
    return owed


def second_call(first=None, **fields):
    """Return the second call after `first`, due from 10 to 17 April."""
    first = first or first_call(**done(**fields))
    return FollowUpFactory(
        kind=Kind.SECOND_CALL,
        order=None,
        first_call=first,
        customer=first.customer,
        owner=first.owner,
        fact_on=first.closed_on,
        due_on=first.closed_on + timedelta(14),
        opens_on=first.closed_on + timedelta(7),
        target_on=first.closed_on + timedelta(7),
    )


def done(**fields):
    """Return the fields of a first call that reached the customer on 3 April."""
    return {
        "state": "done",
        "ending": "reached",
        "closed_at": datetime(2025, 4, 3, 2, 0, tzinfo=UTC),
        "closed_on": at(3, 10).date(),
        **fields,
    }


def told(outcome="reached", *, started_at=NOW, **details):
    """Return what is told of a call, with whatever its outcome asks for."""
    if outcome == "callback":
        details.setdefault("callback_at", started_at + timedelta(hours=5))
    answers = {**SURVEY, **NOTE, **details.pop("answers", {})}
    return Told(
        outcome=outcome,
        started_at=started_at,
        operation=details.pop("operation", None) or uuid4(),
        answers=answers,
        **details,
    )


def call(customer, outcome="reached", *, by, now=NOW, number=None, **details):
    """Take a customer, call him and record what came of it."""
    if number is None:
        number = claims.claim_for_inbound(customer.pk, by=by, now=now).number
    words = told(outcome, started_at=now, **details)
    return calls.record_call(customer.pk, number=number, told=words, by=by, now=now)
