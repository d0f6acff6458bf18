"""A dealership to be worked under faults; runs inside of the installation that is tested."""

from datetime import time, timedelta
from uuid import uuid4

from django.utils import timezone
from knox.models import AuthToken

from aftersales.models import User
from aftersales.roles import REST_CLIENT, SERVICE_ADVISOR, TRACKING_SALESMAN
from customers import phones
from customers.models import Customer, Phone, Vehicle
from followups import sweeps
from followups.models import Policy
from workshop.models import OrderKind, RepairOrder
from workshop.states import OrderState

CALLERS = 20
LIVE_FOR, IN_SHOP_FOR = timedelta(60), timedelta(40)


def seed(customers):
    """Make people, and customers with a car each; every second car left five days ago.

    Returns:
        name → token of the callers and of the advisor, whom they call, what is in the shop.
    """
    now = timezone.now()
    always = {"legal_from": time.min, "shop_opens": time.min}
    always |= {"legal_until": time.max, "shop_closes": time.max}
    go_live = (now - LIVE_FOR).date()
    Policy.objects.update_or_create(pk=1, defaults={"go_live_on": go_live, **always})
    callers = [_user(TRACKING_SALESMAN) for _caller in range(CALLERS)]
    orders = _orders(_customers(customers, callers, now), now)
    sweeps.sweep_first_calls(now=now)
    return {
        "callers": _tokens(callers),
        "advisor": _tokens([_user(SERVICE_ADVISOR)]),
        "to_call": [order.customer_id for order in orders if order.gate_out_at],
        "in_shop": [order.pk for order in orders if not order.gate_out_at],
    }


def _user(role):
    name = f"{role}-{uuid4().hex[:8]}"
    return User.objects.create(username=name, name=name, roles=[role, REST_CLIENT])


def _tokens(users):
    return {user.username: AuthToken.objects.create(user)[1] for user in users}


def _customers(count, callers, now):
    made = Customer.objects.bulk_create(
        Customer(name=f"客户{n}", tracker=callers[n // 2 % CALLERS], opened_on=now.date())
        for n in range(count)
    )
    first = Phone.objects.count()
    numbers = [phones.parse(f"138{first + n:08}") for n in range(count)]
    Phone.objects.bulk_create(
        Phone(customer=customer, typed=number.typed, e164=number.e164, tail=number.tail)
        for customer, number in zip(made, numbers, strict=True)
    )
    return made


def _orders(customers, now):
    cars = Vehicle.objects.bulk_create(
        Vehicle(plate=f"粤A{customer.pk:05}", model="Lacrosse") for customer in customers
    )
    came_at, left_at = now - IN_SHOP_FOR, now - timedelta(5)
    left = {"state": OrderState.RELEASED, "authorized_at": came_at, "gate_out_at": left_at}
    return RepairOrder.objects.bulk_create(
        RepairOrder(
            number=f"RO-{customer.pk}",
            kind=OrderKind.GENERAL,
            customer=customer,
            vehicle=car,
            checked_in_at=came_at,
            **(left if n % 2 else {}),
        )
        for n, (customer, car) in enumerate(zip(customers, cars, strict=True))
    )
