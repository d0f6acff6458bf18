"""What one says in a call, as short prompts with the fields that belong to them.

The prompts are in the language that is active: the caller of this module chooses the customer's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _

from aftersales.models import User
from customers.models import Customer, Vehicle
from followups.models import FollowUp, Kind


@dataclass(frozen=True)
class Step:
    """A step of the call: what one says, and the fields for what one hears."""

    prompt: str
    fields: tuple[str, ...] = ()
    asks_survey: bool = False
    asks_promise: bool = False


@dataclass(frozen=True)
class Occasion:
    """Who calls whom about what; `may_offer` is false for customers who want no promotion."""

    customer: Customer
    agenda: list[FollowUp]
    caller: User
    may_offer: bool

    def has(self, kind: Kind) -> bool:
        return any(item.kind == kind for item in self.agenda)

    @property
    def vehicle(self) -> Vehicle | None:
        return self.agenda[0].about_vehicle if self.agenda else None


def outbound(occasion: Occasion) -> Iterator[Step]:
    """Give the steps of a call after a visit, the first or the second.

    Source: FUP-03 to FUP-06, FUP-10, FUP-11; call structure of the code list.
    """
    yield Step(_greeting(occasion), ("contact_name",))
    yield Step(_("Does it suit you now? It takes two minutes. If not: when may I call again?"))
    if occasion.has(Kind.SECOND_CALL):
        yield Step(_("Last time we promised you something. Was it kept?"), asks_promise=True)
    yield Step(
        _("How has the car been running since? Is what you came for solved?"), ("vehicle_use",)
    )
    if occasion.has(Kind.FIRST_CALL):
        yield Step(
            _("How satisfied were you, from 1 to 10? What do you think of our service?"),
            ("opinion",),
            asks_survey=True,
        )
    yield _wishes()
    yield Step(_hint(occasion), ("told", "new_needs"))
    if words := _maintenance(occasion.vehicle):
        yield Step(words)
    yield Step(_goodbye())


def inbound(occasion: Occasion) -> Iterator[Step]:
    """Give the steps of a call that came in; what is still owed to the customer comes after."""
    yield Step(
        _("%(shop)s, %(caller)s speaking. What can I do for you?") % _we(occasion),
        ("contact_name",),
    )
    yield _wishes()
    if occasion.has(Kind.SECOND_CALL):
        yield Step(_("Last time we promised you something. Was it kept?"), asks_promise=True)
    if occasion.agenda:
        yield Step(
            _("As we are talking: how has the car been running since your visit?"),
            ("vehicle_use", "opinion"),
            asks_survey=occasion.has(Kind.FIRST_CALL),
        )
    yield Step(_hint(occasion), ("told", "new_needs"))
    yield Step(_goodbye())


def _greeting(occasion: Occasion) -> str:
    words = {**_we(occasion), "name": occasion.customer.contact_name or occasion.customer.name}
    if not occasion.agenda:
        return _("Good day, %(caller)s of %(shop)s. Am I speaking with %(name)s?") % words
    visit = occasion.agenda[0].visit
    words["day"] = formats.date_format(visit.fact_on, "MONTH_DAY_FORMAT")
    if occasion.vehicle is None:
        return (
            _(
                "Good day, %(caller)s of %(shop)s. Am I speaking with %(name)s? "
                "You came to see us on %(day)s."
            )
            % words
        )
    words["plate"] = str(occasion.vehicle)
    return (
        _(
            "Good day, %(caller)s of %(shop)s. Am I speaking with %(name)s? "
            "It is about %(plate)s, which was here on %(day)s."
        )
        % words
    )


def _wishes() -> Step:
    return Step(
        _(
            "What do you need, what do you hope for, what went wrong? "
            "Say it back; answer now, or say who answers and when."
        ),
        ("requests", "hopes", "complaints", "answered_now", "to_study"),
    )


def _hint(occasion: Occasion) -> str:
    if occasion.may_offer:
        return _("One useful hint for the car, and one offer or event: what, when, where.")
    return _("One useful hint for the car. No offers: the customer doesn't want any.")


def _maintenance(vehicle: Vehicle | None) -> str:
    if vehicle is None:
        return ""
    day = vehicle.next_maintenance_on
    words = {
        "day": formats.date_format(day, "SHORT_DATE_FORMAT") if day else "",
        "km": f"{vehicle.next_maintenance_km or 0:,}",
    }
    if day and vehicle.next_maintenance_km:
        return _("Next maintenance: %(day)s or at %(km)s km. Shall I book a time?") % words
    if day:
        return _("Next maintenance: %(day)s. Shall I book a time?") % words
    if vehicle.next_maintenance_km:
        return _("Next maintenance: at %(km)s km. Shall I book a time?") % words
    return ""


def _goodbye() -> str:
    if phone := settings.SHOP["phone"]:
        return _("Thank you. You reach us at any time at %(phone)s.") % {"phone": phone}
    return _("Thank you, and a safe journey.")


def _we(occasion: Occasion) -> dict[str, str]:
    return {"shop": settings.SHOP["name"], "caller": str(occasion.caller)}
