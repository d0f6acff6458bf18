"""The list and page of follow-ups, reassigning them, and why a customer is in a queue."""

import csv
import io
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from aftersales import days
from aftersales.roles import ADMINISTRATOR, SERVICE_ADVISOR, TRACKING_SALESMAN
from aftersales.tests.factories import SupervisorFactory, UserFactory
from customers.tests.factories import CustomerFactory, PhoneFactory
from followups.models import AgendaItem, Ending, FollowUp, Kind
from followups.tests.factories import (
    AbsenceFactory,
    CallFactory,
    FollowUpFactory,
    PolicyFactory,
    TrackerFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/follow-ups/"
REASSIGN = "/follow-ups/reassign/"
TODAY = {"first_day": days.today(), "last_day": days.today()}


@pytest.fixture(autouse=True)
def policy():
    return PolicyFactory()


@pytest.fixture
def supervisor(client):
    user = SupervisorFactory()
    client.force_login(user)
    return user


def close(owed, ending=Ending.UNREACHABLE, state="done"):
    FollowUp.objects.filter(pk=owed.pk).update(
        state=state, ending=ending, closed_at=timezone.now(), closed_on=days.today()
    )
    return owed


def listed(client, **filters):
    return set(client.get(LIST, filters).context["page"].page.rows)


@pytest.mark.usefixtures("supervisor")
class TestList:
    def test_a_row_says_who_what_until_when_and_who_stands_in(self, client):
        owed = FollowUpFactory(attempts=2, order__vehicle__plate="粤A12345")
        PhoneFactory(customer=owed.customer, typed="138 0013 8000", is_primary=True)
        absence = AbsenceFactory(person=owed.owner, **TODAY)

        page = client.get(LIST).content.decode()

        shown = ["粤A12345", ">8000<", "First call", str(owed.owner), f"{absence.proxy} stands in"]
        for text in [*shown, "car left 31 Mar", "days late", "1 follow-up"]:
            assert text in page

    def test_a_customer_file_is_owed_since_the_order_was_authorized(self, client):
        FollowUpFactory(kind="customer_file")

        assert "authorized 31 Mar" in client.get(LIST).content.decode()

    def test_each_filter_narrows_the_list(self, client):
        today = days.today()
        late = FollowUpFactory()
        ahead = FollowUpFactory(fact_on=today, owner=None)
        file = FollowUpFactory(kind=Kind.CUSTOMER_FILE, fact_on=today)
        ended = close(FollowUpFactory(fact_on=today))

        assert listed(client) == {late, ahead, file, ended}
        assert listed(client, late="on") == {late}
        assert listed(client, owner=late.owner_id) == {late}
        assert listed(client, kind="calls") == {late, ahead, ended}
        assert listed(client, kind="customer_file") == {file}
        assert listed(client, state="done") == {ended}
        assert listed(client, due_until="2025-04-07") == {late}
        assert listed(client, due_from="2025-04-08", state="open") == {ahead, file}
        assert listed(client, closed_from=today, closed_until=today) == {ended}
        assert listed(client, closed_today="on") == {ended}
        assert listed(client, unassigned="on") == {ahead}
        assert listed(client, unreachable="on") == {ended}
        assert listed(client, customer=late.customer_id) == {late}

    def test_the_export_holds_the_same_rows(self, client):
        FollowUpFactory(order__number="RO-77")
        close(FollowUpFactory())

        answer = client.get("/follow-ups/export.csv", {"late": "on"})
        heading, *rows = csv.reader(
            io.StringIO(answer.getvalue().decode("utf-8-sig")), quoting=csv.QUOTE_MINIMAL
        )

        assert len(rows) == 1
        told = dict(zip(heading, rows[0], strict=True))
        assert (told["Kind"], told["Repair order"], told["Due"]) == (
            "First call",
            "RO-77",
            "2025-04-07",
        )

    @pytest.mark.parametrize("count", [1, 3])
    def test_takes_a_fixed_number_of_queries(self, client, django_assert_num_queries, count):
        for _each in range(count):
            AbsenceFactory(person=FollowUpFactory().owner, **TODAY)
        client.get(LIST)

        with django_assert_num_queries(8):
            client.get(LIST)


class TestPage:
    def test_tells_cause_window_calls_history_and_the_second_call(self, client, supervisor):
        owed = close(FollowUpFactory(attempts=3, days_tried=3, tried_on=date(2025, 4, 5)))
        call = CallFactory(customer=owed.customer, outcome="no_answer")
        AgendaItem.objects.create(call=call, follow_up=owed, attempt=3, closed=True)
        FollowUpFactory(kind=Kind.SECOND_CALL, order=None, customer=owed.customer, first_call=owed)

        page = client.get(owed.get_absolute_url()).content.decode()

        for text in [owed.order.number, "3 on 3 days", call.record_no, "Letter proposed"]:
            assert text in page
        assert "Could not be reached" in page
        assert "Second call" in page

    def test_leads_to_reassigning_only_who_may(self, client):
        owed = FollowUpFactory()
        for role, may in ((SERVICE_ADVISOR, False), (TRACKING_SALESMAN, False)):
            client.force_login(UserFactory(roles=[role]))
            assert (REASSIGN in client.get(owed.get_absolute_url()).content.decode()) is may


class TestReassign:
    def test_one_goes_over_with_one_click(self, client, supervisor):
        owed, to = FollowUpFactory(), TrackerFactory()

        answer = client.post(f"{REASSIGN}?follow_up={owed.pk}", {"to": to.pk, "count": 1})

        owed.refresh_from_db()
        assert owed.owner == to
        page = client.get(answer.url).content.decode()
        assert f"1 follow-up went over to {to}" in page

        client.post(answer.url)
        assert FollowUp.objects.get().owner != to

    def test_htmx_gets_the_way_back_in_place_of_the_row(self, client, supervisor):
        owed, to = FollowUpFactory(), TrackerFactory()

        page = client.post(
            f"{REASSIGN}?follow_up={owed.pk}",
            {"to": to.pk, "count": 1},
            headers={"HX-Request": "true"},
        ).content.decode()

        assert page.count("<li>") == 1
        assert "Give it back" in page

    def test_a_list_goes_over_after_its_number_was_confirmed(self, client, supervisor):
        to = TrackerFactory()
        late, _late = FollowUpFactory(), FollowUpFactory()
        ahead = FollowUpFactory(fact_on=days.today())

        asked = client.get(REASSIGN, {"late": "on"})
        assert asked.context["count"] == 2
        assert "2 open follow-ups go over" in asked.content.decode()
        client.post(f"{REASSIGN}?late=on", {"to": to.pk, "count": 2})

        late.refresh_from_db()
        ahead.refresh_from_db()
        assert late.owner == to
        assert ahead.owner != to

    def test_a_list_that_has_grown_is_asked_about_again(self, client, supervisor):
        to = TrackerFactory()
        FollowUpFactory.create_batch(2)

        answer = client.post(f"{REASSIGN}?late=on", {"to": to.pk, "count": 1})

        assert answer.status_code == 422
        assert 'name="count" value="2"' in answer.content.decode()
        assert not FollowUp.objects.filter(owner=to).exists()

    def test_a_filter_that_cannot_be_read_gives_nothing_away(self, client, supervisor):
        FollowUpFactory()

        assert client.get(f"{REASSIGN}?due_from=quatsch").status_code == 404

    def test_only_tracking_salesmen_can_be_chosen(self, client, supervisor):
        owed = FollowUpFactory()

        answer = client.post(f"{REASSIGN}?follow_up={owed.pk}", {"to": supervisor.pk, "count": 1})

        assert answer.status_code == 422

    def test_everything_of_a_person_goes_over(self, client, supervisor):
        owed, to = FollowUpFactory(), TrackerFactory()
        customer = CustomerFactory(tracker=owed.owner)

        answer = client.post(f"/users/{owed.owner_id}/hand-over/", {"to": to.pk})

        customer.refresh_from_db()
        assert customer.tracker == to
        assert f"went over to {to}" in client.get(answer.url).content.decode()

    def test_a_change_that_never_was_is_missing(self, client, supervisor):
        assert client.get(f"/follow-ups/handed-over/{uuid4()}/").status_code == 404


class TestDeactivate:
    @pytest.fixture(autouse=True)
    def administrator(self, client):
        client.force_login(UserFactory(roles=[ADMINISTRATOR]))

    def test_asks_who_takes_over(self, client):
        person, to = FollowUpFactory().owner, TrackerFactory()
        address = f"/users/{person.pk}/deactivate/"

        page = client.get(address).content.decode()
        assert "Takes over" in page
        assert f'<option value="{person.pk}"' not in page
        assert client.post(address).status_code == 422
        client.post(address, {"to": to.pk})

        person.refresh_from_db()
        assert not person.is_active
        assert FollowUp.objects.get().owner == to

    def test_asks_nothing_of_who_owes_nothing(self, client):
        person = UserFactory()

        assert "Takes over" not in client.get(f"/users/{person.pk}/deactivate/").content.decode()
        client.post(f"/users/{person.pk}/deactivate/")

        person.refresh_from_db()
        assert not person.is_active

    def test_warns_of_whom_the_person_stands_in_for(self, client):
        coming = days.today() + timedelta(3)
        absence = AbsenceFactory(first_day=coming, last_day=coming)
        over = AbsenceFactory(proxy=absence.proxy)

        page = client.get(f"/users/{absence.proxy_id}/deactivate/").content.decode()

        assert f"Stands in for {absence.person}" in page
        assert str(over.person) not in page


class TestWhy:
    def test_shows_each_sentence_with_its_rule(self, client, supervisor):
        owed = FollowUpFactory()

        page = client.get(f"/customers/{owed.customer_id}/why/").content.decode()

        assert "<dt>FUP-02</dt>" in page
        assert owed.get_absolute_url() in page

    def test_is_a_part_of_other_pages_too(self, client, supervisor):
        owed = FollowUpFactory()

        page = client.get(
            f"/customers/{owed.customer_id}/why/", headers={"HX-Request": "true"}
        ).content.decode()

        assert page.lstrip().startswith("<dl")

    def test_an_order_asks_for_contact_data_of_whom_nobody_reached(self, client, supervisor):
        owed = FollowUpFactory()
        address = f"/customers/{owed.customer_id}/contact-data/"

        assert "Ask for new contact data" not in client.get(address).content.decode()
        close(owed)
        assert "Ask for new contact data" in client.get(address).content.decode()
        assert address in client.get(owed.order.get_absolute_url()).content.decode()
