from datetime import UTC, datetime

import factory

from customers.tests.factories import CustomerFactory, VehicleFactory
from workshop.models import OrderKind, RepairOrder
from workshop.states import OrderState


class RepairOrderFactory(factory.django.DjangoModelFactory):
    """A car checked in on 31 March 2025; with `released=True` it left the same day."""

    class Meta:
        model = RepairOrder

    class Params:
        authorized = factory.Trait(
            state=OrderState.AUTHORIZED, authorized_at=datetime(2025, 3, 31, 2, 0, tzinfo=UTC)
        )
        released = factory.Trait(
            state=OrderState.RELEASED,
            authorized_at=datetime(2025, 3, 31, 2, 0, tzinfo=UTC),
            gate_out_at=datetime(2025, 3, 31, 9, 0, tzinfo=UTC),
        )

    number = factory.Sequence(lambda number: f"RO-{number:06}")
    kind = OrderKind.GENERAL
    customer = factory.SubFactory(CustomerFactory)
    vehicle = factory.SubFactory(VehicleFactory)
    checked_in_at = datetime(2025, 3, 31, 1, 0, tzinfo=UTC)
