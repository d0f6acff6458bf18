"""One search box: people and vehicles by whatever somebody remembers of them.

The shape of what was typed decides which lookups run; each of them is one limited branch
of a single statement and enters the index that was made for it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection, transaction
from django.db.models import BigIntegerField, CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Reverse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aftersales.models import User
from customers import names, people, phones, rules
from customers.models import Customer, Phone, Relation, Vehicle, VehicleRelation

FEWEST_DIGITS = 3  # of a phone number
FEWEST_OF_VIN = 4
FEWEST_INSIDE_PLATE = 3  # two characters find only how a plate begins

PHONE, PLATE, VIN, UNIT_NO, NAME = "phone", "plate", "vin", "unit_no", "name"
LABELS = {
    PHONE: _("phone"),
    PLATE: _("plate"),
    VIN: _("VIN"),
    UNIT_NO: _("unit"),
    NAME: _("name"),
}
EXACT, AT_AN_END, INSIDE = range(3)

NOTHING = Value("")
NOBODY = Cast(Value(None), BigIntegerField())
OWNER = Subquery(
    VehicleRelation.objects.filter(vehicle=OuterRef("pk"), relation=Relation.OWNER)
    .current()
    .values("customer")[:1]
)


class Marked(NamedTuple):
    """A text with the part that matched what was typed."""

    before: str
    match: str
    after: str


@dataclass(frozen=True)
class Hit:
    """Whom or what to open, and why: `text` is what matched, a `field` called `label`."""

    url: str
    field: str
    label: str | Promise
    text: Marked
    name: str = ""
    plate: str = ""
    tail: str = ""
    customer_id: int | None = None
    vehicle_id: int | None = None

    @property
    def found_by_name(self) -> bool:
        """Say that the name which is shown is what matched."""
        return self.field == NAME and "".join(self.text) == self.name


class Found(NamedTuple):
    """A row of the statement."""

    field: str
    text: str
    plate: str
    customer_id: int | None
    vehicle_id: int | None


def search(query: str, *, user: User, limit: int = 12) -> list[Hit]:
    """Return what `query` may mean, of what the user may see: exact hits before parts.

    Found are phones by the number or its last digits, plates by a part, VINs by the last
    characters, unit numbers by their beginning, names in Chinese, pinyin, its initials,
    Hangul, initial consonants or Latin words. A merged customer leads to the survivor, a
    vehicle to its owner.
    """
    asked = names.folded(query)
    branches = [lookup[:limit] for lookup in lookups(query, user)]
    if not branches:
        return []
    rows = branches[0].union(*branches[1:], all=True)
    if not re.search(r"\d", asked):
        # Broad words: the names that begin so, which come first, leave nothing to look for.
        rows = rows[:limit]
    with by_index():
        found = _best_first((Found(*row) for row in rows), asked)
    return list(_hits(found, asked, user))[:limit]


@contextmanager
def by_index() -> Iterator[None]:
    """Keep the planner from reading a whole table or index for the first few rows.

    It takes matches to lie evenly in the table; those of a fleet that was imported last don't.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexonlyscan = off")
        yield


def lookups(query: str, user: User) -> Iterator[QuerySet[Any, Any]]:
    """Give the lookups that the shape of `query` calls for, the surest first."""
    asked = names.folded(query)
    compact = rules.normalized_plate(asked)
    has_digit = bool(re.search(r"\d", compact))
    if re.search(r"[^\W\d_]", asked):
        yield _names_beginning(asked, query.strip(), user)
    if (digits := re.sub(r"[\s().+-]", "", asked)).isdecimal() and len(digits) >= FEWEST_DIGITS:
        yield from _phones(asked, digits, user)
    if re.search(r"[A-Z\d]", compact) and len(compact) >= 2 and (has_digit or len(compact) <= 3):
        yield from _plates(compact, user)
    if has_digit and FEWEST_OF_VIN <= len(compact) <= 17 and compact.isascii():
        yield _vins(compact, user)
    if has_digit:
        yield _unit_numbers(query.strip(), user)
    if words := re.findall(r"\w*[^\W\d_]\w*", asked):
        yield _names_with(words, user)


def _names_beginning(asked: str, typed: str, user: User) -> QuerySet[Any, Any]:
    found = Customer.objects.visible_to(user).filter(sort_key__startswith=names.sort_key(asked))
    if names.HAN.search(asked):
        found = found.filter(name__startswith=typed)
    return _people(found.order_by("sort_key", "pk"))


def _names_with(words: list[str], user: User) -> QuerySet[Any, Any]:
    beginnings = " & ".join(f"'{word}':*" for word in words)
    vector = SearchVector("search_keys", config="simple")
    asked = SearchQuery(beginnings, config="simple", search_type="raw")
    return _people(Customer.objects.visible_to(user).alias(keys=vector).filter(keys=asked))


def _phones(asked: str, digits: str, user: User) -> Iterator[QuerySet[Any, Any]]:
    theirs = Phone.objects.filter(customer__in=Customer.objects.visible_to(user))
    if number := phones.parse(asked).e164:
        yield _rows(theirs.filter(e164=number), PHONE, "typed", customer=F("customer"))
    ending = theirs.filter(reversed_digits__startswith=digits[::-1]).order_by("reversed_digits")
    yield _rows(ending, PHONE, "typed", customer=F("customer"))


def _plates(compact: str, user: User) -> Iterator[QuerySet[Any, Any]]:
    cars = Vehicle.objects.visible_to(user)
    yield _cars(cars.filter(plate__startswith=compact).order_by("plate", "pk"), PLATE)
    if len(compact) >= FEWEST_INSIDE_PLATE:
        yield _cars(cars.filter(plate__contains=compact), PLATE)


def _vins(compact: str, user: User) -> QuerySet[Any, Any]:
    cars = Vehicle.objects.visible_to(user).alias(nearest=Reverse("vin"))
    return _cars(cars.filter(nearest__startswith=compact[::-1]), VIN)


def _unit_numbers(typed: str, user: User) -> QuerySet[Any, Any]:
    cars = Vehicle.objects.visible_to(user).filter(unit_no__startswith=typed).exclude(unit_no="")
    return _cars(cars.order_by("unit_no"), UNIT_NO)


def _people(found: QuerySet[Customer]) -> QuerySet[Any, Any]:
    return _rows(found, NAME, "name", customer=Coalesce("merged_into", "pk"))


def _cars(found: QuerySet[Vehicle], field: str) -> QuerySet[Any, Any]:
    return _rows(found, field, field, plate=F("plate"), customer=OWNER, vehicle=F("pk"))


def _rows(
    found: QuerySet[Any],
    field: str,
    text: str,
    *,
    plate: Any = NOTHING,
    customer: Any = NOBODY,
    vehicle: Any = NOBODY,
) -> QuerySet[Any, Any]:
    """Return the columns of `Found`, which all branches share; in no order but their own."""
    if not found.query.order_by:
        found = found.order_by()
    return found.values_list(
        Value(field, output_field=CharField()), F(text), plate, customer, vehicle
    )


def _best_first(found: Iterable[Found], asked: str) -> list[Found]:
    """Sort by how well the text fits; within that every field has its turn."""
    turns: Counter[tuple[int, str]] = Counter()
    ranked = []
    for row in found:
        fit = _fit(row, asked)
        turns[fit, row.field] += 1
        ranked.append((fit, turns[fit, row.field], row))
    return [row for _fit, _turn, row in sorted(ranked, key=lambda entry: entry[:2])]


def _fit(row: Found, asked: str) -> int:
    text, needle = _essence(row.text), _essence(asked)
    if text == needle:
        return EXACT
    return AT_AN_END if text.startswith(needle) or text.endswith(needle) else INSIDE


def _essence(text: str) -> str:
    return re.sub(r"[\W_]", "", names.folded(text))


def _hits(found: list[Found], asked: str, user: User) -> Iterator[Hit]:
    behind = _people_behind(found, user)
    seen = set()
    for row in found:
        customer = behind.get(row.customer_id)
        # Of a fleet one looks for the vehicle; anybody else's vehicle stands for its owner.
        if row.vehicle_id and (customer is None or customer.is_fleet):
            url = reverse("customers:vehicle", args=[row.vehicle_id])
        elif customer:
            url = customer.get_absolute_url()
        if url in seen:
            continue
        seen.add(url)
        yield Hit(
            url=url,
            field=row.field,
            label=LABELS[row.field],
            text=marked(row.text, asked, last=row.field in {PHONE, VIN}),
            name=customer.name if customer else "",
            plate=row.plate or (customer.plate if customer else "") or "",
            tail=(customer.phone_tail if customer else "") or "",
            customer_id=customer.pk if customer else None,
            vehicle_id=row.vehicle_id,
        )


def _people_behind(found: list[Found], user: User) -> dict[int | None, Any]:
    keys = {row.customer_id for row in found if row.customer_id}
    those = Customer.objects.visible_to(user).filter(pk__in=keys)
    return {
        customer.pk: customer
        for customer in those.annotate(plate=people.plate(), phone_tail=people.phone_tail())
    }


def marked(text: str, asked: str, *, last: bool = False) -> Marked:
    """Find what was typed in `text`, whatever blanks and dashes stand between.

    Args:
        last: its last occurrence, for what is known by its end.
    """
    letters = map(re.escape, _essence(asked))
    occurrences = list(re.finditer(r"[\W_]*".join(letters), text, re.IGNORECASE))
    if not occurrences or not occurrences[0].group():
        return Marked(text, "", "")
    start, end = occurrences[-1 if last else 0].span()
    return Marked(text[:start], text[start:end], text[end:])
