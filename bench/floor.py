"""The least that Django can do for the same list: 50 rows, one template, its own middleware."""

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import include, path
from django.utils import timezone

from aftersales import days
from customers.models import Customer
from followups.calling.causes import CAR
from followups.calling.queue import PLATE, TOLD_OF
from followups.models import FollowUp

MIDDLEWARE = [
    "bench.floor.OwnRoutes",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
PAGE = """<!doctype html><title>Customers</title><p>{{ request.user.name }}</p><table>
{% for customer in customers %}<tr>
<td><a href="/customers/{{ customer.pk }}/">{{ customer.name }}</a>
{% for phone in customer.phones.all %}{{ phone.typed }}{% endfor %}
{% for relation in customer.vehicle_relations.all %}{{ relation.vehicle.plate }}{% endfor %}</td>
<td>{{ customer.district }}</td><td>{{ customer.get_kind_display }}</td>
<td>{{ customer.next_topic }}</td><td>{{ customer.next_contact_on|default_if_none:"" }}</td>
<td>{{ customer.opened_on }}</td></tr>
{% endfor %}</table>"""


QUEUE = """<!doctype html><title>Queue</title><p>{{ request.user.name }}</p><table>
{% for item in due %}<tr>
<td><a href="/queue/{{ item.customer_id }}/">{{ item.customer.name }}</a>
{{ item.plate }}
{% for phone in item.customer.phones.all %}{{ phone.tail }}{% endfor %}</td>
<td>{{ item.get_kind_display }} {{ item.visit.fact_on }}</td><td>{{ item.attempts }}</td>
<td>{{ item.due_on }}</td><td>{{ item.owner.name }}</td>
<td>{{ item.customer.claim.claimed_by.name }}</td></tr>
{% endfor %}</table>"""


class OwnRoutes:
    """Answers with the routes of this module."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__
        return self.get_response(request)


@cache
def template() -> Template:
    return Template(PAGE)


def customers(request: HttpRequest) -> HttpResponse:
    """List 50 customers as every tutorial would, without filters, columns or menu."""
    page = Customer.objects.order_by("sort_key", "pk").prefetch_related(
        "phones", "vehicle_relations__vehicle"
    )[:50]
    return HttpResponse(template().render(Context({"customers": page, "request": request})))


@cache
def queue_template() -> Template:
    return Template(QUEUE)


def queue(request: HttpRequest) -> HttpResponse:
    """List 50 calls that somebody owes, with the joins of the queue: customer, car, people."""
    due = (
        FollowUp.objects.due(today=days.today(), now=timezone.now())
        .filter(owner=request.user.pk)
        .select_related("customer__claim__claimed_by", "owner", "promised_by", *TOLD_OF)
        .annotate(car=CAR, plate=PLATE)
        .prefetch_related("customer__phones")
        .order_by("days_tried", "due_on")[:50]
    )
    return HttpResponse(queue_template().render(Context({"due": due, "request": request})))


urlpatterns = [
    path("customers/", customers),
    path("queue/", queue),
    path("", include("bench.bare_desk")),
]
