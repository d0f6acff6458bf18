"""Consultations are recorded (FUP-14, R-04)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from aftersales.tests.factories import SupervisorFactory
from customers.models import Consultation, ConsultationTopic
from customers.services import files
from customers.services.consultations import record_consultation
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 31, 2, 0, tzinfo=UTC)


def record(customer, ended_at=NOW, **fields):
    return record_consultation(
        by=SupervisorFactory(),
        fields={"customer": customer, "topic": ConsultationTopic.PRICE, **fields},
        ended_at=ended_at,
        now=NOW,
    )


def test_who_records_it_held_it_unless_it_was_somebody_else():
    colleague = SupervisorFactory()

    own, other = record(CustomerFactory()), record(CustomerFactory(), held_by=colleague)

    assert own.held_by not in (None, colleague)
    assert other.held_by == colleague


def test_a_consultation_has_ended_when_it_is_recorded():
    with pytest.raises(ValidationError) as refusal:
        record(CustomerFactory(), ended_at=NOW + timedelta(seconds=1))

    assert refusal.value.message_dict == {"ended_at": ["This time has not come yet."]}
    assert not Consultation.objects.exists()


def test_a_consultation_of_last_century_is_a_slip():
    with pytest.raises(ValidationError, match="too long ago"):
        record(CustomerFactory(), ended_at=datetime(1900, 1, 1, tzinfo=UTC))


def test_nothing_is_recorded_for_a_merged_file():
    merged = CustomerFactory(merged_into=CustomerFactory())

    with pytest.raises(files.FileWasMerged):
        record(merged)
