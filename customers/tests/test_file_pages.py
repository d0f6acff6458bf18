from datetime import date

import pytest
from django.urls import reverse

from aftersales.roles import SERVICE_ADVISOR, SUPERVISOR, TRACKING_SALESMAN
from aftersales.tests.factories import UserFactory
from customers.models import ContactRefusal, Customer
from customers.services import files
from customers.tests.factories import CustomerFactory, PhoneFactory

HTMX = {"HX-Request": "true"}
CONTACT = {
    "version": "1",
    "address": "天河路1号",
    "postal_code": "510000",
    "district": "天河区",
    "email": "wang@example.com",
    "convenient_from": "18:00",
    "convenient_until": "20:00",
    "convenient_weekdays": ["1", "5"],
}


@pytest.fixture
def advisor(client):
    user = UserFactory(name="李娜", roles=[SERVICE_ADVISOR])
    client.force_login(user)
    return user


def edit_url(customer, group="contact"):
    return reverse("customers:edit", args=[customer.pk, group])


@pytest.mark.django_db
class TestEditGroup:
    @pytest.mark.parametrize("group", ["identity", "contact", "plan", "bag"])
    def test_each_group_is_edited_in_its_place_and_on_a_page_of_its_own(
        self, client, advisor, group
    ):
        customer = CustomerFactory(name="王小明")

        part = client.get(edit_url(customer, group), headers=HTMX).content.decode()
        page = client.get(edit_url(customer, group)).content.decode()

        assert part.lstrip().startswith("<section")
        assert f'id="{group}"' in part
        assert "<title>王小明" in page
        assert 'name="version" value="1"' in page

    def test_saving_leads_back_to_the_group_on_the_page(self, client, advisor):
        customer = CustomerFactory()

        response = client.post(edit_url(customer), CONTACT)

        assert response.url == f"/customers/{customer.pk}/#contact"
        customer.refresh_from_db()
        assert (customer.address, customer.convenient_weekdays) == ("天河路1号", [1, 5])
        assert customer.get_convenient_time_display() == "Monday, Friday 18:00 – 20:00"

    def test_htmx_gets_the_group_as_it_is_now_and_the_head_with_it(self, client, advisor):
        customer = CustomerFactory()

        response = client.post(edit_url(customer), CONTACT, headers=HTMX)

        assert response.status_code == 200
        assert "天河路1号" in response.content.decode()
        assert 'id="file-head" hx-swap-oob="true"' in response.content.decode()
        assert response.headers["HX-Trigger-After-Settle"] == '{"file-changed": {}}'

    @pytest.mark.parametrize(
        ("fault", "message"),
        [
            ({"email": "wang@"}, "Enter a valid email address."),
            ({"convenient_until": ""}, "Give both times, or neither."),
            ({"convenient_until": "17:00"}, "This is not after the first time."),
            ({"convenient_from": "25:99"}, "Enter a valid time."),
        ],
    )
    def test_a_wrong_value_is_named_and_what_was_typed_is_kept(
        self, client, advisor, fault, message
    ):
        customer = CustomerFactory()

        response = client.post(edit_url(customer), {**CONTACT, **fault}, headers=HTMX)

        assert response.status_code == 422
        assert message in response.content.decode()
        assert 'value="天河路1号"' in response.content.decode()
        customer.refresh_from_db()
        assert customer.version == 1

    def test_two_people_see_both_versions_side_by_side_and_nothing_typed_is_lost(
        self, client, advisor
    ):
        customer = CustomerFactory()
        files.update_file(customer.pk, by=advisor, version=1, changes={"address": "海珠路2号"})

        response = client.post(edit_url(customer), CONTACT, headers=HTMX)

        page = response.content.decode()
        assert response.status_code == 409
        assert "<td>海珠路2号</td><td>天河路1号</td>" in page
        assert 'value="天河路1号"' in page
        customer.refresh_from_db()
        assert customer.address == "海珠路2号"

        assert 'name="version" value="2"' in page
        client.post(edit_url(customer), {**CONTACT, "version": "2"})
        customer.refresh_from_db()
        assert customer.address == "天河路1号"

    def test_somebody_elses_change_of_another_group_is_no_conflict(self, client, advisor):
        customer = CustomerFactory()
        files.update_file(customer.pk, by=advisor, version=1, changes={"remarks": "Likes tea"})

        response = client.post(edit_url(customer), CONTACT)

        assert response.status_code == 302
        customer.refresh_from_db()
        assert (customer.address, customer.remarks) == ("天河路1号", "Likes tea")

    def test_a_merged_file_is_no_longer_written(self, client, advisor):
        survivor = CustomerFactory(file_no="K-777777")
        merged = CustomerFactory(merged_into=survivor)

        response = client.post(edit_url(merged), CONTACT, follow=True)

        assert "merged into K-777777" in response.content.decode()
        merged.refresh_from_db()
        assert merged.address == ""

    def test_tags_stand_between_commas_each_once(self, client, advisor):
        customer = CustomerFactory()
        typed = {"version": "1", "tags": " VIP，车友会, vip、 long   way,,", "remarks": "x"}

        client.post(edit_url(customer, "bag"), typed)

        customer.refresh_from_db()
        assert customer.tags == ["VIP", "车友会", "long way"]
        page = client.get(edit_url(customer, "bag"), headers=HTMX).content.decode()
        assert 'value="VIP, 车友会, long way"' in page

    @pytest.mark.parametrize(
        ("tags", "answer"),
        [
            ("x" * 31, "is longer than 30 characters"),
            (",".join(map(str, range(21))), "At most 20 are taken"),
        ],
    )
    def test_too_many_or_too_long_tags_are_refused_and_kept(self, client, advisor, tags, answer):
        customer = CustomerFactory()

        response = client.post(
            edit_url(customer, "bag"), {"version": "1", "tags": tags}, headers=HTMX
        )

        page = response.content.decode()
        assert answer in page
        assert f'value="{tags}"' in page
        customer.refresh_from_db()
        assert customer.tags == []

    def test_there_is_no_other_group(self, client, advisor):
        assert client.get(edit_url(CustomerFactory(), "nonsense")).status_code == 404

    def test_cancel_shows_the_group_again(self, client, advisor):
        customer = CustomerFactory(address="天河路1号")
        url = reverse("customers:group", args=[customer.pk, "contact"])

        assert "天河路1号" in client.get(url, headers=HTMX).content.decode()
        assert client.get(url).url == f"/customers/{customer.pk}/#contact"
        assert client.get(url.replace("contact", "nonsense")).status_code == 404

    def test_text_of_customers_is_text(self, client, advisor):
        customer = CustomerFactory(remarks="<script>alert(1)</script>")
        url = reverse("customers:group", args=[customer.pk, "bag"])

        assert "<script>alert" not in client.get(url, headers=HTMX).content.decode()


@pytest.mark.django_db
class TestOneClick:
    def test_verifies_the_contact_data_today(self, client, advisor, time_machine):
        time_machine.move_to("2026-03-01T17:00:00Z")  # already 2 March in the shop
        customer = CustomerFactory()
        url = reverse("customers:verify-contact", args=[customer.pk])

        assert client.post(url, headers=HTMX).status_code == 200
        customer.refresh_from_db()
        assert customer.contact_verified_on == date(2026, 3, 2)
        assert client.get(url).status_code == 405

    def test_entrusts_the_customer_to_a_tracking_salesman(self, client, advisor):
        customer = CustomerFactory()
        tracker = UserFactory(name="黄丽娟", roles=[TRACKING_SALESMAN])
        url = reverse("customers:assign-tracker", args=[customer.pk])

        choices = client.get(url, headers=HTMX).content.decode()
        client.post(url, {"tracker": tracker.pk})

        assert "黄丽娟" in choices
        assert "李娜" not in choices
        customer.refresh_from_db()
        assert customer.tracker == tracker

        assert client.post(url, {"tracker": advisor.pk}).status_code == 422
        client.post(url, {"tracker": ""})
        customer.refresh_from_db()
        assert customer.tracker is None


@pytest.mark.django_db
class TestPhones:
    def test_a_number_is_added(self, client, advisor):
        customer = CustomerFactory()
        url = reverse("customers:add-phone", args=[customer.pk])

        assert 'name="typed"' in client.get(url, headers=HTMX).content.decode()
        response = client.post(url, {"typed": "+82 10-1234-5678", "kind": "mobile"}, headers=HTMX)

        assert 'href="tel:+821012345678"' in response.content.decode()
        assert customer.phones.get().is_primary

    def test_an_invalid_number_is_kept_with_a_warning(self, client, advisor):
        customer = CustomerFactory()
        url = reverse("customers:add-phone", args=[customer.pk])

        page = client.post(url, {"typed": "12800138000", "kind": "mobile"}, headers=HTMX)

        assert "12800138000" in page.content.decode()
        assert "not a valid number" in page.content.decode()

    @pytest.mark.parametrize(
        ("typed", "message"),
        [
            ("unknown", "A phone number has at least three digits."),
            ("+86 138-0013-8000", "The number +86 138-0013-8000 is already in the file."),
        ],
    )
    def test_what_cannot_be_saved_is_said_and_kept(self, client, advisor, typed, message):
        phone = PhoneFactory(typed="13800138000")
        other = PhoneFactory(customer=phone.customer)
        data = {"typed": typed, "kind": "mobile", "version": "1"}

        for url in (
            reverse("customers:add-phone", args=[phone.customer_id]),
            reverse("customers:change-phone", args=[other.pk]),
        ):
            response = client.post(url, data, headers=HTMX)
            assert response.status_code == 422
            assert message in response.content.decode()
            assert f'value="{typed}"' in response.content.decode()
        assert phone.customer.phones.count() == 2

    def test_a_number_is_corrected_and_marked_as_dead(self, client, advisor):
        phone = PhoneFactory(typed="13800138000")
        url = reverse("customers:change-phone", args=[phone.pk])

        assert 'value="13800138000"' in client.get(url, headers=HTMX).content.decode()
        data = {"typed": "13800138009", "kind": "work", "is_bad": "on", "version": "1"}
        page = client.post(url, data, headers=HTMX).content.decode()

        assert "does not work" in page
        phone.refresh_from_db()
        assert (phone.e164, phone.kind, phone.is_bad) == ("+8613800138009", "work", True)

    def test_a_correction_of_an_old_version_shows_the_new_one(self, client, advisor):
        phone = PhoneFactory(typed="13800138000")
        data = {"typed": "13800138009", "kind": "work", "version": "1"}
        url = reverse("customers:change-phone", args=[phone.pk])
        files.change_phone(
            phone.pk, by=advisor, version=1, typed="13800138005", kind="home", is_bad=False
        )

        response = client.post(url, data, headers=HTMX)

        assert response.status_code == 409
        assert "In the file now: 13800138005" in response.content.decode()
        assert 'value="13800138009"' in response.content.decode()
        assert client.post(url, {**data, "version": "2"}).status_code == 302

    def test_another_number_becomes_the_first_and_the_old_one_goes(self, client, advisor):
        first = PhoneFactory(is_primary=True)
        second = PhoneFactory(customer=first.customer)

        client.post(reverse("customers:make-primary", args=[second.pk]))
        response = client.post(reverse("customers:remove-phone", args=[first.pk]))

        assert response.url == f"/customers/{first.customer_id}/#phones"
        assert first.customer.phones.get().is_primary


@pytest.mark.django_db
class TestRefusals:
    data = {"purpose": "promotion", "channel": "phone", "reason": "Asked us not to"}

    def test_are_recorded_with_the_reason_and_stand_in_plain_sight(self, client, advisor):
        customer = CustomerFactory()
        url = reverse("customers:refuse-contact", args=[customer.pk])

        page = client.post(url, self.data, headers=HTMX).content.decode()

        head = page[page.index('id="file-head"') :]
        assert "Do not contact:" in head
        assert "Campaigns and offers (Phone)" in " ".join(head.split())
        assert "Asked us not to" in page
        assert client.post(url, self.data, headers=HTMX).status_code == 422
        assert client.post(url, {**self.data, "reason": ""}).status_code == 422

    def test_are_lifted_by_a_supervisor_with_a_reason(self, client):
        supervisor = UserFactory(roles=[SUPERVISOR])
        client.force_login(supervisor)
        customer = CustomerFactory()
        client.post(reverse("customers:refuse-contact", args=[customer.pk]), self.data)
        refusal = ContactRefusal.objects.get()
        url = reverse("customers:lift-refusal", args=[refusal.pk])

        assert "Why it was lifted" in client.get(url, headers=HTMX).content.decode()
        assert client.post(url, {"reason": ""}).status_code == 422
        assert client.post(url, {"reason": "His own wish"}).status_code == 302
        assert not ContactRefusal.objects.standing().exists()
        assert "already" in client.post(url, {"reason": "Twice"}, follow=True).content.decode()

    def test_are_not_lifted_by_an_advisor(self, client, advisor):
        customer = CustomerFactory()
        client.post(reverse("customers:refuse-contact", args=[customer.pk]), self.data)
        url = reverse("customers:lift-refusal", args=[ContactRefusal.objects.get().pk])

        assert client.post(url, {"reason": "x"}).status_code == 403
        assert ContactRefusal.objects.standing().exists()


@pytest.mark.django_db
def test_a_section_is_saved_in_a_fixed_number_of_queries(
    client, advisor, django_assert_num_queries
):
    for rows in (1, 3):
        customer = CustomerFactory()
        PhoneFactory.create_batch(rows, customer=customer)
        client.get("/")
        with django_assert_num_queries(18):
            client.post(edit_url(customer), CONTACT, headers=HTMX)
        assert Customer.objects.get(pk=customer.pk).address
