"""Campaigns: planned, decided, and what they make the house owe.

Source: CAM-01, CAM-02, CAM-03, CAM-04, R-06, R-07.
"""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from aftersales.refusals import ChangedMeanwhile
from customers.models import Channel, ContactPurpose
from customers.services import merges
from customers.tests.factories import CustomerFactory
from followups.campaigns.audience import Audience
from followups.models import Campaign, CampaignState, Ending, FollowUp, Holiday, Invitation, Kind
from followups.services import campaigns
from followups.tests.campaigning import (  # noqa: F401
    SWEEPS,
    VALUES,
    _policy,
    a_supervisor,
    change,
    decide,
    decided,
    record,
    refuse,
    tell,
)
from followups.tests.factories import (
    CampaignFactory,
    InvitationFactory,
    PolicyFactory,
    TrackerFactory,
)
from followups.tests.sweeping import at, callable_customer, owed, sweep

pytestmark = pytest.mark.django_db


class TestPlanning:
    def test_a_plan_is_kept_with_its_audience(self, supervisor):
        audience = Audience.read({"districts": ["天河区"]})

        campaign = campaigns.plan_campaign(
            VALUES, audience=audience, by=supervisor, today=date(2025, 4, 1)
        )

        assert Campaign.objects.get().audience == {"districts": ["天河区"]}
        assert (campaign.state, campaign.created_by) == (CampaignState.DRAFT, supervisor)
        assert not Invitation.objects.exists()

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("place", " "),
            ("title", ""),
            ("content", "\n"),
            ("starts_on", date(2025, 4, 1)),
            ("ends_on", date(2025, 4, 30)),
            ("capacity", 0),
            ("passes_limits", True),
            ("kind", "party"),
            ("place", "x" * 201),
        ],
    )
    def test_what_customers_have_to_be_told_is_asked_for(self, supervisor, field, value):
        with pytest.raises(ValidationError) as refusal:
            campaigns.plan_campaign(
                VALUES | {field: value},
                audience=Audience(),
                by=supervisor,
                today=date(2025, 4, 1),
            )

        assert list(refusal.value.message_dict) == [field]
        assert not Campaign.objects.exists()

    def test_a_recall_that_passes_the_limits_says_why(self, supervisor):
        with pytest.raises(ValidationError) as refusal:
            campaigns.plan_campaign(
                VALUES | {"kind": "recall", "passes_limits": True},
                audience=Audience(),
                by=supervisor,
                today=date(2025, 4, 1),
            )

        assert list(refusal.value.message_dict) == ["passes_because"]

    def test_the_database_knows_no_campaign_without_a_place(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            CampaignFactory(place="")


class TestDeciding:
    @pytest.mark.parametrize(
        ("starts_on", "opens_on", "due_on"),
        [
            ("2024-03-14", "2024-02-22", "2024-02-29"),
            ("2024-03-15", "2024-02-23", "2024-03-01"),
            ("2025-03-14", "2025-02-21", "2025-02-28"),
            ("2025-01-10", "2024-12-20", "2024-12-27"),
            ("2024-05-01", "2024-04-10", "2024-04-17"),
        ],
    )
    def test_notices_are_due_two_weeks_ahead_and_open_three_weeks_ahead(
        self, starts_on, opens_on, due_on
    ):
        campaign = decided("2023-12-01 09:00", starts_on=starts_on, ends_on="2025-12-31")

        assert owed() == [("campaign_notice", opens_on, due_on, "open")]
        assert not campaign.is_late

    def test_a_late_decision_makes_them_due_today_and_is_flagged(self):
        campaign = decided("2024-04-20 09:00", starts_on="2024-05-01", ends_on="2024-05-02")

        assert owed() == [("campaign_notice", "2024-04-20", "2024-04-20", "open")]
        assert campaign.is_late

    def test_between_three_and_two_weeks_ahead_calling_begins_at_once(self):
        campaign = decided("2024-04-12 09:00", starts_on="2024-05-01", ends_on="2024-05-02")

        assert owed() == [("campaign_notice", "2024-04-12", "2024-04-17", "open")]
        assert not campaign.is_late

    def test_who_is_invited_is_frozen_with_its_owners(self, supervisor):
        tracker = TrackerFactory()
        customer = callable_customer(tracker=tracker)
        campaign = decided(by=supervisor)

        callable_customer()
        sweep("2025-04-06 09:00", *SWEEPS)

        [notice] = FollowUp.objects.all()
        assert (notice.customer, notice.owner, notice.invitation.campaign) == (
            customer, tracker, campaign,
        )  # fmt: skip
        assert (campaign.state, campaign.decided_by, campaign.decided_on) == (
            CampaignState.DECIDED, supervisor, date(2025, 4, 5),
        )  # fmt: skip

    def test_deciding_twice_is_refused_and_writes_nothing_twice(self):
        callable_customer()
        campaign = CampaignFactory()
        campaign.refresh_from_db()
        decide(campaign)

        with pytest.raises(campaigns.CampaignIsDecided):
            decide(campaign)

        assert (Invitation.objects.count(), FollowUp.objects.count()) == (1, 1)

    def test_what_changed_meanwhile_is_not_decided(self):
        callable_customer()
        campaign = CampaignFactory()
        change(campaign, "2025-04-04 09:00", place="Elsewhere")

        with pytest.raises(ChangedMeanwhile):
            decide(campaign)

        assert not Invitation.objects.exists()

    def test_an_empty_audience_is_refused_and_leaves_a_draft(self):
        CustomerFactory()
        campaign = CampaignFactory()

        with pytest.raises(campaigns.NobodyIsInvited):
            decide(campaign)

        assert Campaign.objects.get().state == CampaignState.DRAFT

    @pytest.mark.parametrize("when", ["2025-05-01 00:01", "2025-05-03 09:00"])
    def test_a_campaign_that_has_begun_is_refused(self, when):
        callable_customer()

        with pytest.raises(ValidationError) as refusal:
            decide(CampaignFactory(), when)

        assert list(refusal.value.message_dict) == ["starts_on"]

    def test_nothing_is_owed_for_what_was_decided_before_go_live(self, policy):
        InvitationFactory()
        policy.go_live_on = "2025-04-06"
        policy.save()

        sweep("2025-04-06 09:00", *SWEEPS)

        assert owed() == []


class TestNotices:
    def test_running_again_changes_nothing_and_an_outage_makes_up(self):
        InvitationFactory(customer=callable_customer())

        first = sweep("2025-04-20 09:00", *SWEEPS)
        again = sweep("2025-04-20 09:01", *SWEEPS)

        assert owed() == [("campaign_notice", "2025-04-10", "2025-04-17", "open")]
        assert first["sweep_campaign_notices"]["created"] == 1
        assert not any(sum(counts.values()) for counts in again.values())

    def test_what_is_not_told_when_the_campaign_begins_is_over(self):
        decided()

        sweep("2025-04-30 23:59", *SWEEPS)
        assert owed(state="open")
        sweep("2025-05-01 00:00", *SWEEPS)

        assert [each.ending for each in FollowUp.objects.all()] == [Ending.EXPIRED]

    def test_a_late_notice_that_fails_is_tried_again_until_it_begins(self):
        campaign = decided("2025-04-28 09:00", starts_on="2025-04-30", ends_on="2025-04-30")
        [notice] = FollowUp.objects.all()
        PolicyFactory()

        for day in (28, 29):
            record(notice, "no_answer", at(f"2025-04-{day} 10:00"))

        notice.refresh_from_db()
        assert (campaign.is_late, notice.state, notice.attempts) == (True, "open", 2)

    def test_who_refuses_is_not_called(self):
        decided()
        refuse(Invitation.objects.get().customer, ContactPurpose.PROMOTION)

        sweep("2025-04-06 09:00", *SWEEPS)

        assert [each.ending for each in FollowUp.objects.all()] == [Ending.DO_NOT_CONTACT]

    def test_who_wants_no_offers_is_told_of_a_recall(self):
        decided(kind="recall")
        refuse(Invitation.objects.get().customer, ContactPurpose.PROMOTION)

        sweep("2025-04-06 09:00", *SWEEPS)

        assert [kind for kind, *_ in owed(state="open")] == [Kind.CAMPAIGN_NOTICE]

    def test_who_was_told_elsewhere_needs_no_call(self):
        decided()
        tell(Invitation.objects.get(), answer="declines")

        sweep("2025-04-12 09:00", *SWEEPS)

        assert [each.ending for each in FollowUp.objects.all()] == [Ending.GOAL_MET]

    def test_two_files_that_became_one_are_told_once(self, supervisor):
        one, other = callable_customer(), callable_customer()
        decided()
        merges.merge(one.pk, other.pk, choices={}, by=supervisor, now=at("2025-04-06 09:00"))

        sweep("2025-04-06 09:00", *SWEEPS)

        assert sorted(ending for *_, ending in owed()) == ["merged", "open"]

    def test_a_file_that_was_merged_after_the_decision_is_told_as_who_it_is(self, supervisor):
        known = callable_customer()
        invitation = InvitationFactory(customer=callable_customer())
        merges.merge(
            known.pk, invitation.customer_id, choices={}, by=supervisor, now=at("2025-04-06 09:00")
        )

        sweep("2025-04-06 09:00", *SWEEPS)

        assert FollowUp.objects.get().customer == known


class TestLetters:
    @pytest.mark.parametrize(
        ("told_on", "due_on"), [("2024-02-28", "2024-03-01"), ("2024-12-31", "2025-01-02")]
    )
    def test_a_letter_is_due_within_two_days_of_the_call(self, told_on, due_on):
        told = date.fromisoformat(told_on)
        InvitationFactory(told_on=told, answer="comes", answered_on=told, wants_letter=True)

        sweep(f"{told_on} 18:00", "sweep_campaign_letters")

        assert owed() == [("campaign_letter", told_on, due_on, "open")]

    @pytest.mark.parametrize("wants_letter", [None, False])
    def test_without_a_wish_none_is_owed(self, wants_letter):
        InvitationFactory(told_on="2025-04-12", wants_letter=wants_letter)

        sweep("2025-04-12 18:00", "sweep_campaign_letters")

        assert owed() == []

    def test_who_changes_his_mind_gets_none(self):
        invitation = InvitationFactory()
        tell(invitation, wants_letter=True)
        sweep("2025-04-12 18:00", "sweep_campaign_letters")
        tell(invitation, wants_letter=False)

        sweep("2025-04-12 19:00", "sweep_campaign_letters")

        assert [each.ending for each in FollowUp.objects.all()] == [Ending.NOT_WANTED]

    def test_who_wants_no_letters_gets_none(self):
        invitation = InvitationFactory()
        tell(invitation, wants_letter=True)
        refuse(invitation.customer, ContactPurpose.PROMOTION, Channel.LETTER)

        sweep("2025-04-12 18:00", "sweep_campaign_letters")

        assert [each.ending for each in FollowUp.objects.all()] == [Ending.DO_NOT_CONTACT]

    def test_a_last_day_that_is_a_holiday_moves_where_the_policy_says_so(self, policy):
        policy.roll_over_holidays = True
        policy.save()
        Holiday.objects.create(day="2025-04-14", name="h")
        tell(InvitationFactory(), wants_letter=True)

        sweep("2025-04-12 18:00", "sweep_campaign_letters")

        assert owed() == [("campaign_letter", "2025-04-12", "2025-04-15", "open")]


class TestReminders:
    def test_who_comes_is_reminded_the_day_before(self):
        tell(InvitationFactory())

        sweep("2025-04-12 18:00", "sweep_campaign_reminders")

        assert owed() == [("campaign_reminder", "2025-04-30", "2025-04-30", "open")]

    @pytest.mark.parametrize("answer", ["", "undecided", "declines"])
    def test_nobody_else_is(self, answer):
        tell(InvitationFactory(), answer=answer)

        sweep("2025-04-12 18:00", "sweep_campaign_reminders")

        assert owed() == []

    def test_who_said_yes_the_day_before_needs_none(self):
        tell(InvitationFactory(), on=date(2025, 4, 30))

        sweep("2025-04-30 18:00", "sweep_campaign_reminders")

        assert owed() == []

    def test_who_does_not_come_after_all_is_not_reminded(self):
        invitation = InvitationFactory()
        tell(invitation)
        sweep("2025-04-12 18:00", "sweep_campaign_reminders")
        tell(invitation, answer="declines")

        sweep("2025-04-12 19:00", "sweep_campaign_reminders")

        assert [each.ending for each in FollowUp.objects.all()] == [Ending.SETTLED]
