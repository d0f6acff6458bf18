"""The customer's page and form F1 (FIL-03, FIL-06, R-40)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse

from aftersales.history import changes_by
from aftersales.roles import FOREMAN, REST_CLIENT, SERVICE_ADVISOR
from aftersales.tests.factories import UserFactory
from customers.models import (
    Channel,
    ContactPurpose,
    Customer,
    Relation,
    VehicleCategory,
    VehicleRelation,
)
from customers.models.whole_file import MOST_VEHICLES
from customers.services import files
from customers.services.merges import merge
from customers.tests.factories import (
    ConsultationFactory,
    CustomerFactory,
    OwnershipFactory,
    PhoneFactory,
    VehicleFactory,
)
from reports.views.customer_file import VEHICLES_SHOWN
from workshop.tests.factories import RepairOrderFactory

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def advisor(client):
    user = UserFactory(name="李娜", roles=[SERVICE_ADVISOR])
    client.force_login(user)
    return user


def page_of(client, customer, name="customer", **query):
    response = client.get(reverse(f"reports:{name}", args=[customer.pk]), query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def customer_with(rows, advisor):
    """A customer with so many numbers, vehicles, orders, consultations and changes."""
    with changes_by(advisor):
        customer = CustomerFactory(tracker=advisor, created_by=advisor)
        for row in range(rows):
            PhoneFactory(customer=customer)
            ownership = OwnershipFactory(customer=customer)
            RepairOrderFactory(customer=customer, vehicle=ownership.vehicle, advisor=advisor)
            ConsultationFactory(customer=customer, held_by=advisor)
            files.verify_contact(customer.pk, by=advisor, today=NOON.date() + timedelta(row))
    for channel in Channel.values[:rows]:
        files.refuse_contact(
            customer.pk,
            by=advisor,
            today=date(2026, 3, 2),
            purpose=ContactPurpose.PROMOTION,
            channel=channel,
            reason="Wish",
        )
    return customer


@pytest.mark.django_db
class TestPage:
    def test_shows_the_file_in_groups(self, client, advisor):
        customer = CustomerFactory(
            name="王小明", district="天河区", bag_location="F-06", tracker=advisor
        )
        PhoneFactory(customer=customer, typed="138 0013 8000")
        vehicle = VehicleFactory(
            plate="粤A12345", maintenance_months=6, maintenance_km=7500, mileage=40000
        )
        OwnershipFactory(customer=customer, vehicle=vehicle)
        OwnershipFactory(customer=customer, vehicle=vehicle, relation=Relation.PAYER)

        page = page_of(client, customer)

        assert "<h1>王小明</h1>" in page
        assert '<a class="number" href="tel:+8613800138000">138 0013 8000</a>' in page
        for words in ("天河区", "F-06", "李娜", "6 months · 7,500 km", "40,000 km"):
            assert words in page
        assert page.count("粤A12345</") == 2  # beside the name, and once among the vehicles
        assert '<span class="badge">Owner</span>' in page
        assert '<span class="badge">Pays</span>' in page

    def test_says_what_is_missing_and_leads_to_it(self, client, advisor):
        page = page_of(client, CustomerFactory(address="天河路1号"))

        assert "The file is not complete." in page
        assert '<a href="#need-phone">phone number that works</a>' in page
        assert '<a href="#vehicles">vehicle</a>' in page
        assert 'href="#need-address"' not in page
        assert 'id="need-next_topic"' in page

    def test_says_so_when_nothing_is_missing(self, client, advisor):
        customer = CustomerFactory(
            address="A",
            wished_services="B",
            next_topic="repair",
            next_talking_points="C",
            next_contact_on=date(2026, 3, 2),
        )
        PhoneFactory(customer=customer)
        vehicle = VehicleFactory(
            category=VehicleCategory.SUV, maintenance_km=5000, next_maintenance_km=45000
        )
        OwnershipFactory(customer=customer, vehicle=vehicle)

        page = page_of(client, customer)

        assert "File complete" in page
        assert "Missing" not in page

    def test_marks_numbers_that_do_not_work(self, client, advisor):
        customer = CustomerFactory()
        PhoneFactory(customer=customer, typed="12800138000")
        PhoneFactory(customer=customer, is_bad=True)

        page = page_of(client, customer)

        assert "not a valid number" in page
        assert "does not work" in page
        assert "tel:12800138000" not in page

    def test_shows_in_plain_sight_who_must_not_be_contacted(self, client, advisor):
        customer = CustomerFactory()
        refusal = files.refuse_contact(
            customer.pk,
            by=advisor,
            today=date(2026, 3, 2),
            purpose=ContactPurpose.ALL,
            channel=Channel.SMS,
            reason="Wish",
        )

        assert "Do not contact:</strong> Everything (Text message)" in page_of(client, customer)

        files.lift_refusal(refusal.pk, by=advisor, today=date(2026, 3, 3), reason="Wish")
        assert "Do not contact:" not in page_of(client, customer)

    def test_keeps_former_vehicles_apart(self, client, advisor):
        former = OwnershipFactory(during=DateRange(date(2024, 1, 1), date(2025, 1, 1)))

        page = page_of(client, former.customer)

        assert "No vehicle yet" in page
        assert "Owner, 2024-01-01 – 2025-01-01" in page

    def test_of_a_fleet_shows_the_newest_vehicles_and_leads_to_the_others(self, client, advisor):
        fleet = CustomerFactory(is_fleet=True)
        OwnershipFactory(
            customer=fleet,
            vehicle=VehicleFactory(plate="粤Z00001"),
            during=DateRange(date(2020, 1, 1), None),
        )
        OwnershipFactory.create_batch(VEHICLES_SHOWN, customer=fleet)
        others = f'href="{reverse("customers:vehicles")}?customer={fleet.pk}"'

        page = page_of(client, fleet)

        assert page.count("<article>") == VEHICLES_SHOWN
        assert "粤Z00001" not in page[: page.index('id="timeline"')]
        assert others in page

        VehicleRelation.objects.filter(vehicle__plate="粤Z00001").delete()
        assert others not in page_of(client, fleet)

    def test_of_a_merged_file_leads_to_the_survivor(self, client, advisor):
        survivor, merged = CustomerFactory(name="王小明"), CustomerFactory(file_no="K-000002")
        merge(survivor.pk, merged.pk, choices=[], by=advisor, now=NOON)

        response = client.get(merged.get_absolute_url(), follow=True)

        assert response.redirect_chain == [(survivor.get_absolute_url(), 302)]
        assert "File K-000002 was merged into this one." in response.content.decode()

    def test_is_read_only_for_who_may_only_read(self, client):
        client.force_login(UserFactory(roles=[FOREMAN]))
        customer = CustomerFactory()
        assert client.get(customer.get_absolute_url()).status_code == 403

        client.force_login(UserFactory(roles=[REST_CLIENT]))
        assert client.get(customer.get_absolute_url()).status_code == 404

    def test_takes_a_fixed_number_of_queries(self, client, advisor, django_assert_num_queries):
        few, many = customer_with(1, advisor), customer_with(3, advisor)
        page_of(client, few)
        for customer in (few, many):
            with django_assert_num_queries(35):
                page_of(client, customer)


@pytest.mark.django_db
class TestTimelinePage:
    def test_goes_on_with_older_entries_and_one_kind(self, client, advisor):
        customer = CustomerFactory()
        for hours in range(25):
            RepairOrderFactory(
                customer=customer, number=f"RO-{hours}", checked_in_at=NOON + timedelta(hours=hours)
            )
        ConsultationFactory(customer=customer, held_by=advisor, ended_at=NOON)

        page = page_of(client, customer, "customer-timeline", kind="order")
        older = page.split('hx-get="')[-1].split('"')[0].replace("&amp;", "&")
        rest = client.get(older, headers=HTMX).content.decode()

        assert "RO-24<" in page
        assert "RO-5<" in page
        assert "RO-4<" not in page
        assert [f"RO-{n}<" in rest for n in (5, 4, 0)] == [False, True, True]
        assert "Consultation:" not in rest
        assert rest.lstrip().startswith("<li>")

    def test_answers_nonsense_with_the_beginning(self, client, advisor):
        order = RepairOrderFactory(number="RO-1")

        page = page_of(client, order.customer, "customer-timeline", kind="x", before="y")

        assert "RO-1" in page


@pytest.mark.django_db
class TestHistoryPage:
    def test_shows_who_when_what_before_and_after(self, client, advisor, time_machine):
        customer = CustomerFactory(district="天河区")
        files.update_file(customer.pk, by=advisor, version=1, changes={"district": "海珠区"})
        phone = PhoneFactory(customer=customer, typed="13800138000")
        files.change_phone(
            phone.pk, by=advisor, version=1, typed="13800138001", kind="home", is_bad=True
        )
        files.remove_phone(phone.pk, by=advisor)

        page = page_of(client, customer, "customer-history")

        assert "<td><del>天河区</del></td> <td><ins>海珠区</ins></td>" in page
        assert "<h3>Phone number 13800138001 changed</h3>" in page
        assert "<td><del>13800138000</del></td> <td><ins>13800138001</ins></td>" in page
        assert '<th scope="row">Does not work</th>' in page
        assert "<h3>Phone number 13800138001 removed</h3>" in page
        assert "李娜</span>" in page
        assert 'scope="row">Version' not in page
        assert 'scope="row">Tail' not in page

    def test_shows_what_was_done_with_sql(self, client, advisor):
        relation = OwnershipFactory(vehicle=VehicleFactory(plate="粤A12345"))
        with connection.cursor() as cursor:
            cursor.execute("UPDATE customers_customer SET title = 'Dr.'")
            cursor.execute("DELETE FROM customers_vehiclerelation")

        page = page_of(client, relation.customer, "customer-history")

        assert "directly in the database" in page
        assert "<td><ins>Dr.</ins></td>" in page
        assert "<h3>Vehicle 粤A12345 (Owner) removed</h3>" in page
        assert "<del>since 2025-03-31</del>" in page

    def test_of_a_merged_file_stays_where_it_was(self, client, advisor):
        survivor, merged = CustomerFactory(name="王小明"), CustomerFactory(name="小明")
        PhoneFactory(customer=merged, typed="13800138000")
        merge(survivor.pk, merged.pk, choices=[], by=advisor, now=NOON)

        old = page_of(client, merged, "customer-history")
        new = page_of(client, survivor, "customer-history")

        assert f'<a href="/customers/{survivor.pk}/">王小明</a>' in old
        assert "13800138000" in old
        assert "<h3>Phone number 13800138000 changed</h3>" in new
        assert "<td><del>小明</del></td> <td><ins>王小明</ins></td>" in new

    def test_goes_on_page_by_page(self, client, advisor):
        customer = CustomerFactory()
        for number in range(60):
            Customer.objects.filter(pk=customer.pk).update(title=f"T{number}.")

        newest = page_of(client, customer, "customer-history")
        [address] = [part.split('"')[0] for part in newest.split('rel="next" href="')[1:]]
        rest = client.get(f"/customers/{customer.pk}/history/{address}").content.decode()

        assert "<ins>T59.</ins>" in newest
        assert "<ins>T5.</ins>" not in newest
        assert "<del>T4.</del>" in rest
        assert "File opened" in rest

    def test_takes_a_fixed_number_of_queries(self, client, advisor, django_assert_num_queries):
        few, many = customer_with(1, advisor), customer_with(3, advisor)
        page_of(client, few, "customer-history")
        for customer in (few, many):
            with django_assert_num_queries(16):
                page_of(client, customer, "customer-history")


@pytest.mark.django_db
class TestFormF1:
    def test_has_all_boxes_of_the_paper_form_in_their_places(self, client, advisor, settings):
        settings.SHOP = {**settings.SHOP, "name": "远航汽车", "phone": "020-12345678"}
        customer = CustomerFactory(name="王小明", kind="company", created_by=advisor)
        PhoneFactory(customer=customer, typed="13800138000")
        PhoneFactory(customer=customer, typed="020-87654321", kind="work")
        vehicle = VehicleFactory(
            plate="粤A12345",
            maintenance_months=6,
            insurer="PICC",
            policy_ends_on=date(2026, 5, 1),
        )
        OwnershipFactory(customer=customer, vehicle=vehicle)
        RepairOrderFactory(
            customer=customer, vehicle=vehicle, number="RO-9", service_items="Oil and filter",
            mileage_in=40000,
        )  # fmt: skip

        page = page_of(client, customer, "customer-form")

        boxes = [
            *(int(part.split(" ")[0]) for part in page.split('<th scope="row">')[1:]),
            int(page.split("<caption>")[1].split(" ")[0]),
        ]
        assert sorted(boxes) == list(range(1, 39))
        for box in (
            "4 Customer type</th><td>Company",
            "11 Mobile</th><td>13800138000",
            "12 Other phone</th><td>020-87654321",
            "15 Date of repair or visit</th><td>2025-03-31",
            "17 Plate no.</th><td>粤A12345",
            '24 Service items</th><td colspan="3">Oil and filter',
            "29 Insurer, policy end</th><td>PICC 2026-05-01",
            "35 Customer class</th><td></td>",
            "36 Customer manager</th><td></td>",
        ):
            assert box in page
        assert "远航汽车" in page
        assert "<td>RO-9</td>" in page

    def test_names_a_consultation_when_that_was_the_last_visit(self, client, advisor):
        consultation = ConsultationFactory(held_by=advisor, ended_at=NOON)
        RepairOrderFactory(customer=consultation.customer)

        page = page_of(client, consultation.customer, "customer-form")

        assert "consultation</th><td>Consultation" in page
        assert "15 Date of repair or visit</th><td>2026-03-02" in page

    def test_names_the_newest_vehicles_of_a_fleet(self, client, advisor):
        fleet = CustomerFactory(is_fleet=True)
        oldest = DateRange(date(2020, 1, 1), None)
        OwnershipFactory(customer=fleet, vehicle=VehicleFactory(plate="粤Z00001"), during=oldest)
        OwnershipFactory.create_batch(MOST_VEHICLES, customer=fleet)

        assert "粤Z00001" not in page_of(client, fleet, "customer-form")

    def test_of_an_empty_file_is_an_empty_form(self, client, advisor):
        page = page_of(client, CustomerFactory(), "customer-form")

        assert "17 Plate no.</th><td></td>" in page
        assert "25 Maintenance interval</th> <td> </td>" in page

    def test_takes_a_fixed_number_of_queries(self, client, advisor, django_assert_num_queries):
        few, many = customer_with(1, advisor), customer_with(3, advisor)
        page_of(client, few, "customer-form")
        for customer in (few, many):
            with django_assert_num_queries(8):
                page_of(client, customer, "customer-form")
