"""Which week or month a page is about."""

from __future__ import annotations

from typing import TypeVar

from django.http import Http404

from aftersales import days
from aftersales.http import StaffRequest
from reports.periods import Month, Week

Chosen = TypeVar("Chosen", Week, Month)


def chosen(request: StaffRequest, name: str, usual: Chosen) -> Chosen:
    """Return the period that the address asks for by `name`, else the `usual` one.

    Raises:
        Http404: this is none, or it has not begun.
    """
    text = request.GET.get(name, "")
    if not text:
        return usual
    try:
        period = type(usual).parse(text)
    except ValueError as error:
        raise Http404 from error
    if not days.FIRST_DAY <= period.first <= days.today():
        raise Http404
    return period
