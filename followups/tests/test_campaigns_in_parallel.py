"""Two people decide one campaign at the same moment."""

from functools import partial

import pytest

from aftersales.refusals import Refusal
from aftersales.tests.factories import SupervisorFactory
from aftersales.tests.parallel import in_parallel
from followups.models import FollowUp, Invitation, Kind
from followups.services import campaigns
from followups.tests.factories import CampaignFactory, FollowUpFactory, PolicyFactory
from followups.tests.sweeping import callable_customer
from followups.tests.test_campaigns import decide


@pytest.mark.django_db(transaction=True)
def test_two_windows_decide_once():
    PolicyFactory()
    callable_customer()
    FollowUpFactory()
    campaign = CampaignFactory()

    def attempt(by):
        try:
            decide(campaign, by=by)
        except Refusal as refusal:
            return refusal
        return None

    refusals = in_parallel(*[partial(attempt, SupervisorFactory()) for _window in range(2)])

    assert sorted(map(type, refusals), key=str) == sorted(
        [type(None), campaigns.CampaignIsDecided], key=str
    )
    assert FollowUp.objects.filter(kind=Kind.CAMPAIGN_NOTICE).count() == Invitation.objects.count()
