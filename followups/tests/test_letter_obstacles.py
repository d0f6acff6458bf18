"""Who gets no letter, and why; how letters are prepared (REG-02)."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from aftersales.tests.factories import UserFactory
from customers.models import Channel, ContactPurpose, ContactRefusal, Customer
from customers.tests.factories import CustomerFactory
from followups.letters.drafts import drafts
from followups.models import (
    BatchItem,
    LetterBatch,
    LetterKind,
    LetterTemplate,
    Matter,
    Obstacle,
)
from followups.services import letter_batches
from followups.services.letter_batches import NotNow
from followups.tests.factories import (
    CampaignFactory,
    LetterTemplateFactory,
    MatterFactory,
    PolicyFactory,
    TrackerFactory,
)
from followups.tests.lettering import (  # noqa: F401
    NOW,
    TODAY,
    _texts,
    a_customer,
    issued,
    obstacles,
    prepared,
)


class TestObstacles:
    def test_a_missing_address_is_named_and_gone_once_it_is_there(self):
        customer = CustomerFactory()
        batch = prepared(customer)
        assert obstacles(batch) == [Obstacle.NO_ADDRESS]

        Customer.objects.filter(pk=customer.pk).update(address="Street 1")

        assert obstacles(batch) == [""]

    def test_an_address_too_long_for_the_window(self):
        batch = prepared(CustomerFactory(address="广东省广州市" * 30))

        assert obstacles(batch) == [Obstacle.TOO_LONG]

    @pytest.mark.parametrize(
        ("purpose", "channel", "is_refused"),
        [
            (ContactPurpose.PROMOTION, Channel.LETTER, True),
            (ContactPurpose.ALL, Channel.LETTER, True),
            (ContactPurpose.PROMOTION, Channel.ALL, True),
            (ContactPurpose.PROMOTION, Channel.PHONE, False),
            (ContactPurpose.PROMOTION, Channel.EMAIL, False),
            (ContactPurpose.SERVICE, Channel.ALL, False),
        ],
    )
    def test_a_refusal_holds_for_its_purpose_and_channel(
        self, customer, purpose, channel, is_refused
    ):
        ContactRefusal.objects.create(
            customer=customer,
            purpose=purpose,
            channel=channel,
            reason="said so",
            refused_on=TODAY,
            recorded_by=UserFactory(),
        )

        found = obstacles(prepared(customer, kind=LetterKind.NOTICE))

        assert found == [Obstacle.REFUSED if is_refused else ""]

    def test_an_open_complaint_holds_back_what_sells_only(self, customer):
        MatterFactory(customer=customer)

        assert obstacles(prepared(customer, kind=LetterKind.INVITATION)) == [Obstacle.COMPLAINT]
        assert obstacles(prepared(customer, kind=LetterKind.REPLY)) == [""]

    def test_a_closed_complaint_holds_back_nothing(self, customer):
        Matter.objects.filter(pk=MatterFactory(customer=customer).pk).update(
            state="closed",
            closed_on=TODAY,
            closed_by=UserFactory(),
            answer="x",
            answered_on=TODAY,
        )

        assert obstacles(prepared(customer, kind=LetterKind.INVITATION)) == [""]

    def test_a_recall_passes_complaints(self, customer):
        MatterFactory(customer=customer)
        campaign = CampaignFactory(
            kind="recall", passes_limits=True, passes_because="brakes", decided=True
        )

        batch = prepared(customer, kind=LetterKind.NOTICE, campaign=campaign)

        assert obstacles(batch) == [""]

    def test_who_had_enough_contacts_this_month_is_left_alone(self, customer):
        PolicyFactory()
        for _ in range(4):
            issued(prepared(customer))

        assert obstacles(prepared(customer, kind=LetterKind.NOTICE)) == [Obstacle.ENOUGH]
        assert obstacles(prepared(customer, kind=LetterKind.REPLY)) == [""]

    def test_a_text_speaks_of_what_the_file_lacks(self, customer):
        LetterTemplateFactory(kind=LetterKind.NOTICE, name="Car", body="Your {plate}.")
        batch = letter_batches.prepare_letter(
            BatchItem(customer=customer),
            kind=LetterKind.NOTICE,
            template_name="Car",
            by=TrackerFactory(),
            operation=uuid4(),
        )

        [draft] = drafts(batch, batch.items.all(), handler=batch.created_by, now=NOW)

        assert (draft.obstacle, draft.detail) == (Obstacle.GAP, "{plate}")

    def test_a_language_without_template(self):
        LetterTemplate.objects.filter(language="ko").update(is_active=False)

        assert obstacles(prepared(CustomerFactory(address="A", language="ko"))) == [
            Obstacle.NO_TEMPLATE
        ]

    def test_a_name_that_no_font_has(self):
        batch = prepared(CustomerFactory(address="A", name="王😀"))

        assert obstacles(batch) == [Obstacle.UNPRINTABLE]

    @pytest.mark.parametrize(("channel", "obstacle"), [("email", "no_email"), ("sms", "no_mobile")])
    def test_no_way_to_reach_the_customer(self, customer, channel, obstacle):
        Customer.objects.filter(pk=customer.pk).update(email="not an address")

        assert obstacles(prepared(customer, channel=channel)) == [obstacle]

    def test_what_stood_in_the_way_is_written_down_and_others_are_issued(self, customer):
        batch = prepared(customer, CustomerFactory())

        assert len(issued(batch)) == 1
        assert batch.items.get(letter=None).obstacle == Obstacle.NO_ADDRESS


class TestPreparation:
    def test_sent_twice_it_is_one_batch(self, customer):
        operation = uuid4()
        by = TrackerFactory()

        first, second = (
            letter_batches.prepare_batch(
                kind=LetterKind.REPLY,
                template_name="Short",
                customers=Customer.objects.all(),
                by=by,
                operation=operation,
            )
            for _ in range(2)
        )

        assert first == second
        assert LetterBatch.objects.count() == 1

    def test_nobody_is_refused(self, db):
        with pytest.raises(letter_batches.NobodyToWriteTo):
            prepared()

    def test_merged_files_get_none(self, customer):
        merged = CustomerFactory(merged_into=customer)

        assert [item.customer for item in prepared(customer, merged).items.all()] == [customer]

    def test_leaving_out_needs_a_reason(self, customer):
        batch = prepared(customer)

        with pytest.raises(ValidationError):
            letter_batches.leave_out(
                batch.pk, [batch.items.get().pk], because=" ", by=batch.created_by
            )

    def test_who_was_left_out_can_be_taken_in_again(self, customer):
        batch = prepared(customer)
        [item] = batch.items.all()
        letter_batches.leave_out(batch.pk, [item.pk], because="moved", by=batch.created_by)
        letter_batches.take_in(batch.pk, [item.pk], by=batch.created_by)

        assert len(issued(batch)) == 1

    def test_what_is_issued_cannot_be_changed(self, customer):
        batch = prepared(customer)
        issued(batch)

        for refused in (
            lambda: letter_batches.discard(batch.pk, by=batch.created_by),
            lambda: letter_batches.leave_out(batch.pk, [], because="x", by=batch.created_by),
        ):
            with pytest.raises(NotNow):
                refused()
