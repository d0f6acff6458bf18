"""What becomes of a decided campaign that is changed or called off (CAM-02, CAM-03)."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from aftersales.refusals import ChangedMeanwhile
from followups.campaigns.audience import Audience
from followups.models import CampaignState, Ending, FollowUp, Invitation, Kind
from followups.services import campaigns
from followups.tests.campaigning import (  # noqa: F401
    SWEEPS,
    _policy,
    a_supervisor,
    call_off,
    change,
    decide,
    decided,
    tell,
)
from followups.tests.factories import (
    CampaignFactory,
)
from followups.tests.sweeping import callable_customer, closed, owed, sweep

pytestmark = pytest.mark.django_db


class TestChanging:
    def test_other_days_move_what_is_not_told_yet(self):
        campaign = decided()

        change(campaign, starts_on=date(2025, 6, 1), ends_on=date(2025, 6, 2))

        assert owed() == [("campaign_notice", "2025-05-11", "2025-05-18", "open")]

    def test_nearer_days_make_it_late_and_due_on_the_day_of_the_change(self):
        campaign = change(decided(), starts_on=date(2025, 4, 20))

        assert owed() == [("campaign_notice", "2025-04-10", "2025-04-10", "open")]
        assert campaign.is_late

    @pytest.mark.parametrize(
        "changes",
        [{"place": "Gate 3"}, {"starts_on": date(2025, 5, 2)}, {"ends_on": date(2025, 5, 9)}],
    )
    def test_who_was_told_is_told_so(self, changes):
        campaign = decided()
        tell(Invitation.objects.get(), on=date(2025, 4, 10), answer="undecided")

        change(campaign, **changes)

        assert owed(kind=Kind.CAMPAIGN_CHANGE) == [
            ("campaign_change", "2025-04-10", "2025-04-12", "open")
        ]

    def test_who_was_told_and_will_not_come_is_spared(self):
        campaign = decided()
        tell(Invitation.objects.get(), on=date(2025, 4, 10), answer="declines")

        change(campaign, place="Gate 3")

        assert owed(kind=Kind.CAMPAIGN_CHANGE) == []

    def test_what_nobody_was_told_of_needs_no_call(self):
        campaign = decided()
        tell(Invitation.objects.get(), on=date(2025, 4, 10))

        campaign = change(campaign, benefit="A coffee", capacity=20, content="More")

        assert owed(kind=Kind.CAMPAIGN_CHANGE) == []
        assert campaign.changes == 0

    def test_a_second_change_is_told_in_the_call_still_owed_and_after_it_in_another(self):
        campaign = decided()
        tell(Invitation.objects.get(), on=date(2025, 4, 10))
        campaign = change(campaign, place="Gate 3")
        campaign = change(campaign, place="Gate 4")
        [owed_once] = FollowUp.objects.filter(kind=Kind.CAMPAIGN_CHANGE)
        closed(owed_once, "2025-04-11 10:00")
        sweep("2025-04-11 11:00", *SWEEPS)
        assert owed(kind=Kind.CAMPAIGN_CHANGE, state="open") == []

        change(campaign, "2025-04-11 12:00", place="Gate 5")

        assert len(owed(kind=Kind.CAMPAIGN_CHANGE, state="open")) == 1

    def test_who_is_told_afterwards_knows_it_already(self):
        campaign = change(decided(), place="Gate 3")

        tell(Invitation.objects.get(), on=date(2025, 4, 11))
        sweep("2025-04-11 11:00", *SWEEPS)

        assert campaign.changes == 1
        assert owed(kind=Kind.CAMPAIGN_CHANGE) == []

    def test_the_reminder_goes_along(self):
        campaign = decided()
        tell(Invitation.objects.get(), on=date(2025, 4, 10))
        sweep("2025-04-10 10:00", *SWEEPS)

        change(campaign, "2025-04-10 11:00", starts_on=date(2025, 5, 2))

        assert owed(kind=Kind.CAMPAIGN_REMINDER) == [
            ("campaign_reminder", "2025-05-01", "2025-05-01", "open")
        ]

    @pytest.mark.parametrize("field", ["kind", "audience", "passes_limits"])
    def test_who_is_invited_stays(self, field):
        campaign = decided(kind="recall")
        changes = {
            "kind": {"kind": "promotion"},
            "audience": {"audience": Audience.read({"districts": ["x"]})},
            "passes_limits": {"passes_limits": True},
        }[field]

        with pytest.raises(campaigns.AudienceIsFrozen):
            change(campaign, **changes)

    def test_what_runs_can_go_on_longer_but_not_begin_anew_or_after_its_end(self):
        campaign = decided()

        campaign = change(campaign, "2025-05-02 09:00", ends_on=date(2025, 5, 9))
        with pytest.raises(ValidationError):
            change(campaign, "2025-05-03 09:00", starts_on=date(2025, 5, 2))
        with pytest.raises(campaigns.CampaignIsOver):
            change(campaign, "2025-05-10 09:00", ends_on=date(2025, 5, 20))

    def test_a_draft_changes_freely_and_a_stale_change_is_refused(self):
        draft = CampaignFactory()
        draft.refresh_from_db()

        changed = change(
            draft, title="Other", kind="promotion", audience=Audience.read({"classes": ["A"]})
        )

        assert (changed.title, changed.kind, changed.audience) == (
            "Other", "promotion", {"classes": ["A"]},
        )  # fmt: skip
        with pytest.raises(ChangedMeanwhile):
            change(draft, title="Mine")


class TestCallingOff:
    def test_what_is_owed_ends_and_who_was_told_is_told(self):
        one, other = callable_customer(), callable_customer()
        campaign = decided()
        tell(Invitation.objects.get(customer=one), on=date(2025, 4, 8), wants_letter=True)
        sweep("2025-04-08 18:00", *SWEEPS)

        campaign = call_off(campaign)

        assert campaign.state == CampaignState.CALLED_OFF
        assert sorted(
            (each.kind, each.ending or "open") for each in FollowUp.objects.filter(customer=one)
        ) == [
            ("campaign_change", "open"),
            ("campaign_letter", Ending.CALLED_OFF),
            ("campaign_notice", Ending.GOAL_MET),
            ("campaign_reminder", Ending.CALLED_OFF),
        ]
        assert [each.ending for each in FollowUp.objects.filter(customer=other)] == [
            Ending.CALLED_OFF
        ]

    def test_a_draft_is_called_off_as_well_and_nothing_twice(self):
        draft = CampaignFactory()
        draft.refresh_from_db()
        off = call_off(draft)

        with pytest.raises(campaigns.CampaignIsOff):
            call_off(off)
        with pytest.raises(campaigns.CampaignIsOff):
            decide(off)

    def test_it_says_why(self):
        with pytest.raises(ValidationError):
            call_off(CampaignFactory(), because=" ")

    def test_word_of_it_is_pointless_after_its_last_day(self):
        campaign = decided()
        tell(Invitation.objects.get(), on=date(2025, 4, 10))
        call_off(campaign)

        sweep("2025-05-03 00:00", *SWEEPS)

        assert [each.ending for each in FollowUp.objects.filter(kind=Kind.CAMPAIGN_CHANGE)] == [
            Ending.EXPIRED
        ]
