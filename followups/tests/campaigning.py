"""Campaigns of tests: planned, decided, told, changed, called off."""

from datetime import date
from uuid import uuid4

import pytest

from aftersales.tests.factories import SupervisorFactory
from customers.models import Channel, ContactRefusal, Customer
from followups.services import campaigns, claims
from followups.services.calls import record_call
from followups.services.invitations import answer_invitation
from followups.services.told import Told
from followups.tests.factories import (
    CampaignFactory,
    PolicyFactory,
    TrackerFactory,
)
from followups.tests.sweeping import at, callable_customer

SWEEPS = ("sweep_campaign_notices", "sweep_campaign_letters", "sweep_campaign_reminders")
VALUES = {
    "kind": "free_service",
    "title": "Free check",
    "content": "Brakes and lights",
    "place": "Workshop",
    "starts_on": date(2025, 5, 1),
    "ends_on": date(2025, 5, 2),
}


@pytest.fixture(name="policy", autouse=True)
def _policy():
    return PolicyFactory()


@pytest.fixture(name="supervisor")
def a_supervisor():
    return SupervisorFactory()


def decided(when="2025-04-05 09:00", *, by=None, **fields):
    """Return a campaign to which everybody is invited; if there is nobody, there will be one."""
    if not Customer.objects.exists():
        callable_customer()
    campaign = CampaignFactory(**fields)
    campaign.refresh_from_db()
    return decide(campaign, when, by=by)


def decide(campaign, when="2025-04-05 09:00", *, by=None):
    return campaigns.decide_campaign(
        campaign.pk, version=campaign.version, by=by or SupervisorFactory(), now=at(when)
    )


def change(campaign, when="2025-04-10 09:00", *, audience=None, **changes):
    return campaigns.change_campaign(
        campaign.pk,
        changes=changes,
        audience=audience,
        version=campaign.version,
        by=SupervisorFactory(),
        now=at(when),
    )


def call_off(campaign, when="2025-04-10 09:00", because="The hall burned down"):
    return campaigns.call_off_campaign(
        campaign.pk, because=because, version=campaign.version, by=SupervisorFactory(), now=at(when)
    )


def tell(invitation, on=date(2025, 4, 12), answer="comes", **said):
    return answer_invitation(invitation.pk, answer=answer, told_on=on, by=TrackerFactory(), **said)


def record(notice, outcome, now):
    """Record a call about a notice, as its owner or whoever calls."""
    by, customer = TrackerFactory(), notice.customer
    number = claims.claim_for_inbound(customer.pk, by=by, now=now).number
    told = Told(
        outcome=outcome,
        started_at=now,
        operation=uuid4(),
        phone_used=customer.phones.first().e164,
        agenda={notice.pk: False},
    )
    return record_call(customer.pk, number=number, told=told, by=by, now=now)


def refuse(customer, purpose, channel=Channel.PHONE):
    ContactRefusal.objects.create(
        customer=customer,
        purpose=purpose,
        channel=channel,
        reason="asked for it",
        refused_on="2025-04-06",
        recorded_by=TrackerFactory(),
    )
