from datetime import UTC, date, datetime

import factory
from django.db.backends.postgresql.psycopg_any import DateRange

from aftersales.tests.factories import UserFactory
from customers import phones
from customers.models import (
    Consultation,
    ConsultationTopic,
    Customer,
    DuplicatePair,
    DuplicateReason,
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
    ended_at = datetime(2025, 3, 31, 1, 0, tzinfo=UTC)
    held_by = factory.SubFactory(UserFactory)


class DuplicatePairFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DuplicatePair

    first = factory.SubFactory(CustomerFactory)
    second = factory.SubFactory(CustomerFactory)
    reasons = factory.LazyFunction(lambda: [DuplicateReason.PHONE])
    name_similarity = 100
