"""By what the lists of customers and vehicles can be narrowed."""

from __future__ import annotations

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_filters import (
    BooleanFilter,
    CharFilter,
    ChoiceFilter,
    DateFilter,
    FilterSet,
    ModelChoiceFilter,
)

from aftersales.models import User
from aftersales.widgets import DayInput
from customers import rules
from customers.models import (
    ContactRefusal,
    Customer,
    CustomerKind,
    Relation,
    Vehicle,
    VehicleCategory,
    VehicleRelation,
)
from customers.models.customer import CustomerQuerySet


def since(column: str, label: str | Promise) -> DateFilter:
    """Return a filter for a date column: this day or later."""
    return DateFilter(column, "gte", label=label, widget=DayInput)


def until(column: str, label: str | Promise) -> DateFilter:
    """Return a filter for a date column: this day or earlier."""
    return DateFilter(column, "lte", label=label, widget=DayInput)


def ticked(label: str | Promise, method: str) -> BooleanFilter:
    """Return a checkbox that narrows the list when it is ticked."""
    return BooleanFilter(label=label, method=method, widget=forms.CheckboxInput)


class CustomerFilters(FilterSet):
    kind = ChoiceFilter(
        label=_("Customer type"), empty_label=_("All"), choices=CustomerKind.choices
    )
    district = CharFilter(label=_("District"), max_length=60)
    tag = CharFilter(label=_("Tag"), max_length=rules.LONGEST_TAG, method="with_tag")
    tracker = ModelChoiceFilter(
        label=_("Tracking salesman"),
        empty_label=_("All"),
        queryset=lambda request: User.objects.with_permission("customers.track_customers"),
    )
    opened_from = since("opened_on", _("File opened from"))
    opened_until = until("opened_on", _("File opened until"))
    next_contact_from = since("next_contact_on", _("Planned contact from"))
    next_contact_until = until("next_contact_on", _("Planned contact until"))
    incomplete = ticked(_("Incomplete file"), "only_incomplete")
    do_not_contact = ticked(_("Do not contact"), "only_refusing")
    fleet = ticked(_("Fleet customer"), "only_fleets")

    def with_tag(self, found: CustomerQuerySet, name: str, tag: str) -> CustomerQuerySet:
        return found.filter(tags__contains=[tag])

    def only_incomplete(
        self, found: CustomerQuerySet, name: str, is_ticked: bool
    ) -> CustomerQuerySet:
        return found.incomplete() if is_ticked else found

    def only_refusing(
        self, found: CustomerQuerySet, name: str, is_ticked: bool
    ) -> CustomerQuerySet:
        open_refusal = ContactRefusal.objects.standing().filter(customer=OuterRef("pk"))
        return found.filter(Exists(open_refusal)) if is_ticked else found

    def only_fleets(self, found: CustomerQuerySet, name: str, is_ticked: bool) -> CustomerQuerySet:
        return found.filter(is_fleet=True) if is_ticked else found


class VehicleFilters(FilterSet):
    category = ChoiceFilter(
        label=_("Vehicle category"), empty_label=_("All"), choices=VehicleCategory.choices
    )
    model = CharFilter(label=_("Vehicle model begins with"), lookup_expr="startswith")
    owner_kind = ChoiceFilter(
        label=_("Owner"),
        empty_label=_("All"),
        choices=CustomerKind.choices,
        method="owned_by_kind",
    )
    next_maintenance_from = since("next_maintenance_on", _("Next maintenance from"))
    next_maintenance_until = until("next_maintenance_on", _("Next maintenance until"))
    policy_ends_from = since("policy_ends_on", _("Policy ends from"))
    policy_ends_until = until("policy_ends_on", _("Policy ends until"))
    inspection_due_from = since("inspection_due_on", _("Inspection due from"))
    inspection_due_until = until("inspection_due_on", _("Inspection due until"))
    customer = ModelChoiceFilter(
        label=_("Customer"),
        queryset=lambda request: Customer.objects.visible_to(request.user),
        method="of_customer",
        widget=forms.HiddenInput,
    )

    def owned_by_kind(self, found: QuerySet[Vehicle], name: str, kind: str) -> QuerySet[Vehicle]:
        # One owner at a time: no vehicle comes twice.
        return found.filter(
            relations__relation=Relation.OWNER,
            relations__during__upper_inf=True,
            relations__customer__kind=kind,
        )

    def of_customer(
        self, found: QuerySet[Vehicle], name: str, customer: Customer
    ) -> QuerySet[Vehicle]:
        # In one role or in several: no vehicle comes twice.
        held = VehicleRelation.objects.current().filter(customer=customer)
        return found.filter(pk__in=held.values("vehicle"))
