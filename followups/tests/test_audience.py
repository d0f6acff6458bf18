"""Who an audience is, and who of it is left out and why (CAM-02, CMP-01, CRM-03)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from customers.models import Channel, ContactPurpose, ContactRefusal
from customers.tests.factories import (
    CustomerFactory,
    OwnershipFactory,
    PhoneFactory,
    VehicleFactory,
)
from followups.campaigns.audience import Audience
from followups.campaigns.invited import Invited, LeftOut
from followups.models import CampaignKind, MatterState
from followups.tests.factories import (
    CallFactory,
    CampaignFactory,
    LetterFactory,
    MatterFactory,
    PolicyFactory,
    TrackerFactory,
)
from followups.tests.sweeping import callable_customer
from workshop.tests.factories import RepairOrderFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 4, 10, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _policy():
    PolicyFactory(contacts_a_month=2)


def invited(*, kind=CampaignKind.PROMOTION, passes_limits=False, **criteria):
    return Invited(Audience.read(criteria), kind=kind, passes_limits=passes_limits, now=NOW)


def names(**criteria):
    return {name for _key, name in invited(**criteria).of("")}


def refuses(customer, purpose, channel=Channel.PHONE, **fields):
    ContactRefusal.objects.create(
        customer=customer,
        purpose=purpose,
        channel=channel,
        reason="asked for it",
        refused_on="2025-03-31",
        recorded_by=TrackerFactory(),
        **fields,
    )
    return customer


class TestLeftOut:
    def test_everybody_is_counted_once_with_the_first_reason(self):
        callable_customer(name="invited")
        hopeless = refuses(CustomerFactory(name="refuses"), ContactPurpose.PROMOTION)
        MatterFactory(customer=hopeless)
        complains = callable_customer(name="complains")
        MatterFactory(customer=complains)
        enough = callable_customer(name="had enough")
        for _contact in range(2):
            CallFactory(customer=enough, started_at=NOW - timedelta(3), ended_at=NOW)
        CustomerFactory(name="no number")

        reach = invited().reach()

        assert (reach.chosen, reach.invited) == (5, 1)
        assert reach.left_out == {
            LeftOut.REFUSED: 1,
            LeftOut.COMPLAINT: 1,
            LeftOut.CONTACTED: 1,
            LeftOut.NO_NUMBER: 1,
        }
        assert [name for _key, name in invited().of(LeftOut.COMPLAINT)] == ["complains"]
        assert names() == {"invited"}

    @pytest.mark.parametrize(
        ("purpose", "channel", "is_left_out"),
        [
            (ContactPurpose.PROMOTION, Channel.PHONE, True),
            (ContactPurpose.ALL, Channel.ALL, True),
            (ContactPurpose.PROMOTION, Channel.LETTER, False),
            (ContactPurpose.SERVICE, Channel.PHONE, False),
            (ContactPurpose.REMINDER, Channel.PHONE, False),
        ],
    )
    def test_who_wants_no_calls_about_offers(self, purpose, channel, is_left_out):
        refuses(callable_customer(), purpose, channel)

        assert invited().reach().left_out == ({LeftOut.REFUSED: 1} if is_left_out else {})

    def test_a_refusal_that_was_lifted_counts_no_more(self):
        refuses(
            callable_customer(name="again"),
            ContactPurpose.ALL,
            lifted_on="2025-04-01",
            lifted_by=TrackerFactory(),
            lift_reason="asked for it",
        )

        assert names() == {"again"}

    def test_a_closed_complaint_and_a_request_keep_nobody_out(self):
        customer = callable_customer(name="content")
        MatterFactory(customer=customer, kind="request")
        MatterFactory(
            customer=customer,
            state=MatterState.CLOSED,
            closed_on="2025-04-05",
            closed_by=TrackerFactory(),
        )

        assert names() == {"content"}

    def test_calls_and_letters_of_the_month_add_up_over_merged_files(self):
        customer = callable_customer()
        merged = CustomerFactory(merged_into=customer)
        CallFactory(customer=merged, started_at=NOW - timedelta(29), ended_at=NOW)
        LetterFactory(customer=customer, issued_at=NOW - timedelta(1))

        assert invited().reach().left_out == {LeftOut.CONTACTED: 1}

    def test_old_calls_their_calls_and_calls_without_a_talk_use_nothing_up(self):
        customer = callable_customer(name="rested")
        for fields in (
            {"started_at": NOW - timedelta(30)},
            {"direction": "inbound"},
            {"outcome": "no_answer"},
        ):
            CallFactory(customer=customer, **{"started_at": NOW, "ended_at": NOW, **fields})

        assert names() == {"rested"}

    def test_a_number_that_works_is_needed(self):
        PhoneFactory(is_bad=True)
        PhoneFactory(typed="110", e164="")

        assert invited().reach().left_out == {LeftOut.NO_NUMBER: 2}

    def test_a_safety_recall_with_the_supervisors_word_reaches_whom_offers_spare(self):
        complains = callable_customer(name="complains")
        MatterFactory(customer=complains)
        refuses(callable_customer(name="no offers"), ContactPurpose.PROMOTION)
        refuses(callable_customer(name="no calls"), ContactPurpose.SERVICE)

        recall = invited(kind=CampaignKind.RECALL, passes_limits=True)

        assert {name for _key, name in recall.of("")} == {"complains", "no offers"}
        assert invited(kind=CampaignKind.RECALL).reach().left_out[LeftOut.COMPLAINT] == 1


class TestNarrowing:
    def test_by_district_and_tracker(self):
        tracker = TrackerFactory()
        callable_customer(name="both", district="天河区", tracker=tracker)
        callable_customer(name="far", district="番禺区", tracker=tracker)
        callable_customer(name="other", district="天河区")

        assert names(districts=["天河区"]) == {"both", "other"}
        assert names(districts=["天河区", "番禺区"], trackers=[tracker.pk]) == {"both", "far"}

    def test_by_one_of_the_tags(self):
        callable_customer(name="member", tags=["VIP", "车友会"])
        callable_customer(name="friend", tags=["转介绍"])
        callable_customer(name="stranger", tags=["车友会会长"])

        assert names(tags=["车友会", "转介绍"]) == {"member", "friend"}

    def test_model_purchase_and_policy_are_asked_of_one_car_that_he_owns(self):
        def owner(name, *cars):
            customer = callable_customer(name=name)
            for model, purchased_on, policy_ends_on in cars:
                OwnershipFactory(
                    customer=customer,
                    vehicle__model=model,
                    vehicle__purchased_on=purchased_on,
                    vehicle__policy_ends_on=policy_ends_on,
                )

        owner("wanted", ("Lacrosse 2.0T", "2024-05-01", "2025-05-01"))
        owner("old", ("Lacrosse 2.0T", "2020-05-01", "2025-05-01"))
        owner("two", ("Lacrosse 2.0T", "2020-05-01", None), ("Regal", "2024-05-01", "2025-05-01"))
        brings = callable_customer(name="brings")
        OwnershipFactory(customer=brings, relation="bringer", vehicle__model="Lacrosse")

        assert names(models=["Lacrosse"]) == {"wanted", "old", "two"}
        assert names(models=["Lacrosse"], purchased_from="2024-01-01") == {"wanted"}
        assert names(purchased_until="2020-05-01") == {"old", "two"}
        assert names(policy_ends_from="2025-05-01", policy_ends_until="2025-05-01") == {
            "wanted", "old", "two",
        }  # fmt: skip
        assert names(models=["%"]) == set()

    def test_by_the_day_of_the_last_visit(self):
        def customer(name, *visits):
            owner = callable_customer(name=name)
            for visit in visits:
                RepairOrderFactory(customer=owner, checked_in_at=visit)

        customer("lately", "2024-06-01T02:00Z", "2025-04-01T02:00Z")
        customer("long ago", "2024-06-01T02:00Z")
        customer("never")

        assert names(last_visit_from="2025-01-01") == {"lately"}
        assert names(last_visit_until="2025-01-01") == {"long ago"}
        assert names(last_visit_from="2024-06-01", last_visit_until="2024-06-01") == {"long ago"}
        assert names(last_visit_from="2024-06-02", last_visit_until="2024-12-31") == set()

    def test_by_class(self):
        new = callable_customer(name="new", opened_on="2025-04-01")
        assert new
        callable_customer(name="lost", opened_on="2020-04-01")
        once = callable_customer(name="once", opened_on="2020-04-01")
        RepairOrderFactory(customer=once, checked_in_at="2025-04-01T02:00Z")

        assert names(classes=["D"]) == {"lost"}
        assert names(classes=["C", "N"]) == {"once", "new"}
        assert names(classes=["A", "C"]) == {"once"}

    def test_a_list_of_file_numbers_phones_plates_and_vins(self):
        vin, plate = "1M8GDM9AXKP042788", "粤A12345"
        by_file = callable_customer(name="file", file_no="K-000123")
        by_phone, by_plate, by_vin = (
            CustomerFactory(name=name) for name in ("phone", "plate", "vin")
        )
        PhoneFactory(customer=by_phone, typed="138 0013 9999")
        for customer, car in ((by_plate, {"plate": plate}), (by_vin, {"vin": vin})):
            OwnershipFactory(customer=customer, vehicle=VehicleFactory(**car))
            PhoneFactory(customer=customer)
        callable_customer(name="somebody else")

        asked = invited(
            people=["K-000123", "13800139999", "粤a·12345", vin.lower(), "K-9", "K-000123"]
        )

        assert {name for _key, name in asked.of("")} == {"file", "phone", "plate", "vin"}
        assert asked.reach().unknown == ("K-9",)
        assert names(people=["K-000123"], districts=["天河区"]) == set()
        assert by_file.name in names(people=["K-000123"], districts=[""])

    def test_a_merged_file_that_somebody_names_says_so(self):
        CustomerFactory(file_no="K-7", merged_into=callable_customer(name="one"))

        assert invited(people=["K-7"]).reach().left_out == {LeftOut.MERGED: 1}
        assert invited().reach().left_out == {}


class TestReading:
    def test_what_was_read_is_kept_and_read_again(self):
        typed = {
            "districts": ["天河区"],
            "purchased_from": "2024-01-01",
            "trackers": [3],
            "classes": ["A"],
            "people": [" K-1 ", "", "K-1"],
            "models": [],
        }

        audience = Audience.read(typed)

        assert audience.as_json() == {
            "districts": ["天河区"],
            "purchased_from": "2024-01-01",
            "trackers": [3],
            "classes": ["A"],
            "people": ["K-1"],
        }
        assert Audience.read(audience.as_json()) == audience

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("district", ["天河区"]),
            ("districts", "天河区"),
            ("districts", [3]),
            ("districts", ["x\0"]),
            ("districts", ["x" * 81]),
            ("models", [str(number) for number in range(51)]),
            ("purchased_from", "soon"),
            ("purchased_from", 20250101),
            ("trackers", ["3"]),
            ("trackers", [True]),
            ("trackers", [-1]),
            ("trackers", 3),
            ("trackers", [2**63]),
            ("classes", ["E"]),
            ("people", [str(number) for number in range(20_001)]),
        ],
    )
    def test_what_cannot_be_read_is_refused_by_name(self, field, value):
        with pytest.raises(ValidationError) as refusal:
            Audience.read({field: value})

        assert list(refusal.value.message_dict) == [field]

    def test_a_period_ends_after_it_begins(self):
        with pytest.raises(ValidationError) as refusal:
            Audience.read({"last_visit_from": "2025-01-02", "last_visit_until": "2025-01-01"})

        assert list(refusal.value.message_dict) == ["last_visit_until"]


def test_counting_takes_one_statement_however_many_there_are(django_assert_num_queries):
    for _customer in range(3):
        callable_customer()
    asked = invited(districts=["天河区"], classes=["A", "D"], models=["L"])

    with django_assert_num_queries(1):
        asked.reach()


def test_freezing_writes_one_invitation_for_each_who_is_invited(django_assert_num_queries):
    campaign = CampaignFactory()
    people = [callable_customer() for _customer in range(3)]
    CustomerFactory()
    asked = invited()

    with django_assert_num_queries(1):
        assert asked.freeze(campaign) == 3

    assert {each.customer for each in campaign.invitations.all()} == set(people)
