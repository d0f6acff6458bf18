"""The pages behind customers' links: no account, no cookie, and opening one changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from aftersales import limits
from aftersales.http import client_address
from aftersales.refusals import Refusal
from customers import people
from customers.addressing import plate_end, short_name
from customers.models import Customer
from followups.forms.links import FORMS
from followups.models import PublicLink
from followups.services import links
from workshop.views.orders import explain

# Wrong addresses from one place, and answers by one link, in an hour.
WRONG_LINKS, ANSWERS = 30, 20
HOUR = timedelta(hours=1)


# The secret in the address is what another site would have to know to forge an answer.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def public_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Show the page of a link in the customer's language, and take his answer."""
    now = timezone.now()
    link = links.find(secret)
    if link is None:
        response = _unknown(request, now)
    else:
        with translation.override(link.customer.language):
            response = _page(request, link, now)
        response.headers["Content-Language"] = link.customer.language
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _unknown(request: HttpRequest, now: datetime) -> HttpResponse:
    key = f"wrong-link:{client_address(request)}"
    if not limits.take(key, limit=WRONG_LINKS, per=HOUR, now=now):
        return _closed(request, "too_many", HTTPStatus.TOO_MANY_REQUESTS)
    return _closed(request, "unknown", HTTPStatus.NOT_FOUND)


def _page(request: HttpRequest, link: PublicLink, now: datetime) -> HttpResponse:
    if not links.works(link, now):
        return _closed(request, "ended", HTTPStatus.GONE)
    form = FORMS[link.purpose](request.POST if request.method == "POST" else None, link)
    status = HTTPStatus.OK
    if form.is_bound:
        if not limits.take(f"link:{link.pk}", limit=ANSWERS, per=HOUR, now=now):
            return _closed(request, "too_many", HTTPStatus.TOO_MANY_REQUESTS)
        if form.is_valid():
            try:
                form.send(link, now=now)
            except links.LinkHasEnded:
                return _closed(request, "ended", HTTPStatus.GONE)
            except (ValidationError, Refusal) as refusal:
                explain(form, refusal)
            else:
                return HttpResponseRedirect(request.path)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {
        "link": link,
        "form": form,
        "name": short_name(link.customer),
        "plate_end": plate_end(_plate_of(link)),
        "content_template": f"followups/public/_{link.purpose}.html",
    }
    return render(request, "followups/public/page.html", context, status=status)


def _plate_of(link: PublicLink) -> str:
    plates = Customer.objects.filter(pk=link.customer_id).values_list(people.plate())
    return plates[0][0] or ""


def _closed(request: HttpRequest, why: str, status: HTTPStatus) -> HttpResponse:
    return render(request, "followups/public/closed.html", {"why": why}, status=status)
