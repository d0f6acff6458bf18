"""Complaints for tests, in one line each."""

from datetime import timedelta

from aftersales.tests.factories import UserFactory
from followups.models import MatterState
from followups.tests.factories import MatterFactory


def complain(heard_on, *, closed_after=None, extended_to=None, **report):
    """Write a complaint that was closed so many days after it was heard, or is open."""
    closing = {}
    if closed_after is not None:
        closing = {
            "state": MatterState.CLOSED,
            "closed_on": heard_on + timedelta(closed_after),
            "closed_by": UserFactory(),
        }
    if extended_to is not None:
        report |= {
            "close_by": extended_to,
            "extended_because": "waits for the factory",
            "extended_by": UserFactory(name="周振华"),
        }
    given = {f"report__{name}": value for name, value in report.items()}
    return MatterFactory(heard_on=heard_on, **closing, **given)
