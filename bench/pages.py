"""Pages as a logged-in person gets them, in process, against a bare Django page."""

from __future__ import annotations

from functools import partial

from django.test import Client, override_settings

from aftersales.models import User
from bench import floor
from bench.measure import Task
from customers.models import Customer

PAGES = 12


def tasks(user: User) -> list[Task]:
    """Return the pages to time; the floor of all is the bare list of customers."""
    client = logged_in(user)
    bare = partial(_bare_list, _bare_client(user))
    addresses = {
        "page: customers, first 50": ["/customers/"],
        "page: customers, sorted by opening date": ["/customers/?order=-opened"],
        "page: vehicles, first 50": ["/vehicles/"],
        "page: repair orders, first 50": ["/repair-orders/"],
        "page: one customer": [f"/customers/{pk}/" for pk in _some_customers()],
    }
    return [
        Task(name, partial(open_page, client), bare, inputs) for name, inputs in addresses.items()
    ]


def logged_in(user: User) -> Client:
    """Return a client with a session of `user`."""
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def _some_customers() -> list[int]:
    last = Customer.objects.order_by("-pk").values_list("pk", flat=True)[0]
    return [1 + position * (last - 1) // PAGES for position in range(PAGES)]


def open_page(client: Client, address: str) -> None:
    """Get a page to its last byte."""
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    b"".join(response)


def _bare_client(user: User) -> Client:
    """Return a client that meets only Django's own middleware, from its first request on."""
    client = logged_in(user)
    with override_settings(MIDDLEWARE=floor.MIDDLEWARE):
        open_page(client, "/customers/")
    return client


def _bare_list(client: Client, _address: str) -> None:
    open_page(client, "/customers/")
