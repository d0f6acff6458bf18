"""Customers to choose from, while somebody types whom he means."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from aftersales.http import StaffRequest
from customers.forms.customer_choice import customers_like


@require_POST
def choices(request: StaffRequest) -> HttpResponse:
    """Offer the customers whom the words may mean; nothing typed goes into an address."""
    typed = request.POST.get("who", "").strip()
    offered = customers_like(typed, user=request.user) if typed else []
    return render(request, "customers/_customer_choices.html", {"offered": offered})
