"""Lists that grow: narrowed, sorted, with the columns somebody wants, paged by keyset.

All of it stands in the address of the list, by names that the list knows. Where a page
begins is the key of a row: an address never holds a name or a number of somebody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django_filters import FilterSet

from aftersales import access, keyset
from aftersales.http import StaffRequest
from aftersales.keyset import Order
from aftersales.models import ListView

ROWS = 50
MOST_COUNTED = 5_000
# What belongs to one page of a list and not to the list.
PASSING = ("after", "before", "filters")


@dataclass(frozen=True)
class Column:
    """A column; it can be sorted by when `order_by` names a column of the model.

    `tie` names the column that tells rows apart whose `order_by` is the same.
    Who does not have the permission that it `needs` gets a list without it.
    """

    name: str
    label: str | Promise
    order_by: str = ""
    tie: str = "pk"
    may_be_empty: bool = False
    shown: bool = True
    is_numeric: bool = False
    needs: str = ""


@dataclass(frozen=True)
class Listing:
    """What a list can do: its columns, the first of which always shows, its filters, its order.

    `counted` says a number of its rows in words.
    """

    route: str
    columns: tuple[Column, ...]
    filters: type[FilterSet]
    order: str
    counted: Callable[[int], str]
    export_route: str = ""


@dataclass(frozen=True)
class Chip:
    """A filter in force, and the address of the list without it; a ticked one has no value."""

    label: str
    value: str
    address: str


class ListPage:
    """The page of a list that an address asks for."""

    def __init__(self, listing: Listing, visible: QuerySet[Any], request: StaffRequest) -> None:
        self.listing = listing
        self.visible = visible
        self.request = request
        self.query = _without(request.GET, *PASSING)
        self.is_asked = any(name in self.query for name in listing.filters.base_filters)
        self.found = self.filters.qs if self.is_asked else visible

    @cached_property
    def filters(self) -> FilterSet:
        return self.listing.filters(self.request.GET, self.visible, request=self.request)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns that there are for this person."""
        may = self.request.user.has_perm
        return tuple(each for each in self.listing.columns if not each.needs or may(each.needs))

    @property
    def problems(self) -> list[str]:
        """Say what of the address this list does not know."""
        wrong = []
        if self.has_wrong_filters:
            wrong.append(_("Not every filter could be read; those marked below are left out."))
        if self.query.get("order") and self._asked_order is None:
            wrong.append(_("This list cannot be sorted by that; it is sorted as usual."))
        if self._asked_place is not None and self._place is None:
            wrong.append(_("The row where this page began is gone; this is the first page."))
        return wrong

    @property
    def has_wrong_filters(self) -> bool:
        return self.is_asked and not self.filters.form.is_valid()

    @property
    def shows_filters(self) -> bool:
        return "filters" in self.request.GET or self.has_wrong_filters

    @cached_property
    def order(self) -> Order:
        usual = self._order(self.listing.order)
        assert usual is not None  # a list is sorted by one of its columns
        return self._asked_order or usual

    @cached_property
    def shown(self) -> frozenset[str]:
        """The names of the columns that show."""
        asked = set(self.query.getlist("columns"))
        first, *others = self.columns
        chosen = [column for column in others if column.name in asked] if asked else []
        return frozenset(
            column.name for column in (first, *(chosen or (each for each in others if each.shown)))
        )

    @cached_property
    def labels(self) -> dict[str, str]:
        """What each column is called, translated once for all rows."""
        return {column.name: str(column.label) for column in self.columns}

    @cached_property
    def page(self) -> keyset.Page:
        return keyset.page(
            self.found,
            self.order,
            size=ROWS,
            place=self._place,
            backward="before" in self.request.GET,
        )

    @property
    def previous_url(self) -> str:
        return self.address(before=self.page.rows[0].pk) if self.page.has_previous else ""

    @property
    def next_url(self) -> str:
        return self.address(after=self.page.rows[-1].pk) if self.page.has_next else ""

    @cached_property
    def count_text(self) -> str:
        count = self.found.order_by().values("pk")[: MOST_COUNTED + 1].count()
        if count > MOST_COUNTED:
            return _("More than %(rows)s") % {"rows": self.listing.counted(MOST_COUNTED)}
        return self.listing.counted(count)

    @cached_property
    def chips(self) -> list[Chip]:
        """The filters in force."""
        if not self.is_asked:
            return []
        form = self.filters.form
        return [
            Chip(str(form.fields[name].label), value, f"?{_without(self.query, name).urlencode()}")
            for name in self.filters.filters
            if (value := _in_words(form.fields[name], form.cleaned_data.get(name))) is not None
        ]

    @property
    def export_route(self) -> str:
        """The route that hands the list out as a file, empty if the person may not have it."""
        route = self.listing.export_route
        needed = access.permission_for(route, "GET")
        return route if needed and self.request.user.has_perm(needed) else ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.chips) or self.has_wrong_filters

    @property
    def address_of_all(self) -> str:
        return f"?{_without(self.query, *self.listing.filters.base_filters).urlencode()}"

    @property
    def query_text(self) -> str:
        """The address of the list behind the question mark, on its first page."""
        return self.query.urlencode()

    @cached_property
    def saved(self) -> list[ListView]:
        """The person's own lists of this kind."""
        return list(self.request.user.list_views.filter(route=self.listing.route))

    def address(self, **position: object) -> str:
        """Return the address of the list, at another page."""
        query = self.query.copy()
        for name, value in position.items():
            query[name] = str(value)
        return f"?{query.urlencode()}"

    @property
    def besides_filters(self) -> Iterator[tuple[str, str]]:
        return _pairs(_without(self.query, *self.listing.filters.base_filters))

    @property
    def besides_columns(self) -> Iterator[tuple[str, str]]:
        return _pairs(_without(self.query, "columns"))

    @cached_property
    def _asked_order(self) -> Order | None:
        return self._order(self.query.get("order", ""))

    def _order(self, name: str) -> Order | None:
        for column in self.columns:
            if column.order_by and column.name == name.removeprefix("-"):
                is_descending = name.startswith("-")
                return Order(column.order_by, is_descending, column.may_be_empty, column.tie)
        return None

    @property
    def _asked_place(self) -> str | None:
        return self.request.GET.get("before") or self.request.GET.get("after")

    @cached_property
    def _place(self) -> tuple[Any, int] | None:
        key = self._asked_place or ""
        if not (key.isascii() and key.isdecimal() and len(key) < 19):
            return None
        return self.visible.filter(pk=key).values_list(self.order.column, self.order.tie).first()


def _without(query: QueryDict, *names: str) -> QueryDict:
    """Return a copy without these names and without empty values."""
    rest = QueryDict(mutable=True)
    for name, values in query.lists():
        if name not in names and any(values):
            rest.setlist(name, [value for value in values if value])
    return rest


def _pairs(query: QueryDict) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, values in query.lists() for value in values)


def _in_words(field: forms.Field, value: Any) -> str | None:
    """Return what a filter was set to as people say it, None if it narrows nothing."""
    if value in (None, "", False):
        return None
    if value is True:
        return ""
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        choices: Any = field.choices
        return str(dict(choices).get(value, value))
    return str(localize(value))
