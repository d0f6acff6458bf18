from datetime import date

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from aftersales.roles import FOREMAN, REST_CLIENT, SERVICE_ADVISOR
from aftersales.tests.factories import UserFactory
from customers import search
from customers.models import Relation
from customers.search import Marked
from customers.tests.factories import (
    CustomerFactory,
    OwnershipFactory,
    PhoneFactory,
    VehicleFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def advisor():
    return UserFactory(roles=[SERVICE_ADVISOR])


def names_found(query, user):
    return [hit.name for hit in search.search(query, user=user)]


class TestNames:
    @pytest.mark.parametrize(
        "query", ["张伟", "张", "伟", "zhangwei", "zhang wei", "zhangw", "zw", "ZW", "wei", "张 伟"]
    )
    def test_chinese_names_are_found_by_characters_pinyin_and_initials(self, advisor, query):
        CustomerFactory(name="张伟")
        CustomerFactory(name="李娜")

        assert names_found(query, advisor) == ["张伟"]

    def test_surnames_are_read_as_surnames(self, advisor):
        CustomerFactory(name="单晓东")

        assert names_found("shanxiaodong", advisor) == ["单晓东"]
        assert names_found("sxd", advisor) == ["单晓东"]

    @pytest.mark.parametrize("query", ["김민수", "김민", "민수", "ㄱㅁㅅ", "ㄱㅁ", "ㅁㅅ"])
    def test_korean_names_are_found_by_syllables_and_initial_consonants(self, advisor, query):
        CustomerFactory(name="김민수")
        CustomerFactory(name="박지훈")

        assert names_found(query, advisor) == ["김민수"]

    @pytest.mark.parametrize("query", ["Isla", "patel", "PAT", "isla pat", "patel isla", "O'Neil"])
    def test_latin_names_are_found_by_the_beginnings_of_words(self, advisor, query):
        CustomerFactory(name="Isla O'Neil Patel")
        CustomerFactory(name="Oliver Smith")

        assert names_found(query, advisor) == ["Isla O'Neil Patel"]

    def test_the_contact_person_of_a_company_finds_the_company(self, advisor):
        CustomerFactory(name="远航物流", contact_name="周敏")

        assert names_found("zhoumin", advisor) == ["远航物流"]

    def test_the_name_itself_comes_before_longer_ones(self, advisor):
        for name in ["王伟东", "大王伟", "王伟"]:
            CustomerFactory(name=name)

        assert names_found("王伟", advisor) == ["王伟", "王伟东", "大王伟"]

    def test_the_name_of_a_merged_file_leads_to_the_survivor(self, advisor):
        survivor = CustomerFactory(name="王小明")
        CustomerFactory(name="王晓明", merged_into=survivor)

        [hit] = search.search("晓明", user=advisor)

        assert (hit.name, hit.customer_id) == ("王小明", survivor.pk)
        assert hit.text == Marked("王", "晓明", "")


class TestPhones:
    @pytest.mark.parametrize(
        "query",
        ["13800138000", "138 0013-8000", "+86 138 0013 8000", "0086 13800138000", "8000", "38000"],
    )
    def test_numbers_are_found_whole_or_by_their_last_digits(self, advisor, query):
        PhoneFactory(typed="138 0013 8000", customer__name="王小明")
        PhoneFactory(typed="138 8000 1234", customer__name="李娜")

        assert names_found(query, advisor) == ["王小明"]

    def test_three_digits_are_the_fewest(self, advisor):
        PhoneFactory(typed="138 0013 8000")

        assert len(names_found("000", advisor)) == 1
        assert names_found("00", advisor) == []

    def test_what_matched_is_marked_at_the_end_of_the_number_as_typed(self, advisor):
        PhoneFactory(typed="138 8001 3800", is_primary=True)

        [hit] = search.search("3800", user=advisor)

        assert (hit.text, hit.tail) == (Marked("138 8001 ", "3800", ""), "3800")


class TestVehicles:
    @pytest.fixture
    def car(self):
        owner = CustomerFactory(name="王小明")
        car = VehicleFactory(plate="粤A12345", vin="LSGPC52U6AF102554")
        return OwnershipFactory(customer=owner, vehicle=car).vehicle

    @pytest.mark.parametrize(
        "query",
        ["粤A12345", "粤A·123 45", "粤a1", "粤A", "A12345", "2345", "234", "a123", "ＡＦ102554"],
    )
    def test_plates_and_vins_lead_to_the_owner(self, advisor, car, query):
        assert names_found(query, advisor) == ["王小明"]

    @pytest.mark.parametrize("query", ["102554", "AF102554", "lsgpc52u6af102554", "2554"])
    def test_vins_are_found_by_their_last_characters(self, advisor, car, query):
        assert names_found(query, advisor) == ["王小明"]

    @pytest.mark.parametrize("query", ["23", "1025", "LSGPC52U6"])
    def test_less_finds_nothing(self, advisor, car, query):
        assert names_found(query, advisor) == []

    def test_a_plate_from_korea_is_found_by_its_end(self, advisor):
        OwnershipFactory(vehicle__plate="12가3456", customer__name="김민수")

        for query in ["12가3456", "가3456", "3456", "12가"]:
            assert names_found(query, advisor) == ["김민수"]

    def test_the_owner_of_today_is_found(self, advisor, car):
        former = CustomerFactory(name="李娜")
        OwnershipFactory(
            vehicle=car, customer=former, during=DateRange(date(2020, 1, 1), date(2025, 3, 31))
        )
        OwnershipFactory(
            vehicle=car, customer=CustomerFactory(name="赵敏"), relation=Relation.BRINGER
        )

        assert names_found("粤A12345", advisor) == ["王小明"]

    def test_a_vehicle_without_owner_leads_to_itself(self, advisor):
        car = VehicleFactory(plate="粤B55555")

        [hit] = search.search("b555", user=advisor)

        assert (hit.url, hit.name, hit.plate) == (f"/vehicles/{car.pk}/", "", "粤B55555")

    def test_each_vehicle_of_a_fleet_is_a_hit(self, advisor):
        fleet = CustomerFactory(name="Police", is_fleet=True)
        cars = [VehicleFactory(plate="", unit_no=f"10-{number}") for number in (1, 2)]
        for car in cars:
            OwnershipFactory(vehicle=car, customer=fleet)

        hits = search.search("10-", user=advisor)

        assert [hit.url for hit in hits] == [f"/vehicles/{car.pk}/" for car in cars]
        assert {hit.name for hit in hits} == {"Police"}

    def test_the_exact_plate_comes_before_parts(self, advisor):
        for plate, owner in [("粤A88123", "Inside"), ("88123", "Exact"), ("88123X", "Longer")]:
            OwnershipFactory(vehicle__plate=plate, customer__name=owner)

        assert names_found("88123", advisor) == ["Exact", "Longer", "Inside"]


class TestWhoSeesWhat:
    def test_a_rest_client_finds_what_it_brought_in(self):
        client = UserFactory(roles=[REST_CLIENT])
        PhoneFactory(typed="138 0013 8000", customer__name="张伟")
        own = CustomerFactory(name="张娜", created_by=client)
        PhoneFactory(typed="139 0013 8000", customer=own)

        assert names_found("8000", client) == ["张娜"]
        assert names_found("zhang", client) == ["张娜"]

    def test_a_foreman_finds_vehicles_but_no_people(self):
        foreman = UserFactory(roles=[FOREMAN])
        car = OwnershipFactory(customer__name="张伟", vehicle__plate="粤A12345").vehicle
        PhoneFactory(typed="138 0001 2345")

        [hit] = search.search("2345", user=foreman)

        assert (hit.url, hit.name, hit.tail) == (f"/vehicles/{car.pk}/", "", "")
        assert search.search("zw", user=foreman) == []

    def test_who_may_see_nothing_finds_nothing(self):
        OwnershipFactory(customer__name="张伟", vehicle__plate="粤A12345")

        assert search.search("粤A12345", user=UserFactory()) == []


@pytest.mark.parametrize(
    "query", ["", " ", "%", "'", "\\", "_", "&|!", "🚗", "(", "a" * 100, "1" * 100]
)
def test_odd_input_finds_nothing_and_breaks_nothing(advisor, query):
    OwnershipFactory()

    assert search.search(query, user=advisor) == []


@pytest.mark.parametrize("found", [1, 3])
@pytest.mark.parametrize("query", ["8000", "zhang"])
def test_a_search_takes_a_fixed_number_of_queries(advisor, found, query):
    for number in range(found):
        phone = PhoneFactory(typed=f"138 001{number} 8000", customer__name="张伟")
        OwnershipFactory(customer=phone.customer, vehicle__vin=f"LSGPC52U6AF{number}08000")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(search.search(query, user=advisor)) == found

    # Savepoint, planner, all lookups at once, end of savepoint; the people behind the hits.
    assert len(queries) == 5


def test_no_more_hits_than_asked_for(advisor):
    CustomerFactory.create_batch(5, name="张伟")

    assert len(search.search("zw", user=advisor, limit=3)) == 3
