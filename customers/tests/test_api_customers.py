"""`/api/v1/customers/` and the telephone numbers below it."""

from datetime import date

import pytest

from aftersales.roles import REST_CLIENT, SERVICE_ADVISOR
from aftersales.tests.api import Client, errors_of
from aftersales.tests.factories import UserFactory
from customers.models import Channel, ContactPurpose, Customer
from customers.tests.factories import CustomerFactory, PhoneFactory

pytestmark = pytest.mark.django_db

CUSTOMERS = "/api/v1/customers/"
WRITABLE = {
    "kind",
    "name",
    "contact_name",
    "title",
    "birthday",
    "language",
    "address",
    "postal_code",
    "district",
    "email",
    "convenient_from",
    "convenient_until",
    "convenient_weekdays",
    "wished_services",
    "next_topic",
    "next_talking_points",
    "next_contact_on",
    "bag_location",
    "is_fleet",
    "tags",
    "remarks",
    "phones",
}


@pytest.fixture
def client():
    """A service advisor with a token: sees all customers."""
    return Client(UserFactory(roles=[SERVICE_ADVISOR, REST_CLIENT]))


def kind_of(answer):
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def names(answer):
    return [row["name"] for row in answer.json()["results"]]


class TestReading:
    def test_a_file_is_answered_with_exactly_these_fields(self, client):
        tracker = UserFactory(name="Zhou Min")
        customer = CustomerFactory(
            file_no="K-000007",
            name="王小明",
            district="天河",
            convenient_weekdays=[6, 7],
            tracker=tracker,
            opened_on=date(2025, 3, 31),
        )
        phone = PhoneFactory(customer=customer, typed="138 0013 8000", is_primary=True)
        refusal = {"channel": Channel.SMS, "reason": "said so", "recorded_by": tracker}
        customer.refusals.create(
            purpose=ContactPurpose.PROMOTION, refused_on=date(2025, 4, 1), **refusal
        )
        customer.refusals.create(
            purpose=ContactPurpose.SERVICE,
            refused_on=date(2025, 4, 1),
            lifted_on=date(2025, 4, 2),
            lifted_by=tracker,
            lift_reason="asked for",
            **refusal,
        )

        answer = client.get(f"{CUSTOMERS}{customer.pk}/")

        assert answer["ETag"] == '"1"'
        assert answer.json() == {
            "id": customer.pk,
            "file_no": "K-000007",
            "kind": "private",
            "name": "王小明",
            "contact_name": "",
            "title": "",
            "birthday": None,
            "language": "zh-hans",
            "address": "",
            "postal_code": "",
            "district": "天河",
            "email": "",
            "convenient_from": None,
            "convenient_until": None,
            "convenient_weekdays": [6, 7],
            "wished_services": "",
            "next_topic": "",
            "next_talking_points": "",
            "next_contact_on": None,
            "bag_location": "",
            "is_fleet": False,
            "tags": [],
            "remarks": "",
            "phones": [
                {
                    "id": phone.pk,
                    "typed": "138 0013 8000",
                    "e164": "+8613800138000",
                    "kind": "mobile",
                    "is_primary": True,
                    "is_bad": False,
                    "version": 1,
                }
            ],
            "do_not_contact": [
                {
                    "purpose": "promotion",
                    "channel": "sms",
                    "reason": "said so",
                    "refused_on": "2025-04-01",
                }
            ],
            "contact_verified_on": None,
            "tracker": {"id": tracker.pk, "name": "Zhou Min"},
            "opened_on": "2025-03-31",
            "merged_into": None,
            "version": 1,
        }

    def test_a_program_sees_its_own_customers_only(self):
        program, stranger = Client(), Client()
        own = program.post(CUSTOMERS, {"name": "Own"}).json()["id"]
        foreign = stranger.post(CUSTOMERS, {"name": "Foreign"}).json()["id"]

        assert names(program.get(CUSTOMERS)) == ["Own"]
        assert program.get(f"{CUSTOMERS}{own}/").status_code == 200
        for method, path, body in [
            ("get", "", None),
            ("patch", "", {"version": 1, "name": "Mine"}),
            ("post", "verify-contact/", None),
            ("post", "phones/", {"typed": "138 0013 8000"}),
        ]:
            answer = getattr(program, method)(f"{CUSTOMERS}{foreign}/{path}", body)
            missing = getattr(program, method)(f"{CUSTOMERS}0/{path}", body)
            assert kind_of(answer) == (404, "not_found")
            assert answer.content == missing.content

    def test_merged_files_are_read_by_id_but_not_listed(self, client):
        survivor = CustomerFactory(name="Survivor")
        merged = CustomerFactory(name="Merged", merged_into=survivor)

        assert names(client.get(CUSTOMERS)) == ["Survivor"]
        assert client.get(f"{CUSTOMERS}{merged.pk}/").json()["merged_into"] == survivor.pk

    @pytest.mark.parametrize("rows", [1, 3])
    def test_a_list_takes_a_fixed_number_of_queries(self, client, rows, django_assert_num_queries):
        for customer in CustomerFactory.create_batch(rows, tracker=client.user):
            PhoneFactory(customer=customer)

        with django_assert_num_queries(6):  # token, its siblings, throttle; rows, phones, refusals
            assert len(client.get(CUSTOMERS).json()["results"]) == rows


class TestFilters:
    @pytest.fixture(autouse=True)
    def _customers(self):
        company = CustomerFactory(
            name="Company", kind="company", is_fleet=True, opened_on=date(2025, 4, 1)
        )
        PhoneFactory(customer=company, typed="138 0013 8123")
        CustomerFactory(name="Private", district="天河", file_no="K-000001")

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"kind": "company"}, ["Company"]),
            ({"is_fleet": "true"}, ["Company"]),
            ({"district": "天河"}, ["Private"]),
            ({"file_no": "K-000001"}, ["Private"]),
            ({"phone_ending": "8123"}, ["Company"]),
            ({"opened_from": "2025-04-01"}, ["Company"]),
            ({"opened_until": "2025-03-31"}, ["Private"]),
            ({"kind": "private", "is_fleet": "true"}, []),
        ],
    )
    def test_a_named_filter_narrows_the_list(self, client, asked, found):
        assert names(client.get(CUSTOMERS, asked)) == found

    @pytest.mark.parametrize(
        "asked",
        [
            {"name__startswith": "C"},
            {"created_by__password__startswith": "m"},
            {"search_keys": "c"},
            {"kind": "robot"},
            {"kind": ""},
            {"is_fleet": "null"},
            {"opened_from": "yesterday"},
            {"ordering": "remarks"},
            {"ordering": "tracker__password"},
            {"page_size": "201"},
            {"page_size": "-1"},
            {"page_size": "²"},
            {"cursor": "abc"},
            {"phone_ending": "\0"},
        ],
    )
    def test_anything_else_is_an_error_and_not_all_rows(self, client, asked):
        answer = client.get(CUSTOMERS, asked)

        assert kind_of(answer) == (400, "invalid")
        assert errors_of(answer).keys() == asked.keys()

    def test_an_object_is_addressed_by_its_id_alone(self, client):
        pk = Customer.objects.get(name="Private").pk

        assert client.get(f"{CUSTOMERS}{pk}/", {"kind": "company"}).status_code == 200


class TestOpening:
    def test_a_file_is_opened_by_the_service_with_its_numbers(self, client):
        answer = client.post(
            CUSTOMERS,
            {
                "name": "김민수",
                "language": "ko",
                "phones": [
                    {"typed": "020 8888 8888", "kind": "home"},
                    {"typed": "+82 10-1234-5678", "is_primary": True},
                ],
            },
        )

        assert answer.status_code == 201
        customer = Customer.objects.get(pk=answer.json()["id"])
        assert (customer.name, customer.created_by) == ("김민수", client.user)
        assert list(customer.phones.values_list("e164", "kind", "is_primary")) == [
            ("+821012345678", "mobile", True),
            ("+862088888888", "home", False),
        ]

    def test_the_history_names_the_client(self, client):
        pk = client.post(CUSTOMERS, {"name": "王小明"}).json()["id"]

        event = Customer.pgh_event_model.objects.get(pgh_obj_id=pk)
        assert event.pgh_context["user"] == client.user.pk

    def test_the_same_number_twice_is_refused_and_leaves_nothing(self, client):
        twice = [{"typed": "138 0013 8000"}, {"typed": "+86 138-0013-8000"}]

        answer = client.post(CUSTOMERS, {"name": "王小明", "phones": twice})

        assert kind_of(answer) == (409, "phone_already_in_file")
        assert not Customer.objects.exists()

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"name": ""}, "name"),
            ({"email": "wang"}, "email"),
            ({"convenient_weekdays": [8]}, "convenient_weekdays.0"),
            ({"convenient_from": "18:00", "convenient_until": "09:00"}, "convenient_until"),
            ({"convenient_from": "18:00"}, "convenient_until"),
            ({"next_contact_on": "2025-02-29"}, "next_contact_on"),
            ({"phones": [{"typed": "ab"}]}, "phones.0.typed"),
            ({"phones": [{"typed": "110"}] * 11}, "phones"),
        ],
    )
    def test_wrong_values_are_named(self, client, wrong, field):
        answer = client.post(CUSTOMERS, {"name": "王小明", **wrong})

        assert kind_of(answer) == (400, "invalid")
        assert list(errors_of(answer)) == [field]

    def test_no_other_field_can_be_written(self, client):
        fields = {field.name for field in Customer._meta.get_fields()} - WRITABLE
        fields |= {"tracker_id", "created_by_id", "is_superuser", "customers", "__class__"}

        answer = client.post(CUSTOMERS, {"name": "王小明", **dict.fromkeys(fields, 1)})

        assert errors_of(answer) == {name: ["unknown"] for name in fields}
        assert not Customer.objects.exists()


class TestCorrecting:
    def test_only_what_was_sent_changes(self, client):
        customer = CustomerFactory(name="王小明", district="天河", remarks="likes tea")

        answer = client.patch(f"{CUSTOMERS}{customer.pk}/", {"version": 1, "district": "越秀"})

        assert answer.status_code == 200
        assert (answer.json()["version"], answer["ETag"]) == (2, '"2"')
        customer.refresh_from_db()
        assert (customer.district, customer.remarks) == ("越秀", "likes tea")

    @pytest.mark.parametrize("tags", [["VIP", "vip"], ["a, b"], ["x" * 31], ["1"] * 21])
    def test_tags_that_the_page_could_not_show_are_refused(self, client, tags):
        customer = CustomerFactory()

        answer = client.patch(f"{CUSTOMERS}{customer.pk}/", {"version": 1, "tags": tags})

        assert answer.status_code == 400
        assert next(iter(errors_of(answer))).startswith("tags")

    def test_the_version_may_come_as_a_header(self, client):
        customer = CustomerFactory()
        path = f"{CUSTOMERS}{customer.pk}/"
        tag = client.get(path)["ETag"]

        assert client.patch(path, {"title": "Dr."}, headers={"If-Match": tag}).status_code == 200
        assert client.patch(path, {"title": "Mr."}, headers={"If-Match": tag}).status_code == 409

    @pytest.mark.parametrize("headers", [{}, {"If-Match": "*"}, {"If-Match": "1"}])
    def test_without_a_version_nothing_is_changed(self, client, headers):
        customer = CustomerFactory()

        answer = client.patch(f"{CUSTOMERS}{customer.pk}/", {"title": "Dr."}, headers=headers)

        assert errors_of(answer) == {"version": ["invalid"]}

    def test_a_file_that_has_changed_is_shown_as_it_is_now(self, client):
        customer = CustomerFactory(district="天河")
        path = f"{CUSTOMERS}{customer.pk}/"
        client.patch(path, {"version": 1, "district": "越秀"})

        answer = client.patch(path, {"version": 1, "district": "海珠"})

        assert kind_of(answer) == (409, "changed_meanwhile")
        assert answer.json()["current"] == client.get(path).json()
        assert answer.json()["current"]["district"] == "越秀"

    def test_a_merged_file_is_not_written(self, client):
        merged = CustomerFactory(merged_into=CustomerFactory())

        answer = client.patch(f"{CUSTOMERS}{merged.pk}/", {"version": 1, "title": "Dr."})

        assert kind_of(answer) == (409, "file_was_merged")

    def test_half_a_convenient_time_is_seen_together_with_the_other_half(self, client):
        customer = CustomerFactory(convenient_from="09:00", convenient_until="12:00")

        answer = client.patch(
            f"{CUSTOMERS}{customer.pk}/", {"version": 1, "convenient_until": "08:00"}
        )

        assert list(errors_of(answer)) == ["convenient_until"]

    def test_contact_data_is_verified_today(self, client, time_machine):
        time_machine.move_to("2025-03-31T16:30:00Z")  # already April in the shop
        customer = CustomerFactory()

        answer = client.post(f"{CUSTOMERS}{customer.pk}/verify-contact/")

        assert answer.json()["contact_verified_on"] == "2025-04-01"


class TestPhones:
    @pytest.fixture
    def phone(self):
        return PhoneFactory(typed="138 0013 8000", is_primary=True)

    def path(self, phone, action=""):
        return f"{CUSTOMERS}{phone.customer_id}/phones/{phone.pk}/{action}"

    def test_a_number_is_added_and_becomes_the_first_to_call(self, client, phone):
        answer = client.post(f"{CUSTOMERS}{phone.customer_id}/phones/", {"typed": "139 0013 9000"})
        assert answer.status_code == 201

        path = f"{CUSTOMERS}{phone.customer_id}/phones/{answer.json()['id']}/make-primary/"
        assert client.post(path).json()["is_primary"] is True

        phone.refresh_from_db()
        assert phone.is_primary is False

    def test_a_number_is_corrected_unless_it_has_changed(self, client, phone):
        first = client.patch(self.path(phone), {"version": 1, "is_bad": True})
        second = client.patch(self.path(phone), {"version": 1, "typed": "139 0013 9000"})

        assert (first.json()["is_bad"], first.json()["typed"]) == (True, "138 0013 8000")
        assert kind_of(second) == (409, "changed_meanwhile")
        assert second.json()["current"] == first.json()

    def test_a_number_is_taken_out(self, client, phone):
        assert client.delete(self.path(phone)).status_code == 204
        assert client.delete(self.path(phone)).status_code == 404

    def test_a_number_is_found_below_its_own_customer_only(self, client, phone):
        elsewhere = f"{CUSTOMERS}{CustomerFactory().pk}/phones/{phone.pk}/"

        assert client.get(elsewhere).status_code == 404
        assert client.get(self.path(phone)).json()["e164"] == "+8613800138000"
