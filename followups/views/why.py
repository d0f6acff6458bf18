"""What other pages show of a customer: why he is or isn't in a queue, and whether to ask him."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aftersales.http import StaffRequest
from customers import people
from customers.models import Customer
from followups.calling.unreachable import unreachable
from followups.explanations.explanation import explain


@require_safe
def why(request: StaffRequest, pk: int) -> HttpResponse:
    """Show the explanation; as a part of another page to htmx."""
    customer = get_object_or_404(
        Customer.objects.visible_to(request.user).annotate(
            plate=people.plate(), phone_tail=people.phone_tail()
        ),
        pk=pk,
    )
    context = {"customer": customer, "sentences": explain(customer, now=timezone.now())}
    template = "followups/_why.html" if request.htmx else "followups/why.html"
    return render(request, template, context)


@require_safe
def contact_data(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask for new contact data if nobody could reach the customer: a part of other pages (R-37)."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    context = {"customer": customer, "unreached": unreachable().filter(customer=customer).first()}
    return render(request, "followups/_contact_data.html", context)
