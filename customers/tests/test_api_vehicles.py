"""`/api/v1/vehicles/`, its screen pop, and the pages of a list."""

from datetime import date

import pytest

from aftersales.roles import REST_CLIENT, SERVICE_ADVISOR
from aftersales.tests.api import Client, errors_of
from aftersales.tests.factories import UserFactory
from customers.models import Vehicle
from customers.tests.factories import (
    CustomerFactory,
    OwnershipFactory,
    PhoneFactory,
    VehicleFactory,
)

pytestmark = pytest.mark.django_db

VEHICLES = "/api/v1/vehicles/"
LOOKUP = f"{VEHICLES}lookup/"


@pytest.fixture
def client():
    """A service advisor with a token: sees all vehicles."""
    return Client(UserFactory(roles=[SERVICE_ADVISOR, REST_CLIENT]))


def kind_of(answer):
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


class TestReading:
    def test_a_vehicle_is_answered_with_exactly_these_fields(self, client):
        vehicle = VehicleFactory(
            plate="粤A12345",
            vin="W0L000000Y2000001",
            model="Insignia",
            policy_ends_on=date(2025, 5, 1),
        )
        owner = CustomerFactory(name="王小明", file_no="K-000007")
        phone = PhoneFactory(customer=owner, typed="138 0013 8000")
        OwnershipFactory(vehicle=vehicle, customer=owner)

        answer = client.get(f"{VEHICLES}{vehicle.pk}/").json()

        assert answer.pop("warnings").keys() == {"vin"}
        assert answer == {
            "id": vehicle.pk,
            "vin": "W0L000000Y2000001",
            "plate": "粤A12345",
            "unit_no": "",
            "engine_no": "",
            "model": "Insignia",
            "category": "",
            "color": "",
            "purchased_on": None,
            "sold_by_us": False,
            "mileage": None,
            "mileage_read_on": None,
            "mileage_reason": "",
            "maintenance_months": None,
            "maintenance_km": None,
            "next_maintenance_on": None,
            "next_maintenance_km": None,
            "warranty_ends_on": None,
            "insurer": "",
            "policy_ends_on": "2025-05-01",
            "inspection_due_on": None,
            "remarks": "",
            "customers": [
                {
                    "relation": "owner",
                    "customer": owner.pk,
                    "file_no": "K-000007",
                    "name": "王小明",
                    "phones": [
                        {
                            "id": phone.pk,
                            "typed": "138 0013 8000",
                            "e164": "+8613800138000",
                            "kind": "mobile",
                            "is_primary": False,
                            "is_bad": False,
                            "version": 1,
                        }
                    ],
                    "since": "2025-03-31",
                }
            ],
            "version": 1,
        }

    def test_customers_that_a_program_may_not_see_are_left_out(self):
        program = Client()
        vehicle = VehicleFactory(created_by=program.user)
        OwnershipFactory(vehicle=vehicle)

        assert program.get(f"{VEHICLES}{vehicle.pk}/").json()["customers"] == []

    def test_a_program_sees_its_own_vehicles_only(self):
        program = Client()
        own, foreign = VehicleFactory(created_by=program.user), VehicleFactory()

        assert [row["id"] for row in program.get(VEHICLES).json()["results"]] == [own.pk]
        assert program.get(f"{VEHICLES}{foreign.pk}/").status_code == 404
        changes = {"version": 1, "color": "red"}
        assert program.patch(f"{VEHICLES}{foreign.pk}/", changes).status_code == 404

    @pytest.mark.parametrize("rows", [1, 3])
    def test_a_list_takes_a_fixed_number_of_queries(self, client, rows, django_assert_num_queries):
        for ownership in OwnershipFactory.create_batch(rows):
            PhoneFactory(customer=ownership.customer)

        with django_assert_num_queries(6):  # token, its siblings, throttle; rows, holders, phones
            assert len(client.get(VEHICLES).json()["results"]) == rows

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"plate": "粤A00001"}, ["粤A00001"]),
            ({"vin": "LSGJA52U0AA000000"}, ["粤A00002"]),
            ({"category": "suv"}, ["粤A00002"]),
            ({"maintenance_from": "2025-04-02"}, ["粤A00002"]),
            ({"maintenance_until": "2025-04-01"}, ["粤A00001"]),
        ],
    )
    def test_a_named_filter_narrows_the_list(self, client, asked, found):
        VehicleFactory(plate="粤A00001", next_maintenance_on=date(2025, 4, 1))
        VehicleFactory(
            plate="粤A00002",
            vin="LSGJA52U0AA000000",
            category="suv",
            next_maintenance_on=date(2025, 4, 2),
        )

        assert [row["plate"] for row in client.get(VEHICLES, asked).json()["results"]] == found


class TestWriting:
    def test_a_vehicle_is_added_with_its_owner(self, client):
        owner = CustomerFactory()

        answer = client.post(
            VEHICLES, {"plate": "粤a·123 45", "owner": owner.pk, "owner_since": "2025-03-31"}
        )

        assert answer.status_code == 201
        assert answer.json()["plate"] == "粤A12345"
        [holder] = answer.json()["customers"]
        assert (holder["customer"], holder["relation"]) == (owner.pk, "owner")
        assert holder["since"] == "2025-03-31"
        assert Vehicle.objects.get().created_by == client.user

    def test_a_foreign_owner_does_not_exist(self):
        foreign = CustomerFactory().pk

        theirs, nobodys = (
            Client().post(VEHICLES, {"plate": "粤A12345", "owner": owner}) for owner in (foreign, 0)
        )

        assert errors_of(theirs) == errors_of(nobodys) == {"owner": ["does_not_exist"]}
        assert not Vehicle.objects.exists()

    @pytest.mark.parametrize("owner", [[], {}, True, "1e400", 1.5, 10**30])
    def test_an_owner_that_is_no_id_is_refused(self, client, owner):
        answer = client.post(VEHICLES, {"plate": "粤A12345", "owner": owner})

        assert list(errors_of(answer)) == ["owner"]

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"vin": "LSGJA52U7AA000000"}, "vin"),
            ({"vin": "LSG"}, "vin"),
            ({}, "vin"),
            ({"plate": "粤A12345", "mileage": -1}, "mileage"),
            ({"plate": "粤A12345", "mileage": 2**31}, "mileage"),
            ({"plate": "粤A12345", "category": "boat"}, "category"),
            ({"plate": "粤A12345", "purchased_on": "2025-02-30"}, "purchased_on"),
        ],
    )
    def test_wrong_values_are_named(self, client, wrong, field):
        answer = client.post(VEHICLES, wrong)

        assert kind_of(answer) == (400, "invalid")
        assert list(errors_of(answer)) == [field]

    @pytest.mark.parametrize("known", [{"plate": "粤A12345"}, {"unit_no": "U 7"}])
    def test_a_vehicle_that_is_known_is_in_the_way(self, client, known):
        VehicleFactory(plate="粤A12345", unit_no="U 7")

        assert kind_of(client.post(VEHICLES, known)) == (409, "vehicle_known")

    def test_a_mileage_that_runs_backwards_needs_a_reason(self, client):
        vehicle = VehicleFactory(mileage=50_000, mileage_read_on=date(2025, 3, 31))
        path = f"{VEHICLES}{vehicle.pk}/"

        refused = client.patch(path, {"version": 1, "mileage": 40_000})
        taken = client.patch(
            path, {"version": 1, "mileage": 40_000, "mileage_reason": "new instrument"}
        )

        assert kind_of(refused) == (409, "implausible_mileage")
        assert (taken.json()["mileage"], taken.json()["version"]) == (40_000, 2)

    def test_a_vehicle_that_has_changed_is_shown_as_it_is_now(self, client):
        vehicle = VehicleFactory(color="red")
        path = f"{VEHICLES}{vehicle.pk}/"
        client.patch(path, {"version": 1, "color": "blue"})

        answer = client.patch(path, {"version": 1, "color": "green"})

        assert kind_of(answer) == (409, "changed_meanwhile")
        assert answer.json()["current"] == client.get(path).json()


class TestLookup:
    @pytest.mark.parametrize(
        "asked", ["8000", "+86 138 0013 8000", "12345", "粤A1", "AA000000", "赵云"]
    )
    def test_phone_plate_vin_and_name_lead_to_the_vehicle_and_its_customer(self, client, asked):
        vehicle = VehicleFactory(plate="粤A12345", vin="LSGJA52U0AA000000")
        owner = PhoneFactory(typed="138 0013 8000", customer__name="赵云").customer
        OwnershipFactory(vehicle=vehicle, customer=owner)
        OwnershipFactory(vehicle__plate="粤B99999")

        answer = client.get(LOOKUP, {"q": asked}).json()

        assert [found["id"] for found in answer["customers"]] == [owner.pk]
        assert [found["id"] for found in answer["vehicles"]] == [vehicle.pk]
        assert answer["vehicles"][0]["customers"][0]["name"] == "赵云"

    def test_a_caller_without_a_vehicle_is_found(self, client):
        caller = PhoneFactory(typed="138 0013 8000").customer

        answer = client.get(LOOKUP, {"q": "8000"}).json()

        assert ([found["id"] for found in answer["customers"]], answer["vehicles"]) == (
            [caller.pk],
            [],
        )

    def test_a_program_finds_its_own_only(self):
        PhoneFactory(typed="138 0013 8000")
        VehicleFactory(plate="粤A18000")

        assert Client().get(LOOKUP, {"q": "8000"}).json() == {"customers": [], "vehicles": []}

    @pytest.mark.parametrize("asked", [{}, {"q": ""}, {"q": "\0"}, {"q": "x" * 101}])
    def test_nothing_to_look_for_is_an_error(self, client, asked):
        assert errors_of(client.get(LOOKUP, asked)).keys() == {"q"}

    @pytest.mark.parametrize("rows", [1, 3])
    def test_it_takes_a_fixed_number_of_queries(self, client, rows, django_assert_num_queries):
        for number in range(rows):
            OwnershipFactory(
                customer=PhoneFactory(typed=f"138 0013 {number}800").customer,
                vehicle__plate=f"粤A{number}8000",
            )

        with django_assert_num_queries(14):
            answer = client.get(LOOKUP, {"q": "800"}).json()

        assert len(answer["vehicles"]) == rows


class TestPages:
    """The column may be empty and repeat: the hardest case for a cursor."""

    DAYS = (None, 1, 2, 2, None, 3, 2, None)

    @pytest.fixture(autouse=True)
    def _vehicles(self):
        for day in self.DAYS:
            VehicleFactory(next_maintenance_on=day and date(2025, 4, day))

    def follow(self, client, link, address):
        while address:
            page = client.get(address).json()
            yield [row["id"] for row in page["results"]]
            address = page[link]

    @pytest.mark.parametrize("sign", ["", "-"])
    @pytest.mark.parametrize("size", [1, 3, 8])
    def test_there_and_back_every_row_comes_once(self, client, sign, size):
        asked = f"{VEHICLES}?ordering={sign}next_maintenance_on&page_size={size}"
        ordered = Vehicle.objects.order_by(f"{sign}next_maintenance_on", f"{sign}pk")

        forth = list(self.follow(client, "next", asked))

        assert [pk for page in forth for pk in page] == list(ordered.values_list("pk", flat=True))
        last = asked
        while (page := client.get(last).json())["next"]:
            last = page["next"]
        assert list(self.follow(client, "previous", last)) == forth[::-1]

    def test_filters_and_size_stay_on_the_way(self, client):
        first = client.get(VEHICLES, {"maintenance_from": "2025-04-02", "page_size": 3}).json()
        second = client.get(first["next"]).json()

        assert (len(first["results"]), len(second["results"]), second["next"]) == (3, 1, None)

    def test_a_cursor_belongs_to_its_ordering_and_cannot_be_made_up(self, client):
        first = client.get(VEHICLES, {"page_size": 1, "ordering": "plate"}).json()
        cursor = first["next"].partition("cursor=")[2].partition("&")[0]

        for wrong in [{"cursor": cursor, "ordering": "id"}, {"cursor": f"{cursor}x"}]:
            assert errors_of(client.get(VEHICLES, wrong)) == {"cursor": ["invalid"]}
