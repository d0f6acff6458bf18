"""Who is meant by a campaign: what narrows its audience, as it is typed, kept and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from workshop.classes import CustomerClass

MOST_WORDS = 50
LONGEST_WORD = 80
MOST_PEOPLE = 20_000
PERIODS = ("purchased", "last_visit", "policy_ends")


@dataclass(frozen=True)
class Audience:
    """What narrows an audience; whatever says nothing narrows nothing.

    Attributes:
        models: how the model of a car begins; model, purchase and policy are of one car that
            the customer owns.
        tags: a customer has one of them.
        people: file numbers, phone numbers, plates and VINs; with it only these.
    """

    districts: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    purchased_from: date | None = None
    purchased_until: date | None = None
    last_visit_from: date | None = None
    last_visit_until: date | None = None
    policy_ends_from: date | None = None
    policy_ends_until: date | None = None
    tags: tuple[str, ...] = ()
    trackers: tuple[int, ...] = ()
    classes: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    @classmethod
    def read(cls, typed: Mapping[str, Any]) -> Audience:
        """Return the audience that a form, a client or a saved campaign describes.

        Raises:
            ValidationError: names each field that can't be read.
        """
        wrong: dict[str, str] = {}
        values = {}
        for name, value in typed.items():
            if name not in READERS:
                wrong[name] = _("An audience is not narrowed by this.")
                continue
            try:
                values[name] = READERS[name](value)
            except ValueError as error:
                wrong[name] = str(error)
        for period in PERIODS:
            first, last = values.get(f"{period}_from"), values.get(f"{period}_until")
            if first and last and last < first:
                wrong[f"{period}_until"] = _("This lies before the first day.")
        if wrong:
            raise ValidationError(wrong)
        return cls(**values)

    def as_json(self) -> dict[str, Any]:
        """Return what `read` reads again: only what narrows."""
        return {
            name: value.isoformat() if isinstance(value, date) else list(value)
            for name, value in asdict(self).items()
            if value
        }

    @property
    def has_car(self) -> bool:
        """Whether it asks for a car of the customer's."""
        return bool(
            self.models
            or any(
                getattr(self, f"{period}_{end}")
                for period in ("purchased", "policy_ends")
                for end in ("from", "until")
            )
        )


def _day(value: Any) -> date | None:
    if value in (None, ""):
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(_("This is no day.")) from None


def _words(value: Any) -> tuple[str, ...]:
    """Return the words of a list, each once."""
    words = _texts(value, most=MOST_WORDS)
    if any(len(word) > LONGEST_WORD for word in words):
        raise ValueError(_("One of these is too long."))
    return words


def _people(value: Any) -> tuple[str, ...]:
    return tuple(person[:LONGEST_WORD] for person in _texts(value, most=MOST_PEOPLE))


def _texts(value: Any, *, most: int) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ValueError(_("This is no list."))
    values = list(value)
    if not all(isinstance(each, str) and "\0" not in each for each in values):
        raise ValueError(_("This is no list of texts."))
    texts = tuple(dict.fromkeys(text for each in values if (text := each.strip())))
    if len(texts) > most:
        raise ValueError(_("At most %(most)s are taken.") % {"most": f"{most:,}"})
    return texts


def _trackers(value: Any) -> tuple[int, ...]:
    if isinstance(value, str) or not isinstance(value or (), Iterable):
        raise ValueError(_("This is no list."))
    keys = list(value or ())
    if not all(type(key) is int and 0 < key < 2**63 for key in keys):
        raise ValueError(_("This is no list of people."))
    return tuple(dict.fromkeys(keys))


def _classes(value: Any) -> tuple[str, ...]:
    letters = _texts(value, most=MOST_WORDS)
    if not set(letters) <= set(CustomerClass.values):
        raise ValueError(_("A customer's class is A, B, C, D or N."))
    return letters


READERS: dict[str, Callable[[Any], Any]] = {
    **{each.name: _day for each in fields(Audience)},
    "districts": _words,
    "models": _words,
    "tags": _words,
    "trackers": _trackers,
    "classes": _classes,
    "people": _people,
}
