from datetime import UTC, date, datetime

import factory

from aftersales.tests.factories import UserFactory
from customers.tests.factories import CustomerFactory, VehicleFactory
from workshop.models import DeclinedWork, OrderKind, RepairOrder
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


class DeclinedWorkFactory(factory.django.DjangoModelFactory):
    """Brake pads, declined on 31 March 2025, to be asked about again in June."""

    class Meta:
        model = DeclinedWork

    order = factory.SubFactory(RepairOrderFactory)
    work = "Brake pads"
    declined_on = date(2025, 3, 31)
    remind_on = date(2025, 6, 30)
    entered_by = factory.SubFactory(UserFactory)
