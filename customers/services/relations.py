"""Who owns a vehicle, brings it and pays for it, from when until when."""

from __future__ import annotations

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from aftersales.history import changes_by
from aftersales.models import User
from aftersales.refusals import Refusal
from customers.models import Relation, Vehicle, VehicleRelation
from customers.services.files import lock_file


class HasOwner(Refusal):
    """Somebody else owns the vehicle in this time."""

    def __init__(self, ownership: VehicleRelation) -> None:
        super().__init__(
            _("%(name)s owns this vehicle. Change the owner instead.")
            % {"name": ownership.customer}
        )
        self.ownership = ownership


class AlreadyRelated(Refusal):
    """The customer has this relation to the vehicle already, in the same time."""


class WrongDay(Refusal):
    """The day lies before the relation began, or after it ended."""


def relate(
    vehicle_id: int, *, customer_id: int, relation: str, since: date, by: User
) -> VehicleRelation:
    """Record that a customer owns, brings or pays for a vehicle from `since` on.

    Raises:
        HasOwner: the vehicle has another owner in this time.
        AlreadyRelated: this customer has the same relation in this time.
        FileWasMerged: the file is part of another one.
    """
    with changes_by(by):
        customer = lock_file(customer_id)
        vehicle = Vehicle.objects.select_for_update().get(pk=vehicle_id)
        during = DateRange(since, None)
        same = vehicle.relations.filter(relation=relation, during__overlap=during)
        if same.filter(customer=customer).exists():
            raise AlreadyRelated(_("This stands in the list already."))
        if relation == Relation.OWNER and (other := same.select_related("customer").first()):
            raise HasOwner(other)
        return vehicle.relations.create(customer=customer, relation=relation, during=during)


def end_relation(relation_id: int, *, on: date, by: User) -> VehicleRelation | None:
    """End a relation: `on` is the first day on which it no longer holds.

    One that ends on the day it began has never held; it is taken out, and None returned.

    Raises:
        WrongDay: it has ended already, or begins after `on`.
    """
    with changes_by(by):
        held = VehicleRelation.objects.select_for_update().get(pk=relation_id)
        return _end(held, on)


def change_owner(vehicle_id: int, *, customer_id: int, since: date, by: User) -> VehicleRelation:
    """Make a customer the owner from `since` on; until the day before it was the one before.

    Raises:
        AlreadyRelated: he owns the vehicle already.
        WrongDay: the owner until now came after `since`, or ended later.
        FileWasMerged: the file is part of another one.
    """
    during = DateRange(since, None)
    with changes_by(by):
        customer = lock_file(customer_id)
        vehicle = Vehicle.objects.select_for_update().get(pk=vehicle_id)
        owned = vehicle.relations.filter(relation=Relation.OWNER)
        for ownership in owned.filter(during__overlap=during).select_related("customer"):
            if ownership.customer_id == customer.pk:
                raise AlreadyRelated(_("%(name)s owns this vehicle.") % {"name": customer})
            _end(ownership, since)
        return vehicle.relations.create(customer=customer, relation=Relation.OWNER, during=during)


def _end(held: VehicleRelation, on: date) -> VehicleRelation | None:
    began_on, ended_on = held.during.lower, held.during.upper
    if ended_on:
        day = date_format(ended_on, "SHORT_DATE_FORMAT")
        raise WrongDay(_("This ended on %(day)s already.") % {"day": day})
    if began_on and on < began_on:
        since = date_format(began_on, "SHORT_DATE_FORMAT")
        raise WrongDay(
            _("For %(name)s this began on %(day)s.") % {"name": held.customer, "day": since}
        )
    if on == began_on:
        held.delete()
        return None
    held.during = DateRange(began_on, on)
    held.save(update_fields=["during"])
    held.refresh_from_db()
    return held
