"""The review of likely duplicates, the merge side by side, and the way back."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from kombu.exceptions import OperationalError

from aftersales.roles import SERVICE_ADVISOR
from aftersales.tests.factories import SupervisorFactory, UserFactory
from customers.models import Customer, DuplicatePair, DuplicateReason, Merge
from customers.services import merges
from customers.tests.factories import (
    ConsultationFactory,
    CustomerFactory,
    DuplicatePairFactory,
    OwnershipFactory,
    PhoneFactory,
)
from workshop.tests.factories import RepairOrderFactory

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}
NOW = datetime(2026, 3, 31, 2, 0, tzinfo=UTC)


@pytest.fixture
def supervisor(client):
    user = SupervisorFactory()
    client.force_login(user)
    return user


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_possible_duplicate_is_shown_while_one_types(client):
    client.force_login(UserFactory(roles=[SERVICE_ADVISOR]))
    known = PhoneFactory(typed="138 0013 8000", customer__name="王小明").customer
    owner = OwnershipFactory(vehicle__plate="粤A12345", customer__name="李雷").customer

    typed = {
        "phones-0-typed": "",
        "phones-1-typed": "13800138000",
        "vehicle-plate": "粤a12345",
        "vehicle-vin": "",
    }
    page = text_of(client.post(reverse("customers:possible-duplicates"), typed, **HTMX))

    for word in ("Same phone number: <strong>138 0013 8000", "王小明", known.get_absolute_url()):
        assert word in page
    for word in ("Same plate: <strong>粤A12345", "李雷", owner.get_absolute_url()):
        assert word in page


def test_nothing_is_shown_for_a_name_alone(client, supervisor):
    CustomerFactory(name="王小明")

    response = client.post(reverse("customers:possible-duplicates"), {"name": "王小明"}, **HTMX)

    assert text_of(response) == ""


@pytest.mark.parametrize("pairs", [1, 3])
def test_the_list_shows_pairs_with_their_reasons_in_a_fixed_number_of_queries(
    client, supervisor, pairs, django_assert_num_queries
):
    for pair in range(pairs):
        DuplicatePairFactory(
            first=OwnershipFactory(
                customer__name="王小明", vehicle__plate=f"粤A1234{pair}"
            ).customer,
            second__name="王晓明",
            reasons=[DuplicateReason.PHONE, DuplicateReason.ADDRESS],
            name_similarity=67,
        )

    with django_assert_num_queries(9):
        page = text_of(client.get(reverse("customers:duplicates")))

    for word in (">王小明<", ">王晓明<", "粤A1234", "67 %", ">Same phone number<"):
        assert page.count(word) == pairs


def test_dismissed_and_merged_pairs_are_not_listed(client, supervisor):
    DuplicatePairFactory(dismissed_at=NOW, dismissed_by=supervisor)
    merged = DuplicatePairFactory()
    merges.merge(merged.first_id, merged.second_id, choices=(), by=supervisor, now=NOW)

    page = text_of(client.get(reverse("customers:duplicates")))

    assert "No likely duplicates" in page


def test_the_list_is_narrowed_by_the_reason(client, supervisor):
    DuplicatePairFactory(reasons=[DuplicateReason.VEHICLE], first__name="Wang")
    DuplicatePairFactory(reasons=[DuplicateReason.PHONE], first__name="Zhao")

    page = text_of(client.get(reverse("customers:duplicates"), {"reason": "phone"}))

    assert "Zhao" in page
    assert "Wang" not in page


def test_a_pair_is_dismissed_and_put_back_in_its_row(client, supervisor):
    pair = DuplicatePairFactory()

    row = client.post(reverse("customers:dismiss-pair", args=[pair.pk]), **HTMX)
    assert reverse("customers:restore-pair", args=[pair.pk]) in text_of(row)
    pair.refresh_from_db()
    assert pair.dismissed_by == supervisor

    row = client.post(reverse("customers:restore-pair", args=[pair.pk]), **HTMX)
    assert reverse("customers:dismiss-pair", args=[pair.pk]) in text_of(row)
    assert DuplicatePair.objects.to_review().get() == pair


def test_without_htmx_the_list_comes_back(client, supervisor):
    pair = DuplicatePairFactory()

    for route in ("dismiss-pair", "restore-pair"):
        response = client.post(reverse(f"customers:{route}", args=[pair.pk]))
        assert response.url == reverse("customers:duplicates")


@pytest.fixture
def rung(monkeypatch):
    """The names of the tasks that were rung."""
    names = []
    monkeypatch.setattr(
        "customers.views.duplicates.current_app.send_task", lambda name, **_: names.append(name)
    )
    return names


def test_looking_again_rings_the_sweep(client, supervisor, rung):
    page = client.post(reverse("customers:look-for-duplicates"), follow=True)

    assert rung == ["customers.find_duplicates"]
    assert "The files are being compared." in text_of(page)


def test_a_broker_that_is_silent_is_said(client, supervisor, monkeypatch):
    def silent(*_args, **_options):
        raise OperationalError

    monkeypatch.setattr("customers.views.duplicates.current_app.send_task", silent)

    page = client.post(reverse("customers:look-for-duplicates"), follow=True)

    assert "The background worker cannot be reached." in text_of(page)


def two_files():
    survivor = CustomerFactory(name="王小明", email="old@example.com", address="Tianhe Road 1")
    merged = CustomerFactory(name="王晓明", email="new@example.com", district="Tianhe")
    PhoneFactory(customer=survivor, typed="13800138000")
    PhoneFactory(customer=merged, typed="13900139000")
    RepairOrderFactory(customer=survivor)
    RepairOrderFactory(customer=merged)
    return survivor, merged


def address_of(survivor, merged, route="compare"):
    return reverse(f"customers:{route}", args=[survivor.pk, merged.pk])


def result_of(page):
    """Return the last column of the comparison by its label."""
    rows = re.findall(r'<th scope="row">(.*?)</th>.*?<td class="outcome">(.*?)</td>', page)
    return dict(rows)


def test_two_files_stand_side_by_side_with_the_result(client, supervisor):
    survivor, merged = two_files()

    result = result_of(text_of(client.get(address_of(survivor, merged))))

    assert result["Customer name"] == "王小明"
    assert result["E-mail"] == "old@example.com"
    assert result["Phone numbers"] == "13800138000<br>13900139000"
    assert result["Repair orders"] == "2"
    assert "Consultations" not in result
    assert Customer.objects.current().count() == 2


def test_the_result_follows_what_is_chosen(client, supervisor):
    survivor, merged = two_files()

    page = client.get(address_of(survivor, merged), {"email": "merged"}, **HTMX)

    assert "<html" not in text_of(page)
    assert result_of(text_of(page))["E-mail"] == "new@example.com"
    assert '<input type="hidden" name="email" value="merged">' in text_of(page)


def test_each_part_of_an_address_has_a_line_of_its_own(client, supervisor):
    survivor, merged = two_files()
    Customer.objects.filter(pk=survivor.pk).update(address="天河路1号", postal_code="510630")

    page = client.get(address_of(survivor, merged))

    assert result_of(text_of(page))["Address"] == "天河路1号<br>510630"


def confirmed(page):
    """Return what the form under the comparison sends."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', text_of(page)))


def test_the_merge_makes_what_was_shown(client, supervisor):
    survivor, merged = two_files()
    page = client.get(address_of(survivor, merged), {"email": "merged"})

    response = client.post(address_of(survivor, merged, "merge"), confirmed(page))

    assert response.url == survivor.get_absolute_url()
    survivor.refresh_from_db()
    assert survivor.email == "new@example.com"
    assert Merge.objects.get().merged == merged


def test_a_file_that_changed_since_the_preview_is_shown_again(client, supervisor):
    survivor, merged = two_files()
    page = client.get(address_of(survivor, merged))
    PhoneFactory(customer=merged, typed="13700137000")

    response = client.post(address_of(survivor, merged, "merge"), confirmed(page))

    assert response.status_code == 409
    assert "One of the files changed in the meantime." in text_of(response)
    assert "13700137000" in result_of(text_of(response))["Phone numbers"]
    assert not Merge.objects.exists()


def test_a_double_click_merges_once(client, supervisor):
    survivor, merged = two_files()
    sent = confirmed(client.get(address_of(survivor, merged)))

    client.post(address_of(survivor, merged, "merge"), sent)
    response = client.post(address_of(survivor, merged, "merge"), sent)

    assert response.url == survivor.get_absolute_url()
    assert Merge.objects.count() == 1


def test_one_file_alone_cannot_be_merged(client, supervisor):
    customer = CustomerFactory()

    response = client.get(address_of(customer, customer), follow=True)

    assert "Both are the same file." in text_of(response)


def test_an_advisor_compares_but_does_not_merge(client):
    client.force_login(UserFactory(roles=[SERVICE_ADVISOR]))
    survivor, merged = two_files()

    page = client.get(address_of(survivor, merged))

    assert "A supervisor can merge these files." in text_of(page)
    assert client.post(address_of(survivor, merged, "merge")).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_a_comparison_takes_a_fixed_number_of_queries(
    client, supervisor, rows, django_assert_num_queries
):
    survivor, merged = CustomerFactory(), CustomerFactory()
    for customer in (survivor, merged):
        for _ in range(rows):
            PhoneFactory(customer=customer)
            OwnershipFactory(customer=customer)
            RepairOrderFactory(customer=customer)
            ConsultationFactory(customer=customer)

    with django_assert_num_queries(114):
        client.get(address_of(survivor, merged))


def merged_files(by, at=NOW):
    survivor, merged = two_files()
    done = merges.merge(survivor.pk, merged.pk, choices=(), by=by, now=at)
    return survivor, merged, done


@pytest.mark.parametrize("rows", [1, 3])
def test_merges_are_listed_with_the_days_left(client, supervisor, rows, django_assert_num_queries):
    for _ in range(rows):
        merged_files(supervisor)

    later = time_machine.travel(NOW + timedelta(days=10, hours=1), tick=False)
    with later, django_assert_num_queries(9):
        page = text_of(client.get(reverse("customers:merges")))

    assert page.count("20 days left") == rows
    assert page.count("王晓明") == rows


def test_what_can_no_longer_be_undone_says_so(client, supervisor):
    merged_files(supervisor)

    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        assert "No longer" in text_of(client.get(reverse("customers:merges")))


def test_a_merge_is_undone_after_a_question(client, supervisor):
    survivor, merged, done = merged_files(supervisor)
    address = reverse("customers:undo-merge", args=[done.pk])
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        question = text_of(client.get(address))
        assert "王晓明" in question
        assert "<dt>Repair orders</dt><dd>1 goes back</dd>" in question

        survivor.refresh_from_db()
        survivor.district = "Yuexiu"
        survivor.save(update_fields=["district"])
        response = client.post(address, follow=True)

    assert response.redirect_chain[0][0] == merged.get_absolute_url()
    merged.refresh_from_db()
    assert merged.merged_into is None
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert "Undone on 2026-04-01" in text_of(client.get(reverse("customers:merges")))


def test_a_merge_that_cannot_be_undone_says_why(client, supervisor):
    survivor, _merged, done = merged_files(supervisor)
    other = CustomerFactory()
    merges.merge(other.pk, survivor.pk, choices=(), by=supervisor, now=NOW)

    with time_machine.travel(NOW, tick=False):
        page = client.post(reverse("customers:undo-merge", args=[done.pk]), follow=True)

    assert "Undo that merge first, then this one." in text_of(page)
