"""Who owes what, and how a supervisor gives it to somebody else (FUP-01)."""

import pytest

from aftersales.models import User
from aftersales.services.users import OwnRights
from aftersales.tests.factories import SupervisorFactory, UserFactory
from customers.tests.factories import CustomerFactory
from followups.models import FollowUp
from followups.services import owners
from followups.tests.calling import NOW, done
from followups.tests.factories import FollowUpFactory, MatterFactory, TrackerFactory


@pytest.fixture
def boss(db):
    return SupervisorFactory()


@pytest.fixture
def anna(db):
    return TrackerFactory(name="Anna")


@pytest.fixture
def ben(db):
    return TrackerFactory(name="Ben")


def owner_of(owed):
    return FollowUp.objects.get(pk=owed.pk).owner


def refused_people():
    return [UserFactory(), SupervisorFactory(), TrackerFactory(is_active=False)]


class TestReassigning:
    def test_gives_the_open_ones_of_those_chosen(self, boss, anna, ben):
        chosen = [FollowUpFactory(owner=anna), FollowUpFactory(owner=None)]
        over, other = FollowUpFactory(owner=anna, **done()), FollowUpFactory(owner=anna)

        moved = owners.reassign(
            FollowUp.objects.exclude(pk=other.pk).order_by("-due_on"), to=ben, by=boss
        )

        assert moved.count == 2
        assert [owner_of(each) for each in (*chosen, over, other)] == [ben, ben, anna, anna]

    def test_takes_a_promise_back_even_if_the_owner_stays(self, boss, anna, ben):
        promised = FollowUpFactory(owner=anna, promised_by=ben, callback_at=NOW)

        assert owners.reassign(FollowUp.objects.all(), to=anna, by=boss).count == 1

        promised.refresh_from_db()
        assert (promised.owner, promised.promised_by, promised.callback_at) == (anna, None, NOW)

    def test_leaves_alone_what_is_his_already(self, boss, anna):
        owed = FollowUpFactory(owner=anna)

        assert owners.reassign(FollowUp.objects.all(), to=anna, by=boss).count == 0
        assert FollowUp.objects.get(pk=owed.pk).version == 1

    def test_is_refused_for_who_does_not_track(self, boss, anna):
        owed = FollowUpFactory(owner=anna)

        for person in refused_people():
            with pytest.raises(owners.MayNotOwn, match=str(person)):
                owners.reassign(FollowUp.objects.all(), to=person, by=boss)

        assert owner_of(owed) == anna


class TestHandingOver:
    def test_gives_follow_ups_matters_and_customers_and_gives_promises_back(self, boss, anna, ben):
        carla = TrackerFactory()
        mine, over = FollowUpFactory(owner=anna), FollowUpFactory(owner=anna, **done())
        promised = FollowUpFactory(owner=carla, promised_by=anna, callback_at=NOW)
        tracked = CustomerFactory(tracker=anna)
        matter = MatterFactory(owner=anna)
        closed = MatterFactory(owner=anna, state="closed", closed_on=NOW.date(), closed_by=anna)

        assert owners.hand_over(anna, to=ben, by=boss).count == 1

        for row in (mine, over, promised, tracked, matter, closed):
            row.refresh_from_db()
        assert (mine.owner, over.owner) == (ben, anna)
        assert (promised.owner, promised.promised_by) == (carla, None)
        assert tracked.tracker == ben
        assert (matter.owner, closed.owner) == (ben, anna)

    def test_leaves_what_others_promised_with_them(self, boss, anna, ben):
        carla = TrackerFactory()
        promised = FollowUpFactory(owner=anna, promised_by=carla, callback_at=NOW)

        owners.hand_over(anna, to=ben, by=boss)

        promised.refresh_from_db()
        assert (promised.owner, promised.promised_by) == (ben, carla)

    def test_is_refused_for_who_does_not_track(self, boss, anna):
        for person in refused_people():
            with pytest.raises(owners.MayNotOwn):
                owners.hand_over(anna, to=person, by=boss)

    def test_can_be_taken_back_where_nothing_was_changed_since(self, boss, anna, ben):
        back, changed = FollowUpFactory(owner=anna), FollowUpFactory(owner=anna)
        tracked, matter = CustomerFactory(tracker=anna), MatterFactory(owner=anna)
        done = owners.hand_over(anna, to=ben, by=boss)
        carla = TrackerFactory()
        owners.reassign(FollowUp.objects.filter(pk=changed.pk), to=carla, by=boss)

        assert owners.give_back(done.change, by=boss) == 1

        for row in (tracked, matter):
            row.refresh_from_db()
        assert (owner_of(back), owner_of(changed)) == (anna, carla)
        assert (tracked.tracker, matter.owner) == (anna, anna)


class TestDeactivating:
    def test_asks_who_takes_over_what_is_owed(self, boss, anna, ben):
        owed = FollowUpFactory(owner=anna)

        with pytest.raises(owners.SuccessorMissing, match="Anna"):
            owners.deactivate(anna, to=None, by=boss)
        assert User.objects.get(pk=anna.pk).is_active

        owners.deactivate(anna, to=ben, by=boss)
        assert owner_of(owed) == ben
        assert not User.objects.get(pk=anna.pk).is_active

    @pytest.mark.parametrize(
        "leaves",
        [
            lambda anna: MatterFactory(owner=anna),
            lambda anna: CustomerFactory(tracker=anna),
            lambda anna: FollowUpFactory(promised_by=anna, callback_at=NOW),
        ],
        ids=["a matter", "a customer", "a promise"],
    )
    def test_asks_whatever_it_is_that_is_left(self, boss, anna, ben, leaves):
        leaves(anna)

        with pytest.raises(owners.SuccessorMissing):
            owners.deactivate(anna, to=None, by=boss)

    def test_asks_nobody_if_nothing_is_left(self, boss, anna, ben):
        FollowUpFactory(owner=anna, **done())

        assert not owners.owed_by(anna)
        owners.deactivate(anna, to=None, by=boss)

        assert not User.objects.get(pk=anna.pk).is_active

    def test_that_is_refused_leaves_everything_as_it_was(self, anna, ben):
        owed = FollowUpFactory(owner=anna)

        with pytest.raises(OwnRights):
            owners.deactivate(anna, to=ben, by=anna)

        assert owner_of(owed) == anna


def test_those_to_whom_follow_ups_go_are_active_trackers_by_name(anna, ben, boss):
    TrackerFactory(name="Zoe", is_active=False)

    assert list(owners.trackers()) == [anna, ben]
