"""Calls that come in: who it is, what is owed to him, and the line in the register."""

import pytest
from django.urls import reverse

from aftersales.roles import SERVICE_ADVISOR
from aftersales.tests.factories import UserFactory
from customers.tests.factories import CustomerFactory, OwnershipFactory, PhoneFactory
from followups.models import Call, Matter
from followups.services import claims
from followups.tests.calling import NOW, first_call
from followups.tests.desk import address, at_the_desk, sheet
from followups.tests.factories import PolicyFactory, TrackerFactory

pytestmark = pytest.mark.django_db
INBOUND, POP = reverse("followups:inbound"), reverse("followups:pop")


@pytest.fixture(autouse=True)
def policy():
    return PolicyFactory()


@pytest.fixture
def advisor():
    return UserFactory(name="Chen", roles=[SERVICE_ADVISOR])


@pytest.fixture(autouse=True)
def desk(client, advisor):
    with at_the_desk(client, advisor) as clock:
        yield clock


@pytest.fixture
def caller():
    return PhoneFactory(typed="138 0013 8000", customer__name="王小明").customer


class TestFinding:
    @pytest.mark.parametrize("typed", ["13800138000", "8000", "粤A12345", "王小明"])
    def test_leads_to_the_only_one_who_fits(self, client, caller, typed):
        OwnershipFactory(customer=caller, vehicle__plate="粤A12345")

        answer = client.post(INBOUND, {"who": typed})

        assert answer.url.partition("?")[0] == address("inbound-desk", caller)

    def test_lists_several(self, client, caller):
        other = CustomerFactory(name="王小明")

        page = client.post(INBOUND, {"who": "王小明"}).content.decode()

        assert address("inbound-desk", caller) in page
        assert address("inbound-desk", other) in page

    def test_offers_a_new_file_with_the_number(self, client):
        page = client.post(INBOUND, {"who": "139 0013 9000"}).content.decode()

        assert "Nobody fits." in page
        assert 'name="phones-0-typed" value="139 0013 9000"' in page
        opened = client.post(
            reverse("customers:create"),
            {
                "phones-TOTAL_FORMS": "1",
                "phones-INITIAL_FORMS": "0",
                "phones-0-typed": "139 0013 9000",
                "phones-0-kind": "mobile",
                "add-phone": "1",
            },
        )
        assert 'value="139 0013 9000"' in opened.content.decode()

    def test_offers_a_new_file_with_the_name(self, client):
        page = client.post(INBOUND, {"who": "王小明"}).content.decode()

        assert 'name="name" value="王小明"' in page

    def test_by_a_telephone_system_names_the_number_that_called(self, client, caller):
        answer = client.get(POP, {"phone": "+8613800138000"}, follow=True)

        assert answer.redirect_chain[0][0].startswith(address("inbound-desk", caller))
        assert answer.context["form"]["phone_used"].value() == "138 0013 8000"

    def test_by_a_telephone_system_offers_a_new_file_to_a_stranger(self, client):
        assert "Open a new file" in client.get(POP, {"phone": "13900139000"}).content.decode()

    def test_without_words_asks_for_some(self, client):
        assert "This field is required." in client.post(INBOUND, {"who": " "}).content.decode()


class TestDesk:
    def record(self, client, customer, **typed):
        fields = sheet(client.get(address("inbound-desk", customer)))
        return client.post(address("inbound-desk", customer), fields | typed)

    def test_records_a_complaint_and_opens_its_matter(self, client, advisor, caller):
        answer = self.record(
            client,
            caller,
            outcome="reached",
            kind="complaint",
            phone_used="138 0013 8000",
            complaints="It rattles again.",
        )

        made = Call.objects.get()
        assert answer.url == INBOUND
        assert (made.direction, made.kind, made.handler) == ("inbound", "complaint", advisor)
        assert made.phone_used == "138 0013 8000"
        assert Matter.objects.get().text == "It rattles again."

    def test_settles_what_is_owed_when_one_takes_the_customer(self, client):
        owed = first_call()
        client.post(address("claim-inbound", owed.customer))

        self.record(
            client, owed.customer, outcome="reached", kind="inquiry", q_overall="9", q_fixed="1"
        )

        owed.refresh_from_db()
        assert owed.ending == "reached"
        assert Call.objects.get().kind == "first_call"

    def test_leaves_what_is_owed_alone_otherwise(self, client):
        owed = first_call()

        self.record(client, owed.customer, outcome="reached", kind="inquiry")

        owed.refresh_from_db()
        assert (owed.state, owed.attempts) == ("open", 0)
        assert Call.objects.get().kind == "inquiry"

    def test_asks_the_survey_only_of_whom_one_took(self, client):
        owed = first_call()

        before = client.get(address("inbound-desk", owed.customer)).content.decode()
        client.post(address("claim-inbound", owed.customer))
        after = client.get(address("inbound-desk", owed.customer)).content.decode()

        assert "A call is owed to this customer." in before
        assert "Satisfied overall?" not in before
        assert "Satisfied overall?" in after
        assert "Agenda" in after

    def test_is_recorded_while_somebody_else_calls(self, client):
        owed = first_call()
        claims.claim(owed.customer_id, by=TrackerFactory(name="Ben"), now=NOW)

        page = client.get(address("inbound-desk", owed.customer)).content.decode()
        self.record(client, owed.customer, outcome="reached", kind="other")

        assert "Ben is calling this customer since 10:00." in page
        assert Call.objects.get().kind == "other"

    def test_keeps_what_was_typed_by_whom_lost_the_customer(self, client):
        owed = first_call()
        client.post(address("claim-inbound", owed.customer))
        fields = sheet(client.get(address("inbound-desk", owed.customer)))
        claims.take_back(owed.customer_id)

        answer = client.post(
            address("inbound-desk", owed.customer),
            fields | {"outcome": "reached", "kind": "inquiry", "hopes": "A discount."},
        )

        assert answer.status_code == 409
        assert "A discount." in answer.content.decode()

    def test_says_at_the_field_what_is_missing(self, client, caller):
        answer = self.record(client, caller, outcome="refused", kind="inquiry")

        assert answer.status_code == 422
        assert answer.context["form"].errors == {"note": ["Write down what was said."]}

    def test_twice_writes_one_line(self, client, caller):
        fields = sheet(client.get(address("inbound-desk", caller)))
        fields |= {"outcome": "reached", "kind": "inquiry"}

        for _click in range(2):
            client.post(address("inbound-desk", caller), fields)

        assert Call.objects.count() == 1
