"""What a customer declined (SET-02): noted with a day to ask again, settled once."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from aftersales.roles import REST_CLIENT, SERVICE_ADVISOR, TECHNICIAN
from aftersales.tests.api import Client, errors_of
from aftersales.tests.factories import UserFactory
from followups.tests.sweeping import at
from workshop.models import DeclinedWork, RepairOrder
from workshop.services import declined_work as work
from workshop.services.orders import MoveNotAllowed
from workshop.tests.factories import DeclinedWorkFactory, RepairOrderFactory

pytestmark = pytest.mark.django_db
TODAY = date(2025, 3, 31)
NOON = at("2025-03-31 12:00")


@pytest.fixture
def advisor():
    return UserFactory(roles=[SERVICE_ADVISOR])


def note(order, advisor, **said):
    fields = {"work": "Brake pads", "is_safety": True, "remind_on": date(2025, 6, 30)} | said
    return work.note_declined_work(order.pk, by=advisor, today=TODAY, **fields)


class TestNoting:
    def test_says_what_since_when_and_when_to_ask_again(self, advisor):
        order = RepairOrderFactory()

        declined = note(order, advisor, work="  Brake pads ")

        row = DeclinedWork.objects.values().get(pk=declined.pk)
        del row["created_at"]
        assert row == {
            "id": declined.pk, "order_id": order.pk, "work": "Brake pads", "is_safety": True,
            "declined_on": TODAY, "remind_on": date(2025, 6, 30), "done_at": None,
            "entered_by_id": advisor.pk, "version": 1,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("said", "field"),
        [({"work": "  "}, "work"), ({"remind_on": TODAY - timedelta(1)}, "remind_on")],
    )
    def test_refuses_what_cannot_be(self, advisor, said, field):
        with pytest.raises(ValidationError) as refused:
            note(RepairOrderFactory(), advisor, **said)

        assert list(refused.value.message_dict) == [field]

    def test_at_a_cancelled_order_is_refused(self, advisor):
        order = RepairOrderFactory(state="cancelled", cancelled_at=NOON, cancel_reason="wrong car")

        with pytest.raises(MoveNotAllowed):
            note(order, advisor)

    def test_at_an_order_that_one_may_not_see_is_refused(self):
        order = RepairOrderFactory(released=True)

        with pytest.raises(RepairOrder.DoesNotExist):
            note(order, UserFactory(roles=[TECHNICIAN]))


class TestSettling:
    def test_notes_when(self, advisor):
        declined = DeclinedWorkFactory()

        work.settle_declined_work(declined.pk, by=advisor, now=NOON)

        assert DeclinedWork.objects.get().done_at == NOON

    def test_twice_is_refused(self, advisor):
        declined = DeclinedWorkFactory(done_at=NOON)

        with pytest.raises(work.SettledAlready, match="“Brake pads” is settled already"):
            work.settle_declined_work(declined.pk, by=advisor, now=NOON)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"work": ""}, "workshop_declined_work_says_what"),
        ({"remind_on": date(2025, 3, 30)}, "workshop_declined_before_asked_again"),
    ],
)
def test_the_database_refuses_what_cannot_be(fields, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        DeclinedWorkFactory(**fields)


def test_what_matters_for_safety_comes_first():
    later = DeclinedWorkFactory(remind_on=date(2025, 4, 10))
    safety = DeclinedWorkFactory(remind_on=date(2025, 5, 10), is_safety=True)
    DeclinedWorkFactory(done_at=NOON)

    assert list(DeclinedWork.objects.unsettled()) == [safety, later]


class TestPages:
    @pytest.fixture(autouse=True)
    def at_noon(self, client, advisor):
        with time_machine.travel(NOON, tick=False):
            client.force_login(advisor)
            yield

    def test_work_is_noted_from_the_order_and_shown_there(self, client):
        order = RepairOrderFactory()
        address = reverse("workshop:note-declined-work", args=[order.pk])
        form = client.get(address).context["form"]
        assert form.initial["remind_on"] == date(2025, 6, 29)
        said = {
            "work": "Brake pads", "is_safety": "on", "remind_on": "2025-06-30",
            "operation": form["operation"].value(),
        }  # fmt: skip

        for _again in range(2):
            page = client.post(address, said, follow=True).content.decode()

        assert DeclinedWork.objects.count() == 1
        for words in ("Brake pads", "Safety", "ask again on 2025-06-30"):
            assert words in page

    def test_a_past_day_is_refused_beside_its_field(self, client):
        order = RepairOrderFactory()
        address = reverse("workshop:note-declined-work", args=[order.pk])
        operation = client.get(address).context["form"]["operation"].value()
        said = {"work": "Pads", "remind_on": "2025-03-30", "operation": operation}

        page = client.post(address, said)

        assert page.status_code == 422
        assert page.context["form"].errors == {"remind_on": ["This day is over already."]}

    def test_settled_work_says_since_when(self, client):
        declined = DeclinedWorkFactory()

        page = client.post(
            reverse("workshop:settle-declined-work", args=[declined.pk]), follow=True
        ).content.decode()

        assert "settled on 2025-03-31" in page

    @pytest.mark.parametrize("rows", [1, 3])
    def test_an_order_shows_all_of_it_with_the_same_questions(
        self, client, rows, django_assert_num_queries
    ):
        order = RepairOrderFactory()
        DeclinedWorkFactory.create_batch(rows, order=order)

        with django_assert_num_queries(8):
            client.get(order.get_absolute_url())


class TestApi:
    URL = "/api/v1/declined-work/"

    @pytest.fixture
    def api(self):
        return Client(UserFactory(roles=[SERVICE_ADVISOR, REST_CLIENT]))

    def test_notes_lists_and_settles(self, api):
        order = RepairOrderFactory()

        made = api.post(
            self.URL, {"order": order.pk, "work": "Brake pads", "remind_on": "2099-06-30"}
        )
        listed = api.get(f"{self.URL}?order={order.pk}&settled=false").json()
        settled = api.post(f"{self.URL}{made.json()['id']}/settle/")

        assert made.status_code == 201
        assert [row["work"] for row in listed["results"]] == ["Brake pads"]
        assert settled.json()["done_at"] is not None
        assert api.get(f"{self.URL}?settled=false").json()["results"] == []

    def test_names_the_wrong_field(self, api):
        said = {"order": RepairOrderFactory().pk, "work": "Pads", "remind_on": "2020-01-01"}

        assert errors_of(api.post(self.URL, said)) == {"remind_on": ["invalid"]}
