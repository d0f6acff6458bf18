"""The pages of a vehicle, by browser and by htmx."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from aftersales.roles import FOREMAN, REST_CLIENT, SERVICE_ADVISOR
from aftersales.tests.factories import UserFactory
from customers.models import Relation, Vehicle
from customers.tests.factories import (
    CustomerFactory,
    OwnershipFactory,
    PhoneFactory,
    VehicleFactory,
)

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}
VIN = "LSGPC52U6AF000123"
DAY = "2025-06-01"


@pytest.fixture
def advisor(client):
    user = UserFactory(roles=[SERVICE_ADVISOR])
    client.force_login(user)
    return user


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_shows_the_vehicle_and_its_people_in_a_fixed_number_of_queries(
    client, advisor, people, django_assert_num_queries
):
    vehicle = OwnershipFactory(vehicle__model="Lacrosse", customer__name="王小明").vehicle
    for _ in range(people):
        OwnershipFactory(vehicle=vehicle, relation=Relation.BRINGER, customer__name="李雷")

    with django_assert_num_queries(7):
        response = client.get(vehicle.get_absolute_url())

    page = text_of(response)
    assert page.count("李雷") == people * 2  # in words and as the label of its button
    for word in (vehicle.plate, "Lacrosse", "王小明", "since 2025-03-31"):
        assert word in page


def test_who_may_not_see_customers_sees_the_vehicle_without_them(client):
    vehicle = OwnershipFactory(customer__name="王小明").vehicle
    client.force_login(UserFactory(roles=[FOREMAN]))

    for route in ("customers:vehicle", "customers:vehicle-history"):
        page = text_of(client.get(reverse(route, args=[vehicle.pk])))
        assert vehicle.plate in page
        assert "王小明" not in page
    section = client.get(reverse("customers:vehicle-group", args=[vehicle.pk, "relations"]), **HTMX)
    assert "王小明" not in text_of(section)


def test_a_foreign_vehicle_does_not_exist(client):
    relation = OwnershipFactory(relation=Relation.BRINGER)
    client.force_login(UserFactory(roles=[REST_CLIENT]))
    vehicle = relation.vehicle.pk

    for route, args in [
        ("vehicle", [vehicle]),
        ("vehicle-history", [vehicle]),
        ("vehicle-group", [vehicle, "identity"]),
        ("edit-vehicle", [vehicle, "identity"]),
        ("relate", [vehicle]),
        ("change-owner", [vehicle]),
        ("end-relation", [relation.pk]),
    ]:
        assert client.get(reverse(f"customers:{route}", args=args)).status_code == 404


def edit(client, vehicle, group, version=None, **fields):
    address = reverse("customers:edit-vehicle", args=[vehicle.pk, group])
    return client.post(address, {"version": version or vehicle.version, **fields}, **HTMX)


def test_a_group_is_edited_in_its_place(client, advisor):
    vehicle = VehicleFactory(plate="粤A12345")
    form = client.get(reverse("customers:edit-vehicle", args=[vehicle.pk, "identity"]), **HTMX)
    assert 'value="粤A12345"' in text_of(form)

    response = edit(client, vehicle, "identity", plate="粤b·54321", vin=VIN.lower())

    assert response.status_code == 200
    assert 'id="vehicle-head" hx-swap-oob="true"' in text_of(response)
    vehicle.refresh_from_db()
    assert (vehicle.plate, vehicle.vin) == ("粤B54321", VIN)


def test_without_htmx_the_page_comes_back(client, advisor):
    vehicle = VehicleFactory()
    address = reverse("customers:edit-vehicle", args=[vehicle.pk, "remarks"])

    assert "<html" in text_of(client.get(address))
    response = client.post(address, {"version": vehicle.version, "remarks": "new"})

    assert response.url == f"{vehicle.get_absolute_url()}#remarks"
    cancelled = client.get(reverse("customers:vehicle-group", args=[vehicle.pk, "remarks"]))
    assert cancelled.url == f"{vehicle.get_absolute_url()}#remarks"


def test_there_are_no_other_groups(client, advisor):
    vehicle = VehicleFactory()

    for route in ("edit-vehicle", "vehicle-group"):
        address = reverse(f"customers:{route}", args=[vehicle.pk, "owner"])
        assert client.get(address).status_code == 404


def test_what_cannot_be_saved_stands_in_the_form_with_the_reason(client, advisor):
    vehicle = VehicleFactory(plate="粤A12345")

    response = edit(client, vehicle, "identity", plate="粤A12345", vin="LFV2A21K9B3000001")

    assert response.status_code == 422
    assert "The ninth character should be 6, not 9." in text_of(response)
    assert 'value="LFV2A21K9B3000001"' in text_of(response)


def test_the_vehicle_in_the_way_is_linked(client, advisor):
    known, vehicle = VehicleFactory(plate="粤A12345"), VehicleFactory()

    response = edit(client, vehicle, "identity", plate="粤A12345")

    assert response.status_code == 422
    assert "Another vehicle has this plate number." in text_of(response)
    assert known.get_absolute_url() in text_of(response)


def test_an_implausible_mileage_asks_for_the_reason(client, advisor):
    vehicle = VehicleFactory(mileage=50_000, mileage_read_on=date(2025, 3, 31))
    typed = {"mileage": "40000", "mileage_read_on": DAY}

    response = edit(client, vehicle, "mileage", **typed)
    assert response.status_code == 422
    assert "The last reading was 50,000 km on 2025-03-31." in text_of(response)

    assert (
        edit(client, vehicle, "mileage", **typed, mileage_reason="New cluster").status_code == 200
    )
    vehicle.refresh_from_db()
    assert (vehicle.mileage, vehicle.mileage_reason) == (40_000, "New cluster")


def test_two_people_who_edit_the_same_field_see_both_versions(client, advisor):
    vehicle = VehicleFactory(remarks="old")
    edit(client, vehicle, "remarks", remarks="from the first")

    response = edit(client, vehicle, "remarks", remarks="from the second")

    assert response.status_code == 409
    assert "from the first" in text_of(response)
    assert "from the second" in text_of(response)
    vehicle.refresh_from_db()
    assert vehicle.remarks == "from the first"


def test_people_who_edit_different_fields_do_not_disturb_each_other(client, advisor):
    vehicle = VehicleFactory()
    edit(client, vehicle, "remarks", remarks="from the first")

    assert edit(client, vehicle, "papers", insurer="PICC").status_code == 200


def test_what_is_odd_about_a_vin_or_plate_is_said(client, advisor):
    vehicle = VehicleFactory(vin="KNEJC524585810962", plate="8ABC123")

    page = text_of(client.get(vehicle.get_absolute_url()))

    assert "The ninth character should be 4, not 5." in page
    assert "Not a plate of mainland China or Korea." in page


def test_the_history_says_what_was_changed_by_whom(client, advisor):
    vehicle = OwnershipFactory(customer__name="王小明").vehicle
    edit(client, vehicle, "papers", insurer="PICC")

    page = text_of(client.get(reverse("customers:vehicle-history", args=[vehicle.pk])))

    for word in ("Insurer", "PICC", advisor.name, "Owner: 王小明"):
        assert word in page


def create(client, operation=None, **fields):
    address = reverse("customers:create-vehicle")
    return client.post(address, {"operation": operation or uuid4(), **fields})


def test_a_vehicle_is_added_for_the_customer_one_came_from(client, advisor):
    owner = CustomerFactory(name="王小明")
    page = client.get(reverse("customers:create-vehicle"), {"customer": owner.pk})
    assert f'value="{owner.pk}" checked' in text_of(page)

    response = create(client, plate="粤A12345", vin=VIN, customer=owner.pk, since=DAY)

    vehicle = Vehicle.objects.get()
    assert response.url == vehicle.get_absolute_url()
    assert vehicle.created_by == advisor
    (ownership,) = vehicle.relations.all()
    assert (ownership.customer, ownership.during.lower) == (owner, date(2025, 6, 1))


def test_an_owner_is_found_by_what_was_typed(client, advisor):
    owner = PhoneFactory(typed="13800138000", is_primary=True).customer

    create(client, plate="粤A12345", who="8000")

    assert Vehicle.objects.get().relations.get().customer == owner


def test_several_owners_who_fit_are_offered(client, advisor):
    owners = [CustomerFactory(name="王小明") for _ in range(2)]

    response = create(client, plate="粤A12345", who="王小明")

    assert response.status_code == 422
    assert "Several customers fit. Please choose one of them." in text_of(response)
    for owner in owners:
        assert f'name="customer" value="{owner.pk}"' in text_of(response)
    assert not Vehicle.objects.exists()


def test_an_owner_whom_nobody_knows_is_not_taken(client, advisor):
    response = create(client, plate="粤A12345", who="Nobody")

    assert "No customer fits." in text_of(response)
    assert not Vehicle.objects.exists()


def test_a_double_click_adds_one_vehicle(client, advisor):
    operation = uuid4()

    first, second = (create(client, operation, plate="粤A12345") for _ in range(2))

    assert first.url == second.url == Vehicle.objects.get().get_absolute_url()


def test_the_back_button_does_not_change_what_was_saved(client, advisor):
    operation = uuid4()
    saved = create(client, operation, plate="粤A12345")

    response = create(client, operation, plate="粤B12345")

    assert response.status_code == 422
    assert "This form was saved already." in text_of(response)
    assert saved.url in text_of(response)


def test_choices_are_offered_while_one_types(client, advisor):
    CustomerFactory(name="王小明")

    found = client.post(reverse("customers:choices"), {"who": "wxm"}, **HTMX)
    nothing = client.post(reverse("customers:choices"), {"who": " "}, **HTMX)

    assert "王小明" in text_of(found)
    assert "radio" not in text_of(nothing)


def test_somebody_is_related_to_the_vehicle(client, advisor):
    vehicle, customer = VehicleFactory(), CustomerFactory(name="王小明")
    fields = {"customer": customer.pk, "relation": "payer", "since": DAY}

    response = client.post(reverse("customers:relate", args=[vehicle.pk]), fields, **HTMX)

    assert "王小明" in text_of(response)
    assert vehicle.relations.get().relation == Relation.PAYER
    again = client.post(reverse("customers:relate", args=[vehicle.pk]), fields, **HTMX)
    assert again.status_code == 422
    assert "This stands in the list already." in text_of(again)


@pytest.mark.parametrize(
    ("since", "reason"),
    [
        ("2999-01-01", "This day has not come yet."),
        ("0025-03-31", "This is too long ago to be right."),
    ],
)
def test_a_relation_does_not_begin_tomorrow_or_in_antiquity(client, advisor, since, reason):
    vehicle, customer = VehicleFactory(), CustomerFactory()
    fields = {"customer": customer.pk, "relation": "payer", "since": since}

    response = client.post(reverse("customers:relate", args=[vehicle.pk]), fields, **HTMX)

    assert reason in text_of(response)


def test_a_vehicle_is_handed_over(client, advisor):
    ownership, buyer = OwnershipFactory(), CustomerFactory()
    address = reverse("customers:change-owner", args=[ownership.vehicle_id])

    early = client.post(address, {"customer": buyer.pk, "since": "2025-03-01"}, **HTMX)
    assert early.status_code == 422
    assert client.post(address, {"customer": buyer.pk, "since": DAY}, **HTMX).status_code == 200

    ownership.refresh_from_db()
    assert ownership.during.upper == date(2025, 6, 1)


def test_a_relation_is_ended(client, advisor):
    ownership = OwnershipFactory()
    address = reverse("customers:end-relation", args=[ownership.pk])

    early = client.post(address, {"ended_on": "2025-03-01"}, **HTMX)
    assert early.status_code == 422
    assert client.post(address, {"ended_on": DAY}, **HTMX).status_code == 200

    ownership.refresh_from_db()
    assert ownership.during.upper == date(2025, 6, 1)
    assert client.get(address).status_code == 404
