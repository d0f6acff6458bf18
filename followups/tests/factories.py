from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import factory

from aftersales.roles import TRACKING_SALESMAN
from aftersales.tests.factories import UserFactory
from customers.tests.factories import CustomerFactory
from followups.models import (
    Absence,
    Call,
    CallKind,
    Campaign,
    CampaignKind,
    CampaignState,
    Complaint,
    Direction,
    FollowUp,
    Invitation,
    Kind,
    Letter,
    LetterBatch,
    LetterFile,
    LetterKind,
    LetterTemplate,
    Matter,
    MatterKind,
    Policy,
)
from workshop.tests.factories import RepairOrderFactory


class TrackerFactory(UserFactory):
    roles = [TRACKING_SALESMAN]


class PolicyFactory(factory.django.DjangoModelFactory):
    """The regulation's numbers, live since January 2023, with calls allowed at every hour."""

    class Meta:
        model = Policy
        django_get_or_create = ["pk"]

    pk = 1
    go_live_on = date(2023, 1, 1)
    legal_from = shop_opens = time.min
    legal_until = shop_closes = time.max


class FollowUpFactory(factory.django.DjangoModelFactory):
    """A first call for a car that left on 31 March 2025: due from 3 to 7 April."""

    class Meta:
        model = FollowUp

    kind = Kind.FIRST_CALL
    order = factory.SubFactory(RepairOrderFactory, released=True)
    customer = factory.SelfAttribute("order.customer")
    fact_on = date(2025, 3, 31)
    opens_on = target_on = factory.LazyAttribute(lambda owed: owed.fact_on + timedelta(3))
    due_on = factory.LazyAttribute(lambda owed: owed.fact_on + timedelta(7))
    owner = factory.SubFactory(TrackerFactory)


class CallFactory(factory.django.DjangoModelFactory):
    """A call on 3 April 2025, at ten in the shop, that reached the customer."""

    class Meta:
        model = Call

    year = 2025
    direction = Direction.OUTBOUND
    kind = CallKind.FIRST_CALL
    customer = factory.SubFactory(CustomerFactory)
    customer_name = factory.SelfAttribute("customer.name")
    started_at = datetime(2025, 4, 3, 2, 0, tzinfo=UTC)
    ended_at = datetime(2025, 4, 3, 2, 5, tzinfo=UTC)
    outcome = "reached"
    handler = factory.SubFactory(TrackerFactory)
    operation = factory.LazyFunction(uuid4)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        call = super()._create(model_class, *args, **kwargs)
        call.refresh_from_db()
        return call


class MatterFactory(factory.django.DjangoModelFactory):
    """A complaint of 3 April 2025; complaints have their handling report."""

    class Meta:
        model = Matter
        skip_postgeneration_save = True

    kind = MatterKind.COMPLAINT
    customer = factory.SubFactory(CustomerFactory)
    text = "The brakes squeal."
    heard_on = date(2025, 4, 3)
    report_by = date(2025, 4, 5)
    owner = factory.SubFactory(TrackerFactory)

    @factory.post_generation
    def report(matter, create, extracted, **fields):
        """Write the handling report with `report__…` as its fields."""
        if matter.kind == MatterKind.COMPLAINT:
            due = {"close_by": matter.heard_on + timedelta(3)}
            Complaint.objects.create(matter=matter, **(due | fields))


class AbsenceFactory(factory.django.DjangoModelFactory):
    """Somebody is away in the first week of April 2025."""

    class Meta:
        model = Absence

    person = factory.SubFactory(TrackerFactory)
    proxy = factory.SubFactory(TrackerFactory)
    entered_by = factory.SubFactory(UserFactory)
    first_day = date(2025, 4, 1)
    last_day = date(2025, 4, 7)


class LetterTemplateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LetterTemplate

    kind = LetterKind.CONTACT_CHECK
    language = "zh-hans"
    name = "Short"
    subject = "Hello {customer}"
    body = "We write to {customer}."


class LetterBatchFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LetterBatch

    kind = LetterKind.NOTICE
    template_name = "Free check"
    created_by = factory.SubFactory(UserFactory)
    operation = factory.LazyFunction(uuid4)


class LetterFactory(factory.django.DjangoModelFactory):
    """A notice that was issued on 3 April 2025."""

    class Meta:
        model = Letter

    year = 2025
    kind = factory.SelfAttribute("batch.kind")
    customer = factory.SubFactory(CustomerFactory)
    customer_name = factory.SelfAttribute("customer.name")
    language = "en"
    subject = "A free check for your car"
    body = "Please come and see us."
    channel = factory.SelfAttribute("batch.channel")
    batch = factory.SubFactory(LetterBatchFactory)
    handler = factory.SelfAttribute("batch.created_by")
    issued_at = datetime(2025, 4, 3, 2, 0, tzinfo=UTC)
    pdf_hash = "0" * 64

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        letter = super()._create(model_class, *args, **kwargs)
        letter.refresh_from_db()
        return letter


class LetterFileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LetterFile

    letter = factory.SubFactory(LetterFactory)
    content = b"%PDF-1.7"
    pages = 1


class CampaignFactory(factory.django.DjangoModelFactory):
    """A free check on 1 and 2 May 2025, not decided yet; with `decided=True` since 5 April."""

    class Meta:
        model = Campaign

    class Params:
        decided = factory.Trait(
            state=CampaignState.DECIDED,
            decided_on=date(2025, 4, 5),
            scheduled_on=date(2025, 4, 5),
            decided_by=factory.SubFactory(UserFactory),
        )

    kind = CampaignKind.FREE_SERVICE
    title = "Free check"
    content = "Brakes, lights and tires are looked at for nothing."
    place = "Workshop, gate 2"
    starts_on = date(2025, 5, 1)
    ends_on = date(2025, 5, 2)
    created_by = factory.SubFactory(UserFactory)


class InvitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Invitation

    campaign = factory.SubFactory(CampaignFactory, decided=True)
    customer = factory.SubFactory(CustomerFactory)
