"""Keyset paging over real rows: a nullable column with ties is the hardest case."""

from datetime import date

import pytest

from aftersales import keyset
from aftersales.keyset import Order
from customers.models import Customer
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

DAYS = [None, date(2025, 4, 1), None, date(2025, 4, 2), date(2025, 4, 1), None, date(2025, 4, 3)]


@pytest.fixture
def in_order(request):
    for day in DAYS:
        CustomerFactory(next_contact_on=day)
    order = Order("next_contact_on", descending=request.param, may_be_empty=True)
    return order, [row.pk for row in Customer.objects.order_by(*order.columns())]


@pytest.mark.parametrize("in_order", [False, True], indirect=True, ids=["up", "down"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_paging_forth_and_back_shows_every_row_once(in_order, size):
    order, expected = in_order
    there, page = [], keyset.page(Customer.objects, order, size=size, place=None)
    assert not page.has_previous
    while page.has_next:
        there.append(page)
        page = keyset.page(Customer.objects, order, size=size, place=order.place(page.rows[-1]))
    there.append(page)
    assert [row.pk for page in there for row in page.rows] == expected

    back = [there[-1]]
    while back[-1].has_previous:
        place = order.place(back[-1].rows[0])
        back.append(keyset.page(Customer.objects, order, size=size, place=place, backward=True))
    assert [page.rows for page in reversed(back)] == [page.rows for page in there]
    assert [page.has_next for page in back] == [False] + [True] * (len(back) - 1)


@pytest.mark.parametrize("in_order", [False, True], indirect=True, ids=["up", "down"])
def test_a_walk_gives_every_row_once(in_order):
    order, expected = in_order

    assert [row.pk for row in keyset.walk(Customer.objects.all(), order, size=2)] == expected


def test_an_empty_list_has_no_sides():
    page = keyset.page(Customer.objects, Order("sort_key"), size=2, place=None)

    assert page == keyset.Page(rows=[], has_previous=False, has_next=False)


def test_a_row_that_comes_in_before_does_not_shift_the_next_page():
    rows = [CustomerFactory(name=name) for name in ["Bea", "Cleo", "Dora"]]
    order = Order("sort_key")
    first = keyset.page(Customer.objects, order, size=2, place=None)
    CustomerFactory(name="Ada")

    second = keyset.page(Customer.objects, order, size=2, place=order.place(first.rows[-1]))

    assert (first.rows, second.rows) == (rows[:2], rows[2:])
