"""Files are opened, changed, and who does what is kept (FIL-08)."""

from datetime import date
from functools import partial
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from aftersales.refusals import ChangedMeanwhile
from aftersales.roles import TRACKING_SALESMAN
from aftersales.tests.factories import UserFactory
from customers.models import Channel, ContactPurpose, ContactRefusal, Customer, Phone
from customers.services import files
from customers.services.files import PhoneEntry
from customers.tests.factories import CustomerFactory, PhoneFactory

TODAY = date(2026, 3, 2)


def numbers_of(customer):
    return [(phone.typed, phone.is_primary) for phone in customer.phones.order_by("pk")]


@pytest.mark.django_db
class TestOpenFile:
    def test_says_who_opened_it_when_and_gives_it_a_number(self):
        advisor = UserFactory()

        first, second = (
            files.open_file(by=advisor, today=TODAY, fields={"name": name}, phones=[])
            for name in ("王小明", "김민수")
        )

        assert (first.created_by, first.opened_on) == (advisor, TODAY)
        assert first.file_no.startswith("K-0")
        assert int(second.file_no[2:]) == int(first.file_no[2:]) + 1

    def test_a_number_that_an_import_took_is_left_out(self):
        opened = files.open_file(by=UserFactory(), today=TODAY, fields={"name": "A"}, phones=[])
        taken = f"K-{int(opened.file_no[2:]) + 1:06}"
        CustomerFactory(file_no=taken)

        opened = files.open_file(by=UserFactory(), today=TODAY, fields={"name": "B"}, phones=[])

        assert int(opened.file_no[2:]) == int(taken[2:]) + 1

    def test_the_first_number_is_the_one_to_call_unless_another_is_marked(self):
        entries = [PhoneEntry("138 0013 8000"), PhoneEntry("020-12345678", is_primary=True)]

        unmarked = files.open_file(
            by=UserFactory(),
            today=TODAY,
            fields={"name": "A"},
            phones=[PhoneEntry("1"), entries[0]],
        )
        marked = files.open_file(
            by=UserFactory(), today=TODAY, fields={"name": "B"}, phones=entries
        )

        assert numbers_of(unmarked) == [("1", True), ("138 0013 8000", False)]
        assert numbers_of(marked) == [("138 0013 8000", False), ("020-12345678", True)]

    def test_an_invalid_number_is_kept_as_typed(self):
        customer = files.open_file(
            by=UserFactory(), today=TODAY, fields={"name": "A"}, phones=[PhoneEntry("12800138000")]
        )

        phone = customer.phones.get()
        assert (phone.typed, phone.e164, phone.tail) == ("12800138000", "", "00138000")

    def test_with_the_same_number_twice_nothing_is_opened(self):
        twice = [PhoneEntry("13800138000"), PhoneEntry("+86 138-0013-8000")]

        with pytest.raises(files.PhoneAlreadyInFile, match="138-0013-8000"):
            files.open_file(by=UserFactory(), today=TODAY, fields={"name": "A"}, phones=twice)

        assert not Customer.objects.exists()


@pytest.mark.django_db
class TestUpdateFile:
    def test_changes_the_fields_and_counts_the_version_up(self):
        customer = CustomerFactory(name="张伟")

        changed = files.update_file(
            customer.pk, by=UserFactory(), version=1, changes={"name": "曾伟"}
        )

        assert (changed.name, changed.sort_key, changed.version) == ("曾伟", "zengwei", 2)

    def test_saving_the_same_again_is_no_change(self):
        customer = CustomerFactory(address="Main Street 1")
        by = UserFactory()

        same = files.update_file(
            customer.pk, by=by, version=1, changes={"address": "Main Street 1"}
        )

        assert same.version == 1

    def test_refuses_to_write_over_what_somebody_else_wrote(self):
        customer = CustomerFactory(district="天河区")
        files.update_file(customer.pk, by=UserFactory(), version=1, changes={"district": "海珠区"})

        with pytest.raises(ChangedMeanwhile) as refusal:
            files.update_file(customer.pk, by=UserFactory(), version=1, changes={"name": "B"})

        assert (refusal.value.current.district, refusal.value.current.version) == ("海珠区", 2)

    def test_refuses_a_merged_file(self):
        survivor = CustomerFactory(file_no="K-777777")
        merged = CustomerFactory(merged_into=survivor)

        with pytest.raises(files.FileWasMerged, match="K-777777"):
            files.update_file(merged.pk, by=UserFactory(), version=1, changes={"name": "B"})


@pytest.mark.django_db
class TestUpdateGroup:
    def test_lets_two_people_write_different_groups(self):
        customer = CustomerFactory()
        files.update_group(customer.pk, by=UserFactory(), version=1, changes={"district": "海珠区"})

        changed = files.update_group(
            customer.pk, by=UserFactory(), version=1, changes={"remarks": "Likes tea"}
        )

        assert (changed.district, changed.remarks, changed.version) == ("海珠区", "Likes tea", 3)

    def test_refuses_when_the_same_group_was_changed(self):
        customer = CustomerFactory()
        Customer.objects.filter(pk=customer.pk).update(postal_code="510000")

        with pytest.raises(ChangedMeanwhile):
            files.update_group(
                customer.pk,
                by=UserFactory(),
                version=1,
                changes={"district": "海珠区", "postal_code": ""},
            )

    def test_refuses_a_version_that_never_was(self):
        customer = CustomerFactory()

        with pytest.raises(ChangedMeanwhile):
            files.update_group(customer.pk, by=UserFactory(), version=9, changes={"remarks": "x"})


@pytest.mark.django_db(transaction=True)
def test_of_two_people_saving_the_same_version_one_is_refused():
    customer = CustomerFactory()
    start, refused = Barrier(2), []

    def save(person, remark):
        start.wait()
        try:
            files.update_file(customer.pk, by=person, version=1, changes={"remarks": remark})
        except ChangedMeanwhile:
            refused.append(remark)
        finally:
            connection.close()

    people = UserFactory.create_batch(2)
    threads = [
        Thread(target=partial(save, person, remark))
        for person, remark in zip(people, ["one", "two"], strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    customer.refresh_from_db()
    assert {customer.remarks, *refused} == {"one", "two"}


@pytest.mark.django_db
def test_the_contact_data_is_verified_today():
    customer = files.verify_contact(CustomerFactory().pk, by=UserFactory(), today=TODAY)

    assert customer.contact_verified_on == TODAY


@pytest.mark.django_db
class TestAssignTracker:
    def test_entrusts_the_customer_and_takes_him_away_again(self):
        customer, tracker = CustomerFactory(), UserFactory(roles=[TRACKING_SALESMAN])

        entrusted = files.assign_tracker(customer.pk, by=UserFactory(), tracker=tracker)
        left = files.assign_tracker(customer.pk, by=UserFactory(), tracker=None)

        assert (entrusted.tracker, left.tracker) == (tracker, None)

    @pytest.mark.parametrize("fault", [{"roles": []}, {"is_active": False}])
    def test_refuses_who_does_not_look_after_customers(self, fault):
        tracker = UserFactory(**{"roles": [TRACKING_SALESMAN], "name": "Kim", **fault})

        with pytest.raises(files.MayNotTrack, match="Kim"):
            files.assign_tracker(CustomerFactory().pk, by=UserFactory(), tracker=tracker)


@pytest.mark.django_db
class TestPhones:
    def test_a_new_first_number_takes_the_place_of_the_old_one(self):
        customer = CustomerFactory()
        PhoneFactory(customer=customer, typed="13800138000", is_primary=True)

        files.add_phone(
            customer.pk, by=UserFactory(), entry=PhoneEntry("13800138001", is_primary=True)
        )
        files.add_phone(customer.pk, by=UserFactory(), entry=PhoneEntry("13800138002"))

        assert numbers_of(customer) == [
            ("13800138000", False),
            ("13800138001", True),
            ("13800138002", False),
        ]

    def test_the_only_number_is_the_one_to_call(self):
        phone = files.add_phone(
            CustomerFactory().pk, by=UserFactory(), entry=PhoneEntry("13800138000")
        )

        assert phone.is_primary

    def test_a_corrected_number_is_read_again(self):
        phone = PhoneFactory(typed="1380013800")

        phone = files.change_phone(
            phone.pk,
            by=UserFactory(),
            version=1,
            typed="+82 10-1234-5678",
            kind="work",
            is_bad=True,
        )

        assert (phone.e164, phone.tail, phone.reversed_digits, phone.kind, phone.is_bad) == (
            "+821012345678",
            "12345678",
            "876543210128",
            "work",
            True,
        )

    def test_a_correction_of_an_old_version_is_refused(self):
        phone = PhoneFactory()
        Phone.objects.filter(pk=phone.pk).update(is_bad=True)

        with pytest.raises(ChangedMeanwhile):
            files.change_phone(
                phone.pk, by=UserFactory(), version=1, typed="1", kind="home", is_bad=False
            )

    def test_the_same_number_is_not_entered_twice_however_it_is_typed(self):
        phone = PhoneFactory(typed="13800138000")
        other = PhoneFactory(customer=phone.customer, typed="13800138001")

        with pytest.raises(files.PhoneAlreadyInFile):
            files.add_phone(
                phone.customer_id, by=UserFactory(), entry=PhoneEntry("+86 138 0013 8000")
            )
        with pytest.raises(files.PhoneAlreadyInFile):
            files.change_phone(
                other.pk, by=UserFactory(), version=1, typed="138-0013-8000", kind="home",
                is_bad=False,
            )  # fmt: skip

    def test_one_number_moves_to_the_front(self):
        first = PhoneFactory(is_primary=True)
        second = PhoneFactory(customer=first.customer)

        files.make_primary(second.pk, by=UserFactory())

        assert list(first.customer.phones.all()) == [second, first]
        assert [primary for _typed, primary in numbers_of(first.customer)] == [False, True]

    def test_when_the_first_number_goes_the_next_one_moves_up(self):
        first = PhoneFactory(is_primary=True)
        second = PhoneFactory(customer=first.customer)

        files.remove_phone(first.pk, by=UserFactory())
        assert first.customer.phones.get(is_primary=True) == second

        files.remove_phone(second.pk, by=UserFactory())
        assert not first.customer.phones.exists()


@pytest.mark.django_db
class TestRefusals:
    def refuse(self, customer):
        return files.refuse_contact(
            customer.pk,
            by=UserFactory(),
            today=TODAY,
            purpose=ContactPurpose.PROMOTION,
            channel=Channel.PHONE,
            reason="Asked us not to",
        )

    def test_says_since_when_and_who_recorded_it(self):
        refusal = self.refuse(CustomerFactory())

        assert (refusal.refused_on, refusal.reason, refusal.lifted_on) == (
            TODAY,
            "Asked us not to",
            None,
        )
        assert list(ContactRefusal.objects.standing()) == [refusal]

    def test_the_same_is_not_refused_twice_until_it_was_lifted(self):
        customer = CustomerFactory()
        refusal = self.refuse(customer)
        with pytest.raises(files.AlreadyRefused):
            self.refuse(customer)

        files.lift_refusal(refusal.pk, by=UserFactory(), today=TODAY, reason="Wants offers again")

        assert self.refuse(customer).pk != refusal.pk

    def test_lifting_says_when_by_whom_and_why_and_only_once(self):
        refusal, supervisor = self.refuse(CustomerFactory()), UserFactory()

        lifted = files.lift_refusal(refusal.pk, by=supervisor, today=TODAY, reason="His own wish")

        assert (lifted.lifted_on, lifted.lifted_by, lifted.lift_reason) == (
            TODAY,
            supervisor,
            "His own wish",
        )
        assert not ContactRefusal.objects.standing().exists()
        with pytest.raises(files.AlreadyLifted):
            files.lift_refusal(refusal.pk, by=supervisor, today=TODAY, reason="Again")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"name": ""}, "customers_customer_has_a_name"),
        ({"kind": "robot"}, "customers_customer_known_kind"),
        ({"convenient_from": "18:00"}, "customers_convenient_time_has_both_ends"),
    ],
)
def test_the_database_refuses_impossible_files(values, constraint):
    customer = CustomerFactory()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Customer.objects.filter(pk=customer.pk).update(**values)


@pytest.mark.django_db
def test_the_database_refuses_a_second_first_number():
    phone = PhoneFactory(is_primary=True)

    with pytest.raises(IntegrityError, match="customers_one_primary_phone"), transaction.atomic():
        PhoneFactory(customer=phone.customer, is_primary=True)


@pytest.mark.django_db
def test_the_history_names_who_did_it_also_outside_a_request():
    advisor = UserFactory()
    customer = files.open_file(by=advisor, today=TODAY, fields={"name": "A"}, phones=[])

    event = Customer.pgh_event_model.objects.get(pgh_obj=customer)

    assert event.pgh_context == {"user": advisor.pk}
