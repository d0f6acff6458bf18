"""What is owed to a customer, on his page and in his timeline."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from aftersales.roles import SERVICE_ADVISOR
from aftersales.tests.factories import SupervisorFactory, UserFactory
from followups.models import Ending, FollowUp, Skip
from followups.tests.factories import FollowUpFactory
from reports.entries import Kind
from reports.timeline import timeline

pytestmark = pytest.mark.django_db
NOON = datetime(2025, 4, 9, 4, tzinfo=UTC)


@pytest.fixture
def advisor(client):
    user = UserFactory(roles=[SERVICE_ADVISOR])
    client.force_login(user)
    return user


def end(owed, ending, state="done"):
    FollowUp.objects.filter(pk=owed.pk).update(
        state=state, ending=ending, closed_at=NOON, closed_on=date(2025, 4, 9)
    )


class TestCustomerPage:
    def test_shows_what_is_open_first_and_the_way_to_why(self, client, advisor):
        ended = FollowUpFactory(fact_on=date(2025, 4, 2))
        owed = FollowUpFactory(order__customer=ended.customer)
        end(ended, Ending.REACHED)

        answer = client.get(ended.customer.get_absolute_url())

        assert list(answer.context["promises"]) == [owed, ended]
        assert reverse("followups:why", args=[ended.customer_id]) in answer.content.decode()

    def test_asks_for_new_contact_data_until_they_are_verified(self, client, advisor):
        owed = FollowUpFactory()
        page = owed.customer.get_absolute_url()
        end(owed, Ending.UNREACHABLE)

        assert "Ask for new contact data" in client.get(page).content.decode()
        client.post(reverse("customers:verify-contact", args=[owed.customer_id]))

        assert "Ask for new contact data" not in client.get(page).content.decode()


class TestTimeline:
    def test_tells_what_ended_without_a_call_and_who_put_the_customer_off(self):
        owed, called = FollowUpFactory(), FollowUpFactory()
        FollowUp.objects.filter(pk=called.pk).update(customer=owed.customer)
        end(owed, Ending.SUPERSEDED, state="cancelled")
        end(called, Ending.REACHED)
        Skip.objects.create(
            customer=owed.customer,
            reason="At a funeral.",
            until=NOON,
            skipped_by=owed.owner,
            skipped_at=datetime(2025, 4, 8, 4, tzinfo=UTC),
        )

        entries = timeline(owed.customer, user=SupervisorFactory(), kinds=[Kind.FOLLOW_UP]).entries

        assert [(entry.heading, entry.badge, list(entry.lines)) for entry in entries] == [
            ("First call", "The car came again and left", []),
            ("Put off without a call", "", ["At a funeral."]),
        ]
