"""Letters of tests: prepared and issued."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from customers.models import Customer
from customers.tests.factories import CustomerFactory
from followups.letters.drafts import drafts
from followups.models import (
    LetterKind,
)
from followups.services import letter_batches, letters
from followups.tests.factories import (
    LetterTemplateFactory,
    PolicyFactory,
    TrackerFactory,
)

NOW = datetime(2025, 4, 5, 2, 0, tzinfo=UTC)
TODAY = date(2025, 4, 5)


def prepared(*customers, by=None, kind=LetterKind.CONTACT_CHECK, **more):
    return letter_batches.prepare_batch(
        kind=kind,
        template_name="Short",
        customers=Customer.objects.filter(pk__in=[customer.pk for customer in customers]),
        by=by or TrackerFactory(),
        operation=uuid4(),
        **more,
    )


def issued(batch, now=NOW):
    letters.start(batch.pk, by=batch.created_by, now=now)
    letters.issue_all(batch.pk, now=now)
    batch.refresh_from_db()
    return list(batch.letters.order_by("pk"))


def obstacles(batch):
    found = drafts(batch, batch.items.all(), handler=batch.created_by, now=NOW)
    return [draft.obstacle for draft in found]


def reads_only(execute, sql, params, many, context):
    assert sql.startswith("SELECT")
    return execute(sql, params, many, context)


@pytest.fixture(autouse=True)
def _texts(db):
    PolicyFactory()
    for kind in LetterKind:
        LetterTemplateFactory(kind=kind)


@pytest.fixture(name="customer")
def a_customer():
    return CustomerFactory(address="Street 1", postal_code="510000")
