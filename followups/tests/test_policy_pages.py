"""The policy: tried out, changed, remembered; the holidays."""

from datetime import date, time, timedelta

import pytest

from aftersales import days
from aftersales.roles import TRACKING_SALESMAN
from aftersales.tests.factories import SupervisorFactory, UserFactory
from followups.forms.policy import PolicyForm
from followups.models import Holiday, Policy
from followups.tests.factories import FollowUpFactory, PolicyFactory

pytestmark = pytest.mark.django_db
POLICY = "/policy/"
PREVIEW = "/policy/preview/"


@pytest.fixture(autouse=True)
def policy():
    return PolicyFactory(legal_until=time(21), shop_closes=time(18))


@pytest.fixture
def supervisor(client):
    user = SupervisorFactory()
    client.force_login(user)
    return user


def said(**changes):
    """Return what the page would send with these fields typed over."""
    form = PolicyForm(instance=Policy.objects.current())
    sent = {bound.name: bound.value() for bound in form}
    sent = {name: value for name, value in sent.items() if value not in (None, False)}
    for name in ("legal_from", "legal_until", "shop_opens", "shop_closes"):
        sent[name] = f"{sent[name]:%H:%M}"
    return {**sent, **changes}


@pytest.mark.usefixtures("supervisor")
class TestPolicy:
    def test_shows_what_a_change_would_move_and_changes_nothing(self, client):
        waiting = FollowUpFactory(fact_on=days.today())
        FollowUpFactory(fact_on=days.today() - timedelta(4))

        answer = client.post(PREVIEW, said(first_call_due_days=9))

        assert answer.context["effects"][1] == ("First call", 1, 1)
        assert "Save" in answer.content.decode()
        waiting.refresh_from_db()
        assert waiting.due_on == days.today() + timedelta(7)
        assert Policy.objects.get().first_call_due_days == 7

    def test_moves_windows_that_have_not_opened_and_remembers_who_did_it(self, client, supervisor):
        waiting = FollowUpFactory(fact_on=days.today())

        client.post(POLICY, said(first_call_due_days=9))

        waiting.refresh_from_db()
        assert waiting.due_on == days.today() + timedelta(9)
        page = client.get(POLICY).content.decode()
        assert "<del>7</del>" in page
        assert "<ins>9</ins>" in page
        assert str(supervisor) in page

    def test_changes_only_what_was_typed_over(self, client):
        before = Policy.objects.get()

        client.post(POLICY, said(calls_per_day=40))

        after = Policy.objects.get()
        assert after.calls_per_day == 40
        assert after.legal_until == before.legal_until

    @pytest.mark.parametrize("address", [POLICY, PREVIEW])
    def test_says_at_the_field_what_contradicts_itself(self, client, address):
        answer = client.post(address, said(first_call_opens_days=8))

        assert answer.status_code == 422
        assert answer.context["form"].errors["first_call_due_days"] == [
            "The window ends before it opens, or before its best day."
        ]

    @pytest.mark.parametrize("address", [POLICY, PREVIEW])
    def test_shows_both_when_two_change_it_at_once(self, client, address):
        sent = said(most_attempts=5)
        Policy.objects.update(most_attempts=4)

        answer = client.post(address, sent)

        assert answer.status_code == 409
        [difference] = answer.context["differences"]
        assert (difference.in_file, difference.typed) == ("4", "5")
        assert Policy.objects.get().most_attempts == 4

    def test_is_for_supervisors(self, client):
        client.force_login(UserFactory(roles=[TRACKING_SALESMAN]))

        assert client.get(POLICY).status_code == 403

    def test_takes_a_fixed_number_of_queries(self, client, django_assert_num_queries):
        for attempts in (5, 4):
            client.post(POLICY, said(most_attempts=attempts))
            day = days.today() + timedelta(attempts)
            client.post("/policy/holidays/add/", {"day": day, "name": "元旦"})
            client.get(POLICY)

            with django_assert_num_queries(10):
                client.get(POLICY)


@pytest.mark.usefixtures("supervisor")
class TestHolidays:
    def test_are_added_and_removed(self, client):
        Policy.objects.update(roll_over_holidays=True)
        owed = FollowUpFactory(fact_on=days.today())
        day = owed.due_on

        client.post("/policy/holidays/add/", {"day": day, "name": "元旦"})
        owed.refresh_from_db()
        assert owed.due_on == day + timedelta(1)
        assert "元旦" in client.get(POLICY).content.decode()

        client.post(f"/policy/holidays/{Holiday.objects.get().pk}/remove/")
        owed.refresh_from_db()
        assert owed.due_on == day

    def test_are_refused_twice_at_the_form(self, client):
        Holiday.objects.create(day=date(2026, 1, 1), name="元旦")

        answer = client.post("/policy/holidays/add/", {"day": "2026-01-01", "name": "New Year"})

        assert answer.status_code == 422
        assert answer.context["holiday_form"].errors["day"]
        assert Holiday.objects.count() == 1
