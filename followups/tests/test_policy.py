"""What a change of the policy moves, and what it leaves (R-01 to R-03)."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from aftersales.refusals import ChangedMeanwhile
from aftersales.tests.factories import SupervisorFactory
from aftersales.tests.parallel import in_parallel
from followups import sweeps
from followups.models import FollowUp, Holiday, Policy
from followups.services import policy as policies
from followups.tests.calling import at, done, second_call
from followups.tests.factories import (
    CampaignFactory,
    FollowUpFactory,
    InvitationFactory,
    PolicyFactory,
    TrackerFactory,
)
from workshop.tests.factories import RepairOrderFactory

# The car left on 31 March; the window of its first call is 3 to 7 April.
NOTHING = {"customer_file": 0, "first_call": 0, "second_call": 0, "campaign_notice": 0}
BEFORE, OPEN = date(2025, 4, 2), date(2025, 4, 3)


@pytest.fixture(autouse=True)
def policy(db):
    PolicyFactory()
    return Policy.objects.get()


@pytest.fixture
def boss(db):
    return SupervisorFactory()


def change(boss, *, today=BEFORE, version=1, **changes):
    return policies.change_policy(by=boss, version=version, changes=changes, today=today)


def window(owed):
    owed = FollowUp.objects.get(pk=owed.pk)
    return owed.opens_on.day, owed.target_on.day, owed.due_on.day


def notice(invitation):
    """Return the notice that the sweep makes of an invitation."""
    sweeps.sweep_campaign_notices(now=at(6, 10))
    return FollowUp.objects.get(invitation=invitation)


class TestChange:
    def test_moves_the_windows_that_have_not_opened(self, boss):
        owed = FollowUpFactory()

        effect = change(
            boss, first_call_opens_days=4, first_call_target_days=5, first_call_due_days=9
        )

        assert window(owed) == (4, 5, 9)
        assert effect.moved == {**NOTHING, "first_call": 1}
        assert effect.kept == NOTHING

    def test_leaves_a_window_that_opened_today(self, boss):
        owed = FollowUpFactory()

        effect = change(boss, today=OPEN, first_call_due_days=9)

        assert window(owed) == (3, 3, 7)
        assert (effect.moved["first_call"], effect.kept["first_call"]) == (0, 1)

    def test_leaves_what_has_ended_and_what_others_are_owed(self, boss):
        over, other = FollowUpFactory(**done()), second_call()
        files = FollowUpFactory(
            kind="customer_file", opens_on=date(2025, 3, 31), target_on=date(2025, 3, 31)
        )
        before = [window(each) for each in (over, other, files)]

        effect = change(boss, first_call_due_days=9, file_due_days=9)

        assert [window(each) for each in (over, other, files)] == before
        assert effect.kept == {**NOTHING, "customer_file": 1, "second_call": 1}

    def test_moves_second_calls_by_their_own_days(self, boss):
        owed = second_call()

        change(boss, second_call_opens_days=8, second_call_due_days=15)

        assert window(owed) == (11, 11, 18)

    def test_moves_notices_of_campaigns_as_far_as_they_have_not_opened(self, boss):
        """The campaign is on 1 May: its notices are due from 10 to 17 April."""
        campaign = CampaignFactory(decided=True)
        owed = notice(InvitationFactory(campaign=campaign))
        assert window(owed) == (10, 10, 17)

        effect = change(boss, notice_opens_days=18, notice_due_days=16)

        assert window(owed) == (13, 13, 15)
        assert (effect.moved["campaign_notice"], effect.kept["campaign_notice"]) == (1, 0)
        assert change(boss, today=date(2025, 4, 13), version=2, notice_due_days=14).kept == {
            **NOTHING,
            "campaign_notice": 1,
        }

    def test_counts_only_windows_that_get_another_end(self, boss):
        FollowUpFactory()

        assert change(boss, most_attempts=2).moved["first_call"] == 0

    def test_is_in_the_history_with_who_did_it(self, boss):
        change(boss, first_call_due_days=9)

        event = Policy.pgh_event_model.objects.order_by("-pgh_id").first()
        assert (event.first_call_due_days, event.version) == (9, 2)
        assert event.pgh_context["user"] == boss.pk

    def test_of_what_somebody_else_changed_is_refused(self, boss):
        change(boss, most_attempts=2)

        with pytest.raises(ChangedMeanwhile):
            change(boss, most_attempts=4)

        assert Policy.objects.get().most_attempts == 2

    def test_of_a_moved_window_also_holds_for_what_is_planned_later(self, boss):
        change(boss, first_call_due_days=9)
        RepairOrderFactory(released=True)
        TrackerFactory()

        sweeps.sweep_first_calls(now=at(1, 10))

        assert window(FollowUp.objects.get(kind="first_call")) == (3, 3, 9)


class TestPreview:
    def test_says_what_would_move_and_moves_nothing(self, boss):
        owed, opened = FollowUpFactory(), FollowUpFactory(opens_on=BEFORE)

        effect = policies.preview_policy(
            by=boss, version=1, changes={"first_call_due_days": 9}, today=BEFORE
        )

        assert (effect.moved["first_call"], effect.kept["first_call"]) == (1, 1)
        assert (window(owed), window(opened)) == ((3, 3, 7), (2, 3, 7))
        policy = Policy.objects.get()
        assert (policy.first_call_due_days, policy.version) == (7, 1)

    def test_refuses_what_would_be_refused(self, boss):
        with pytest.raises(ValidationError):
            policies.preview_policy(
                by=boss, version=1, changes={"first_call_due_days": 1}, today=BEFORE
            )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first_call_due_days": 2}, "first_call_due_days"),
        ({"first_call_target_days": 2}, "first_call_due_days"),
        ({"first_call_target_days": 8}, "first_call_due_days"),
        ({"second_call_due_days": 6}, "second_call_due_days"),
        ({"notice_due_days": 22}, "notice_due_days"),
        ({"legal_from": at(1, 9).time(), "legal_until": at(1, 9).time()}, "legal_until"),
        ({"shop_opens": at(1, 9).time(), "shop_closes": at(1, 8).time()}, "shop_closes"),
        ({"legal_until": at(1, 9).time(), "shop_opens": at(1, 9).time()}, "shop_closes"),
        ({"shop_weekdays": []}, "shop_weekdays"),
        ({"shop_weekdays": [8]}, "shop_weekdays"),
        ({"most_attempts": 0}, "most_attempts"),
        ({"tries_per_number": 11}, "tries_per_number"),
    ],
)
def test_numbers_that_contradict_each_other_are_refused(boss, changes, field):
    with pytest.raises(ValidationError) as refused:
        change(boss, **changes)

    assert list(refused.value.message_dict) == [field]
    assert Policy.objects.get().version == 1


class TestHoliday:
    LAST_DAY = date(2025, 4, 7)

    def add(self, boss, day=LAST_DAY):
        return policies.add_holiday(day=day, name="Qingming", by=boss, today=BEFORE)

    def test_changes_nothing_unless_the_policy_says_so(self, boss):
        owed = FollowUpFactory()

        self.add(boss)

        assert window(owed) == (3, 3, 7)

    def test_moves_the_last_day_that_falls_on_it_and_gives_it_back(self, boss):
        owed = FollowUpFactory()
        change(boss, roll_over_holidays=True)

        first, second = self.add(boss), self.add(boss, self.LAST_DAY + timedelta(1))
        assert window(owed) == (3, 3, 9)

        policies.remove_holiday(second.pk, by=boss, today=BEFORE)
        assert window(owed) == (3, 3, 8)
        policies.remove_holiday(first.pk, by=boss, today=BEFORE)
        assert window(owed) == (3, 3, 7)

    def test_counts_when_the_policy_begins_to_look_at_holidays(self, boss):
        owed = FollowUpFactory()
        self.add(boss)

        assert change(boss, roll_over_holidays=True).moved["first_call"] == 1
        assert window(owed) == (3, 3, 8)

    def test_is_entered_once(self, boss):
        self.add(boss)

        with pytest.raises(ValidationError) as refused:
            self.add(boss)

        assert list(refused.value.message_dict) == ["day"]
        assert Holiday.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_entered_by_two_at_the_same_moment_is_refused_to_one(self, boss):
        def add():
            try:
                self.add(boss)
            except ValidationError:
                return "refused"
            return "added"

        assert sorted(in_parallel(add, add)) == ["added", "refused"]


@pytest.mark.django_db(transaction=True)
def test_a_sweep_at_the_same_moment_leaves_no_window_as_it_was_before(boss):
    TrackerFactory()
    for extra in range(4):
        RepairOrderFactory.create_batch(10, released=True)
        version = Policy.objects.get().version
        in_parallel(
            lambda: sweeps.sweep_first_calls(now=at(1, 10)),
            lambda version=version, due=8 + extra: change(
                boss, version=version, first_call_due_days=due, today=BEFORE
            ),
        )

        dues = FollowUp.objects.filter(kind="first_call").values_list("due_on", flat=True)
        assert set(dues) <= {date(2025, 3, 31) + timedelta(8 + extra)}
