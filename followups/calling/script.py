"""What one says in a call, as short prompts with the fields that belong to them.

The prompts are in the language that is active: the caller of this module chooses the customer's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _

from aftersales.models import User
from customers.models import Customer, Vehicle
from followups.calling import topics
from followups.calling.questions import QUESTIONS
from followups.models import CAMPAIGNS, REMINDERS, FollowUp, Kind

AFTER_A_VISIT = (Kind.FIRST_CALL, Kind.SECOND_CALL)
# Asked about an answer, unless the whole survey is asked anyway.
OVERALL = "q_overall"


@dataclass(frozen=True)
class Step:
    """A step of the call: what one says, and the fields for what one hears.

    Attributes:
        questions: of the survey, by their keys.
        item: what on the agenda it is about, with the questions that belong to it.
    """

    prompt: str
    fields: tuple[str, ...] = ()
    questions: Collection[str] = ()
    asks_promise: bool = False
    item: FollowUp | None = None


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
    def visits(self) -> list[FollowUp]:
        """What is owed after a visit, in which one asks how the car runs."""
        return [item for item in self.agenda if item.kind in AFTER_A_VISIT]

    @property
    def vehicle(self) -> Vehicle | None:
        """The car one talks about first: that of the visit, if there was one."""
        about = self.visits or self.agenda
        return about[0].about_vehicle if about else None


def outbound(occasion: Occasion) -> Iterator[Step]:
    """Give the steps of a call: answers first, then the visit, what is offered, reminders.

    Source: FUP-03 to FUP-06, FUP-08, FUP-10, FUP-11, CAM-02; call structure of the code list.
    """
    yield Step(_greeting(occasion), ("contact_name",))
    yield Step(_("Does it suit you now? It takes two minutes. If not: when may I call again?"))
    yield from _about(occasion, [Kind.ANSWER])
    if occasion.visits:
        if occasion.has(Kind.SECOND_CALL):
            yield _promise()
        yield Step(
            _("How has the car been running since? Is what you came for solved?"),
            ("vehicle_use",),
        )
    if occasion.has(Kind.FIRST_CALL):
        yield Step(
            _("How satisfied were you, from 1 to 10? What do you think of our service?"),
            ("opinion",),
            QUESTIONS,
        )
    yield from _about(occasion, CAMPAIGNS)
    yield from _about(occasion, REMINDERS)
    yield _wishes()
    yield Step(_hint(occasion), ("told", "new_needs"))
    is_reminded = occasion.has(Kind.MAINTENANCE)
    if not is_reminded and (words := topics.maintenance(occasion.vehicle)):
        yield Step(words)
    yield Step(_goodbye())


def inbound(occasion: Occasion) -> Iterator[Step]:
    """Give the steps of a call that came in; what is still owed to the customer comes after."""
    yield Step(
        _("%(shop)s, %(caller)s speaking. What can I do for you?") % _we(occasion),
        ("contact_name",),
    )
    yield _wishes()
    yield from _about(occasion, [Kind.ANSWER])
    if occasion.has(Kind.SECOND_CALL):
        yield _promise()
    if occasion.visits:
        yield Step(
            _("As we are talking: how has the car been running since your visit?"),
            ("vehicle_use", "opinion"),
            QUESTIONS if occasion.has(Kind.FIRST_CALL) else (),
        )
    yield from _about(occasion, CAMPAIGNS)
    yield from _about(occasion, REMINDERS)
    yield Step(_hint(occasion), ("told", "new_needs"))
    yield Step(_goodbye())


def _about(occasion: Occasion, kinds: Collection[str]) -> Iterator[Step]:
    """Give a step for each thing on the agenda of these kinds."""
    for item in occasion.agenda:
        if item.kind in kinds and (words := topics.prompt(item)):
            asks_score = item.kind == Kind.ANSWER and not occasion.has(Kind.FIRST_CALL)
            yield Step(words, questions=[OVERALL] if asks_score else (), item=item)


def _promise() -> Step:
    return Step(_("Last time we promised you something. Was it kept?"), asks_promise=True)


def _greeting(occasion: Occasion) -> str:
    words = {**_we(occasion), "name": occasion.customer.contact_name or occasion.customer.name}
    if not occasion.visits:
        return _("Good day, %(caller)s of %(shop)s. Am I speaking with %(name)s?") % words
    visit = occasion.visits[0].visit
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
    if occasion.has(Kind.CAMPAIGN_NOTICE):
        return _("One useful hint for the car.")
    if occasion.may_offer:
        return _("One useful hint for the car, and one offer or event: what, when, where.")
    return _("One useful hint for the car. No offers: the customer doesn't want any.")


def _goodbye() -> str:
    if phone := settings.SHOP["phone"]:
        return _("Thank you. You reach us at any time at %(phone)s.") % {"phone": phone}
    return _("Thank you, and a safe journey.")


def _we(occasion: Occasion) -> dict[str, str]:
    return {"shop": settings.SHOP["name"], "caller": str(occasion.caller)}
