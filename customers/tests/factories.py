from datetime import date

import factory
from django.db.backends.postgresql.psycopg_any import DateRange

from customers import phones
from customers.models import (
    Consultation,
    ConsultationTopic,
    Customer,
    Phone,
    Relation,
    Vehicle,
    VehicleRelation,
)


class CustomerFactory(factory.django.DjangoModelFactory):
    """A private customer without phone and vehicle."""

    class Meta:
        model = Customer

    file_no = factory.Sequence(lambda number: f"C{number:06}")
    name = "王小明"
    opened_on = date(2025, 3, 31)


class PhoneFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Phone

    customer = factory.SubFactory(CustomerFactory)
    typed = factory.Sequence(lambda number: f"138 0013 {number % 10_000:04}")
    e164 = factory.LazyAttribute(lambda phone: phones.parse(phone.typed).e164)
    tail = factory.LazyAttribute(lambda phone: phones.parse(phone.typed).tail)


class VehicleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Vehicle

    plate = factory.Sequence(lambda number: f"粤A{number % 100_000:05}")
    model = "Lacrosse"


class OwnershipFactory(factory.django.DjangoModelFactory):
    """A customer owns a vehicle since 31 March 2025."""

    class Meta:
        model = VehicleRelation

    vehicle = factory.SubFactory(VehicleFactory)
    customer = factory.SubFactory(CustomerFactory)
    relation = Relation.OWNER
    during = DateRange(date(2025, 3, 31), None)


class ConsultationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Consultation

    customer = factory.SubFactory(CustomerFactory)
    topic = ConsultationTopic.PRICE
