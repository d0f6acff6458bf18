"""The handling report of a complaint (form F14; CMP-01, CMP-02, CMP-05, CMP-08)."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from aftersales.tests.factories import SupervisorFactory
from customers.tests.factories import CustomerFactory, VehicleFactory
from followups.calling.briefing import Briefing
from followups.models import Complaint, Matter, MatterKind
from followups.tests.factories import MatterFactory, TrackerFactory
from workshop.tests.factories import RepairOrderFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 4, 6, 2, 0, tzinfo=UTC)
# What the form asks besides the version.
REPORT = {
    "level": "serious",
    "about": "repair_quality:repeated_fault",
    "department": "workshop",
    "remedy": "repair",
    "demand": "Repair it.",
    "facts": "It squeals.",
    "cause": "Cheap pads.",
    "corrective": "New pads.",
    "preventive": "Another supplier.",
}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def tracker(client):
    user = TrackerFactory(name="李娜")
    client.force_login(user)
    return user


@pytest.fixture
def boss(client):
    user = SupervisorFactory(name="周振华")
    client.force_login(user)
    return user


def text_of(response):
    return " ".join(response.content.decode().split())


def page_of(matter, part=""):
    return f"{matter.get_absolute_url()}complaint/{part}"


class TestReport:
    def test_is_filled_in_and_shown_on_the_page_and_on_form_f14(self, client, tracker):
        order = RepairOrderFactory(checked_in_at=datetime(2025, 4, 1, 2, 0, tzinfo=UTC))
        matter = MatterFactory(customer=order.customer)
        assert client.get(page_of(matter)).status_code == 200

        response = client.post(page_of(matter), REPORT | {"version": 1})

        assert response.headers["Location"] == matter.get_absolute_url()
        saved = Complaint.objects.get()
        assert (saved.category, saved.subcategory) == ("repair_quality", "repeated_fault")
        told = ["Serious", "The same fault again", "Workshop", "Repair it.", "Cheap pads."]
        page, form = client.get(matter.get_absolute_url()), client.get(page_of(matter, "form/"))
        for text in [*told, "New pads.", "Another supplier."]:
            assert text in text_of(page)
            assert text in text_of(form)
        for text in ["F14", matter.record_no, order.number, order.vehicle.plate]:
            assert text in text_of(form)

    def test_can_be_filled_in_after_it_is_closed(self, client, tracker):
        matter = MatterFactory(state="closed", closed_on=date(2025, 4, 5), closed_by=tracker)

        client.post(page_of(matter), REPORT | {"version": 1})

        assert Complaint.objects.get().preventive == "Another supplier."

    def test_takes_a_category_in_general(self, client, tracker):
        matter = MatterFactory(report__category="price", report__subcategory="opaque")
        form = client.get(page_of(matter)).context["form"]
        assert form["about"].value() == "price:opaque"

        client.post(page_of(matter), REPORT | {"version": 1, "about": "wash"})

        saved = Complaint.objects.get()
        assert (saved.category, saved.subcategory) == ("wash", "")

    def test_of_who_comes_second_is_shown_beside_the_first(self, client, tracker):
        matter = MatterFactory()
        Complaint.objects.update(facts="The disc is worn.", category="price")

        response = client.post(page_of(matter), REPORT | {"version": 1})

        page = text_of(response)
        assert response.status_code == 409
        for text in ["The disc is worn.", "It squeals.", "Somebody else chose another one"]:
            assert text in page
        again = REPORT | {"version": response.context["form"]["version"].value()}
        assert client.post(page_of(matter), again).status_code == 302

    def test_belongs_to_complaints_alone(self, client, boss):
        request = MatterFactory(kind=MatterKind.REQUEST)

        for part in ("", "form/", "extend/", "link/"):
            assert client.get(page_of(request, part)).status_code == 404


class TestExtension:
    def test_is_the_supervisors_with_a_reason(self, client, boss):
        matter = MatterFactory()
        body = {"version": 1, "close_by": "2025-04-10", "extended_because": "The part comes."}

        client.post(page_of(matter, "extend/"), body)

        saved = Complaint.objects.get()
        assert (saved.close_by, saved.extended_by) == (date(2025, 4, 10), boss)
        page = text_of(client.get(matter.get_absolute_url()))
        assert "extended by 周振华: The part comes." in page

    @pytest.mark.parametrize(
        ("changed", "field"),
        [({"close_by": "2025-04-06"}, "close_by"), ({"extended_because": " "}, "extended_because")],
    )
    def test_without_reason_or_later_day_is_none(self, client, boss, changed, field):
        matter = MatterFactory()
        body = {"version": 1, "close_by": "2025-04-10", "extended_because": "The part comes."}

        response = client.post(page_of(matter, "extend/"), body | changed)

        assert response.status_code == 422
        assert field in response.context["form"].errors

    def test_of_a_closed_complaint_is_refused(self, client, boss):
        matter = MatterFactory(state="closed", closed_on=date(2025, 4, 5), closed_by=boss)
        body = {"version": 1, "close_by": "2025-04-10", "extended_because": "The part comes."}

        response = client.post(page_of(matter, "extend/"), body)

        assert "This matter is closed already." in text_of(response)

    def test_is_not_for_others(self, client, tracker):
        matter = MatterFactory()

        assert client.get(page_of(matter, "extend/")).status_code == 403
        assert "extend/" not in text_of(client.get(matter.get_absolute_url()))


class TestRepetition:
    """Repeated complaints are linked, and proposed by themselves."""

    def proposed(self, client, matter):
        context = client.get(matter.get_absolute_url()).context
        return [complaint.matter for complaint in context["suggested"]]

    @pytest.mark.parametrize(
        ("heard_on", "category", "is_proposed"),
        [
            (date(2024, 4, 3), "price", True),
            (date(2024, 4, 2), "price", False),
            (date(2025, 4, 1), "wash", False),
        ],
        ids=["within a year", "longer ago", "about something else"],
    )
    def test_of_the_customer_is_proposed(self, client, tracker, heard_on, category, is_proposed):
        earlier = MatterFactory(heard_on=heard_on, report__category=category)
        later = MatterFactory(customer=earlier.customer, report__category="price")

        assert self.proposed(client, later) == [earlier] * is_proposed

    def test_about_the_car_is_proposed_whoever_complains(self, client, tracker):
        car = VehicleFactory()
        earlier = MatterFactory(vehicle=car)
        later = MatterFactory(vehicle=car)
        MatterFactory(customer=CustomerFactory())

        assert self.proposed(client, later) == [earlier]

    def test_is_linked_and_shown_on_both(self, client, tracker):
        earlier = MatterFactory()
        later = MatterFactory(customer=earlier.customer)
        body = {"version": 1, "repeats": earlier.complaint.pk}
        assert client.get(page_of(later, "link/")).status_code == 200

        client.post(page_of(later, "link/"), body)

        assert later.record_no in text_of(client.get(earlier.get_absolute_url()))
        assert earlier.record_no in text_of(client.get(later.get_absolute_url()))
        assert self.proposed(client, later) == []

    def test_of_a_stranger_cannot_be_linked(self, client, tracker):
        stranger, matter = MatterFactory(), MatterFactory()

        response = client.post(
            page_of(matter, "link/"), {"version": 1, "repeats": stranger.complaint.pk}
        )

        assert response.status_code == 422

    def test_whoever_changed_it_meanwhile_is_seen_first(self, client, tracker):
        earlier = MatterFactory()
        later = MatterFactory(customer=earlier.customer)
        Complaint.objects.filter(matter=later).update(facts="It squeals.")
        body = {"version": 1, "repeats": earlier.complaint.pk}

        response = client.post(page_of(later, "link/"), body)

        assert response.status_code == 409
        again = body | {"version": response.context["form"]["version"].value()}
        assert client.post(page_of(later, "link/"), again).status_code == 302


class TestFreezing:
    """Who looks at the customer sees that nothing may be sold to him now (CMP-01)."""

    def test_is_said_on_the_customers_page_until_the_complaint_is_closed(self, client, tracker):
        matter = MatterFactory()
        address = matter.customer.get_absolute_url()
        said = "no campaign, reminder or insurance contact"

        page = text_of(client.get(address))
        assert said in page
        assert matter.get_absolute_url() in page
        assert f"/matters/new/?customer={matter.customer_id}" in page

        closing = {"state": "closed", "closed_on": date(2025, 4, 5), "closed_by": tracker}
        Matter.objects.filter(pk=matter.pk).update(**closing)
        assert said not in text_of(client.get(address))

    def test_is_said_before_one_calls_however_much_else_is_open(self, tracker):
        customer = CustomerFactory()
        MatterFactory.create_batch(
            6, customer=customer, kind=MatterKind.REQUEST, report_by=date(2025, 4, 1)
        )
        briefing = Briefing(customer, agenda=[], user=tracker)
        assert not briefing.is_frozen

        complaint = MatterFactory(customer=customer)

        briefing = Briefing(customer, agenda=[], user=tracker)
        assert briefing.is_frozen
        assert briefing.matters[0] == complaint
