from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aftersales.keyset import Order
from aftersales.models import ListView
from aftersales.roles import FOREMAN, REST_CLIENT, SERVICE_ADVISOR
from aftersales.tests.factories import SupervisorFactory, UserFactory
from customers.models import (
    Channel,
    ContactPurpose,
    ContactRefusal,
    Customer,
    CustomerKind,
    Relation,
    Vehicle,
)
from customers.tests.factories import (
    CustomerFactory,
    OwnershipFactory,
    PhoneFactory,
    VehicleFactory,
)
from customers.views.lists import CUSTOMERS, VEHICLES

pytestmark = pytest.mark.django_db
DAY = date(2025, 3, 31)


@pytest.fixture
def advisor(client):
    user = UserFactory(roles=[SERVICE_ADVISOR])
    client.force_login(user)
    return user


def listed(response):
    return [str(row) for row in response.context["page"].page.rows]


@pytest.mark.usefixtures("advisor")
class TestCustomers:
    url = "/customers/"

    def test_a_row_shows_name_plate_and_phone_tail(self, client):
        customer = CustomerFactory(name="王小明", district="天河区")
        OwnershipFactory(customer=customer, vehicle__plate="粤A12345")
        PhoneFactory(customer=customer, typed="138 0013 8000", is_primary=True)

        page = client.get(self.url).content.decode()

        for text in ["王小明", "粤A12345", ">8000<", "天河区", "1 customer"]:
            assert text in page

    def test_they_are_sorted_by_pinyin_and_by_columns(self, client):
        for name, days in [("张伟", 0), ("李娜", 2), ("Anna", 1)]:
            CustomerFactory(name=name, opened_on=DAY + timedelta(days))

        assert listed(client.get(self.url)) == ["Anna", "李娜", "张伟"]
        assert listed(client.get(self.url, {"order": "-name"})) == ["张伟", "李娜", "Anna"]
        assert listed(client.get(self.url, {"order": "-opened"})) == ["李娜", "Anna", "张伟"]

    def test_the_heading_shows_the_order_and_turns_it_around(self, client):
        CustomerFactory()

        page = client.get(self.url).content.decode()

        assert page.count("aria-sort") == 1
        assert '<th scope="col" aria-sort="ascending">' in page
        assert 'href="?order=-name"' in page

    def test_merged_files_are_not_listed(self, client):
        CustomerFactory(name="Merged", merged_into=CustomerFactory(name="Survivor"))

        assert listed(client.get(self.url)) == ["Survivor"]

    @pytest.mark.parametrize(
        ("filters", "found"),
        [
            ({"kind": "company"}, ["Company"]),
            ({"district": "天河区"}, ["Tianhe"]),
            ({"fleet": "on"}, ["Fleet"]),
            ({"opened_from": "2025-04-02"}, ["Late"]),
            ({"opened_until": "2025-03-01"}, ["Early"]),
            ({"next_contact_from": "2025-05-01", "next_contact_until": "2025-05-01"}, ["Planned"]),
            ({"do_not_contact": "on"}, ["Silent"]),
            ({"kind": "company", "district": "天河区"}, []),
            ({"kind": ""}, ["Company", "Early", "Fleet", "Late", "Planned", "Silent", "Tianhe"]),
        ],
    )
    def test_each_filter_narrows_the_list(self, client, filters, found):
        CustomerFactory(name="Company", kind=CustomerKind.COMPANY)
        CustomerFactory(name="Tianhe", district="天河区")
        CustomerFactory(name="Fleet", is_fleet=True)
        CustomerFactory(name="Late", opened_on=date(2025, 4, 2))
        CustomerFactory(name="Early", opened_on=date(2025, 3, 1))
        CustomerFactory(name="Planned", next_contact_on=date(2025, 5, 1))
        refusal = {
            "customer": CustomerFactory(name="Silent"),
            "reason": "Asked us",
            "refused_on": DAY,
            "recorded_by": UserFactory(),
        }
        ContactRefusal.objects.create(purpose=ContactPurpose.ALL, channel=Channel.PHONE, **refusal)
        ContactRefusal.objects.create(
            **refusal | {"customer": CustomerFactory.create(name="Tianhe 2", is_fleet=False)},
            purpose=ContactPurpose.ALL,
            channel=Channel.PHONE,
            lifted_on=DAY,
            lifted_by=refusal["recorded_by"],
            lift_reason="Changed his mind",
        )

        rows = listed(client.get(self.url, filters))

        assert [name for name in rows if name != "Tianhe 2"] == found

    def test_a_tag_narrows_the_list_and_can_be_shown(self, client):
        CustomerFactory(name="Member", tags=["车友会", "VIP"])
        CustomerFactory(name="Other", tags=["车友会会长"])

        response = client.get(self.url, {"tag": "车友会", "columns": ["tags"]})

        assert listed(response) == ["Member"]
        assert "车友会, VIP" in response.content.decode()

    def test_the_tracker_and_the_completeness_narrow_the_list(self, client):
        tracker = SupervisorFactory()
        CustomerFactory(name="Tracked", tracker=tracker)
        CustomerFactory(name="Other")

        assert listed(client.get(self.url, {"tracker": tracker.pk})) == ["Tracked"]
        assert listed(client.get(self.url, {"incomplete": "on"})) == ["Other", "Tracked"]

    def test_filters_in_force_are_shown_with_a_way_out(self, client):
        CustomerFactory(district="天河区")

        page = client.get(
            self.url, {"district": "天河区", "fleet": "on", "order": "-opened", "kind": ""}
        ).context["page"]

        assert [(chip.label, chip.value) for chip in page.chips] == [
            ("District", "天河区"),
            ("Fleet customer", ""),
        ]
        assert page.chips[0].address == "?fleet=on&order=-opened"
        assert page.address_of_all == "?order=-opened"

    def test_values_that_cannot_be_read_are_named_and_kept(self, client):
        CustomerFactory(name="Anna", district="天河区")
        CustomerFactory(name="Bert")

        response = client.get(
            self.url, {"opened_from": "31.12.", "district": "天河区", "order": "quatsch"}
        )

        assert listed(response) == ["Anna"]
        page = response.content.decode()
        assert "This list cannot be sorted by that" in page
        assert "those marked below are left out" in page
        assert "Enter a valid date." in page
        assert 'value="31.12."' in page

    @pytest.mark.parametrize(
        "query",
        [
            {"created_by": "1"},
            {"created_by__name__startswith": "A"},
            {"search_keys": "w"},
            {"tracker__password__startswith": "a"},
            {"order": "created_by"},
            {"order": "-tracker__password"},
            {"columns": "password"},
            {"after": "x"},
            {"before": "9" * 30},
            {"after": "-1"},
        ],
    )
    def test_names_that_the_list_does_not_know_change_nothing(self, client, query):
        CustomerFactory.create_batch(2)

        as_usual, asked = client.get(self.url), client.get(self.url, query)

        assert (asked.status_code, listed(asked)) == (200, listed(as_usual))
        assert asked.context["page"].count_text == as_usual.context["page"].count_text

    def test_columns_are_chosen_and_the_first_one_stays(self, client):
        CustomerFactory(file_no="K-000777")

        page = client.get(self.url, {"columns": ["file_no"]})

        assert page.context["page"].shown == {"name", "file_no"}
        assert "K-000777" in page.content.decode()
        assert "K-000777" not in client.get(self.url).content.decode()

    def test_pages_are_walked_in_both_directions(self, client):
        names = [f"N{number:03}" for number in range(120)]
        for name in names:
            CustomerFactory(name=name)

        seen, url = [], self.url
        while url:
            response = client.get(self.url + url.removeprefix(self.url))
            seen.append(listed(response))
            url = response.context["page"].next_url
        assert [len(rows) for rows in seen] == [50, 50, 20]
        assert [name for rows in seen for name in rows] == names

        back = client.get(self.url + response.context["page"].previous_url)
        assert listed(back) == seen[1]
        assert back.context["page"].count_text == "120 customers"

    def test_large_lists_are_not_counted_to_the_end(self, client, monkeypatch):
        monkeypatch.setattr("aftersales.lists.MOST_COUNTED", 2)
        CustomerFactory.create_batch(3)

        assert client.get(self.url).context["page"].count_text == "More than 2 customers"

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_list_takes_a_fixed_number_of_queries(self, client, rows):
        for relation in OwnershipFactory.create_batch(rows, customer__tracker=SupervisorFactory()):
            PhoneFactory(customer=relation.customer, is_primary=True)

        with CaptureQueriesContext(connection) as queries:
            client.get(self.url, {"fleet": "", "order": "-opened"})

        # Session (4), user, own lists, rows, their refusals, count.
        assert len(queries) == 9

    def test_the_form_with_the_filters_comes_by_itself(self, client):
        part = client.get(self.url, {"filters": "open"}, headers={"HX-Request": "true"})
        whole = client.get(self.url, {"filters": "open"})

        assert part.content.decode().lstrip().startswith("<form")
        assert 'name="next_contact_from"' in whole.content.decode()
        assert 'name="next_contact_from"' not in client.get(self.url).content.decode()

    def test_an_empty_list_says_what_will_be_here(self, client):
        assert "No customers yet" in client.get(self.url).content.decode()
        assert "Nothing matches" in client.get(self.url, {"fleet": "on"}).content.decode()


def test_a_rest_client_lists_its_own_customers_only(client):
    program = UserFactory(roles=[REST_CLIENT])
    client.force_login(program)
    CustomerFactory(name="Own", created_by=program)
    other = CustomerFactory(name="Other")

    assert listed(client.get("/customers/")) == ["Own"]
    assert listed(client.get("/customers/", {"after": other.pk})) == ["Own"]


@pytest.mark.usefixtures("advisor")
class TestVehicles:
    url = "/vehicles/"

    def test_a_row_shows_the_owner_of_today(self, client):
        relation = OwnershipFactory(customer__name="王小明", vehicle__plate="粤A12345")
        PhoneFactory(customer=relation.customer, typed="138 0013 8000", is_primary=True)

        page = client.get(self.url).content.decode()

        for text in ["王小明", "粤A12345", ">8000<", "1 vehicle"]:
            assert text in page

    def test_there_are_no_owners_for_who_may_not_see_customers(self, client):
        client.force_login(UserFactory(roles=[FOREMAN]))
        OwnershipFactory(customer__name="王小明", vehicle__plate="粤A12345")

        page = client.get(self.url, {"columns": ["owner", "model"]}).content.decode()

        assert "粤A12345" in page
        assert [
            text for text in ["王小明", 'value="owner"', 'data-label="Owner"'] if text in page
        ] == []

    @pytest.mark.parametrize(
        ("filters", "found"),
        [
            ({"category": "bus"}, ["A1"]),
            ({"model": "Lacr"}, ["A2"]),
            ({"owner_kind": "company"}, ["A3"]),
            ({"next_maintenance_from": "2025-04-01"}, ["A4"]),
            ({"policy_ends_until": "2025-04-01"}, ["A5"]),
            ({"inspection_due_from": "2025-04-01", "inspection_due_until": "2025-04-01"}, ["A6"]),
        ],
    )
    def test_each_filter_narrows_the_list(self, client, filters, found):
        VehicleFactory(plate="A1", model="", category="bus")
        VehicleFactory(plate="A2", model="Lacrosse")
        OwnershipFactory(
            vehicle=VehicleFactory(plate="A3", model=""), customer__kind=CustomerKind.COMPANY
        )
        VehicleFactory(plate="A4", model="", next_maintenance_on=date(2025, 4, 1))
        VehicleFactory(plate="A5", model="", policy_ends_on=date(2025, 4, 1))
        VehicleFactory(plate="A6", model="", inspection_due_on=date(2025, 4, 1))

        assert listed(client.get(self.url, filters)) == found

    def test_it_narrows_to_what_a_customer_has_today(self, client):
        owned, sold = VehicleFactory(plate="A1"), VehicleFactory(plate="A2")
        customer = OwnershipFactory(vehicle=owned).customer
        OwnershipFactory(vehicle=owned, customer=customer, relation=Relation.PAYER)
        until = DateRange(date(2025, 3, 31), date(2025, 5, 1))
        OwnershipFactory(vehicle=sold, customer=customer, during=until)
        OwnershipFactory()

        response = client.get(self.url, {"customer": customer.pk})

        assert listed(response) == ["A1"]
        assert [(chip.label, chip.value) for chip in response.context["page"].chips] == [
            ("Customer", customer.name)
        ]

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_list_takes_a_fixed_number_of_queries(self, client, rows):
        for relation in OwnershipFactory.create_batch(rows):
            PhoneFactory(customer=relation.customer, is_primary=True)

        with CaptureQueriesContext(connection) as queries:
            client.get(self.url)

        assert len(queries) == 9


class TestSavedLists:
    def save(self, client, **fields):
        data = {"route": "customers:list", "name": "Tianhe", "query": "district=x&order=-opened"}
        return client.post(reverse("save-list"), data | fields)

    def test_a_list_is_kept_under_a_name_for_oneself(self, client, advisor):
        assert self.save(client).url == "/customers/?district=x&order=-opened"

        page = client.get("/customers/").content.decode()
        assert 'href="?district=x&amp;order=-opened"' in page
        client.force_login(SupervisorFactory())
        assert "Tianhe" not in client.get("/customers/").content.decode()

    def test_the_same_name_replaces_the_list(self, client, advisor):
        self.save(client)
        self.save(client, query="fleet=on")

        assert [view.query for view in ListView.objects.all()] == ["fleet=on"]

    def test_a_list_is_renamed_and_deleted(self, client, advisor):
        self.save(client)
        self.save(client, name="Fleets")
        view = ListView.objects.get(name="Fleets")
        url = reverse("saved-list", args=[view.pk])

        taken = client.post(url, {"name": "Tianhe"})
        assert "Another list of yours has this name." in taken.content.decode()
        assert client.post(url, {"name": "Big fleets"}).url.startswith("/customers/?")
        view.refresh_from_db()
        assert view.name == "Big fleets"

        client.post(reverse("delete-saved-list", args=[view.pk]))
        assert not ListView.objects.filter(pk=view.pk).exists()

    def test_lists_of_others_are_not_there(self, client, advisor):
        self.save(client)
        view = ListView.objects.get()
        client.force_login(SupervisorFactory())

        assert client.get(reverse("saved-list", args=[view.pk])).status_code == 404
        assert client.post(reverse("delete-saved-list", args=[view.pk])).status_code == 404
        assert ListView.objects.exists()

    def test_only_lists_that_one_may_open_can_be_kept(self, client, advisor):
        assert self.save(client, route="users").status_code == 404
        assert self.save(client, route="https://example.com").status_code == 404
        assert not ListView.objects.exists()

    def test_a_list_without_a_name_or_too_long_is_refused(self, client, advisor):
        self.save(client, name="")
        self.save(client, query="x" * 1001)

        assert not ListView.objects.exists()


@pytest.mark.parametrize(
    ("listing", "column"),
    [
        pytest.param(listing, column, id=column.name)
        for listing in (CUSTOMERS, VEHICLES)
        for column in listing.columns
        if column.order_by
    ],
)
@pytest.mark.parametrize("descending", [False, True])
def test_every_sorting_follows_an_index(listing, column, descending):
    model = {CUSTOMERS: Customer, VEHICLES: Vehicle}[listing]
    order = Order(column.order_by, descending, column.may_be_empty)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = model.objects.order_by(*order.columns())[:50].explain()

    assert "Index" in plan
    assert " Sort  (" not in f" {plan}".replace("Incremental Sort", "")
