from uuid import uuid4

import pytest

from aftersales.models import User
from aftersales.roles import ADMINISTRATOR
from aftersales.services.users import LastAdministrator, OwnRights
from aftersales.tests.factories import SupervisorFactory, UserFactory
from customers.models import Customer
from customers.tests.factories import CustomerFactory
from followups.models import FollowUp
from followups.services import owners
from followups.tests.factories import FollowUpFactory, TrackerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor():
    return SupervisorFactory()


def administrator():
    return UserFactory(roles=[ADMINISTRATOR])


def everything():
    return FollowUp.objects.all()


class TestReassign:
    def test_gives_what_is_open_to_somebody_and_counts_it(self, supervisor):
        to = TrackerFactory()
        moved, his_already = FollowUpFactory(), FollowUpFactory(owner=to)

        done = owners.reassign(everything(), to=to, by=supervisor)

        assert done.count == 1
        assert {item.owner for item in everything()} == {to}
        his_already.refresh_from_db()
        assert his_already.version == 1
        moved.refresh_from_db()
        assert moved.version == 2

    def test_leaves_what_has_ended_with_who_did_it(self, supervisor):
        ended = FollowUpFactory(
            state="done", ending="reached", closed_at="2025-04-03T02:00Z", closed_on="2025-04-03"
        )

        assert owners.reassign(everything(), to=TrackerFactory(), by=supervisor).count == 0
        assert everything().get().owner == ended.owner

    def test_refuses_who_is_no_active_tracking_salesman(self, supervisor):
        FollowUpFactory()

        for to in (UserFactory(), TrackerFactory(is_active=False)):
            with pytest.raises(owners.MayNotOwn):
                owners.reassign(everything(), to=to, by=supervisor)


class TestGiveBack:
    def test_gives_each_to_who_had_it_with_his_promise(self, supervisor):
        to, keeper = TrackerFactory(), TrackerFactory()
        first = FollowUpFactory()
        second = FollowUpFactory(promised_by=keeper, callback_at="2025-04-05T02:00Z")
        free = FollowUpFactory(owner=None)
        done = owners.reassign(everything(), to=to, by=supervisor)

        assert owners.give_back(done.change, by=supervisor) == 3

        for item in (first, second, free):
            had = item.owner, item.promised_by
            item.refresh_from_db()
            assert (item.owner, item.promised_by) == had

    def test_keeps_what_somebody_touched_since(self, supervisor):
        to, other = TrackerFactory(), TrackerFactory()
        item = FollowUpFactory()
        done = owners.reassign(everything(), to=to, by=supervisor)
        owners.reassign(everything(), to=other, by=supervisor)

        assert owners.give_back(done.change, by=supervisor) == 0
        item.refresh_from_db()
        assert item.owner == other

    def test_gives_customers_back_with_everything_of_a_person(self, supervisor):
        person, to = TrackerFactory(), TrackerFactory()
        customer = CustomerFactory(tracker=person)
        item = FollowUpFactory(owner=person)
        done = owners.hand_over(person, to=to, by=supervisor)
        customer.refresh_from_db()
        assert (done.count, customer.tracker) == (1, to)

        owners.give_back(done.change, by=supervisor)

        customer.refresh_from_db()
        item.refresh_from_db()
        assert (customer.tracker, item.owner) == (person, person)

    def test_knows_nothing_of_a_change_that_never_was(self, supervisor):
        assert owners.give_back(uuid4(), by=supervisor) == 0


class TestDeactivate:
    def test_gives_everything_to_the_successor_and_shuts_out(self):
        person, to = TrackerFactory(), TrackerFactory()
        FollowUpFactory(owner=person)
        CustomerFactory(tracker=person)

        owners.deactivate(person, to=to, by=administrator())

        person.refresh_from_db()
        assert not person.is_active
        assert not owners.owed_by(person)
        assert owners.owed_by(to).follow_ups == 1
        assert Customer.objects.filter(tracker=to).exists()

    def test_asks_for_a_successor_while_something_is_owed(self):
        person = FollowUpFactory().owner
        TrackerFactory()

        with pytest.raises(owners.SuccessorMissing):
            owners.deactivate(person, to=None, by=administrator())

        assert User.objects.get(pk=person.pk).is_active

    def test_leaves_it_to_the_sweeps_when_nobody_could_take_over(self):
        person = FollowUpFactory().owner

        owners.deactivate(person, to=None, by=administrator())

        assert not User.objects.get(pk=person.pk).is_active

    def test_hands_nothing_over_if_the_person_may_not_be_shut_out(self):
        person, to = administrator(), TrackerFactory()
        item = FollowUpFactory(owner=person)

        for by, refusal in ((person, OwnRights), (UserFactory(), LastAdministrator)):
            with pytest.raises(refusal):
                owners.deactivate(person, to=to, by=by)

        item.refresh_from_db()
        assert item.owner == person
