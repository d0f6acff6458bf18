import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from aftersales.access import idle_after
from aftersales.tests.factories import SupervisorFactory, UserFactory
from customers.models import Customer
from workshop.imports import progress
from workshop.imports.inspection import inspect
from workshop.models import Import, ImportProfile, ImportState, RepairOrder
from workshop.services import import_work, imports
from workshop.tests.importing import (
    NINE_OR_SO,
    NOW,
    as_csv,
    imported,
    previewed,
    uploaded,
    workbook,
)

pytestmark = pytest.mark.django_db

HEADINGS = ["工单号", "车主", "手机", "车牌号", "进厂时间", "维修类型", "油量"]
ROW = ["RO1", "王小明", "13800138000", "粤A12345", "2025-03-31 09:00", "定保", "1/2"]


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def boss(client):
    person = SupervisorFactory()
    client.force_login(person)
    return person


def upload(client, content, **fields):
    data = {"kind": "orders", "file": SimpleUploadedFile("三月.csv", content)} | fields
    return client.post(reverse("workshop:upload-import"), data)


def address(name, batch):
    return reverse(f"workshop:{name}", args=[batch.pk])


def work(batch):
    import_work.work_on(batch.pk, now=timezone.now())
    batch.refresh_from_db()


def filled(response, **changes):
    """Return what a browser would send for the form of the columns."""
    form = response.context["form"]
    values = {field.html_name: field.value() for field in form}
    return {name: value for name, value in values.items() if value not in (None, False)} | changes


def test_a_file_goes_all_the_way_and_back(client, boss):
    response = upload(client, as_csv([HEADINGS, ROW, [*ROW[:5], "美容", ""]]))
    batch = Import.objects.get()
    assert response.url == address("import-columns", batch)
    assert (batch.file_name, batch.created_by) == ("三月.csv", boss)

    page = client.get(response.url)
    assert page.context["form"].unused() == ["油量"]
    assert page.context["sample_rows"][0].values[:3] == ["RO1", "2025-03-31 09:00", "Maintenance"]
    assert page.context["sample_rows"][1].remarks[0].rejects

    response = client.post(response.url, filled(page, read="1", save_as="DMS"))
    assert response.url == batch.get_absolute_url()
    assert ImportProfile.objects.get().name == "DMS"
    assert "Waiting for a worker" in client.get(response.url).content.decode()

    work(batch)
    page = client.get(batch.get_absolute_url())
    assert [row.verdict for row in page.context["rows"]] == ["new", "rejected"]
    assert not RepairOrder.objects.exists()

    response = client.post(address("confirm-import", batch))
    assert response.url == batch.get_absolute_url()
    work(batch)
    assert RepairOrder.objects.get().created_by == boss
    page = client.get(batch.get_absolute_url())
    assert "confirmed by" in page.content.decode()

    page = client.get(address("undo-import", batch))
    assert [(name, count.deleted) for name, count in page.context["counts"]] == [
        ("Repair orders", 1),
        ("Vehicles", 1),
        ("Vehicle relations", 1),
        ("Customers", 1),
        ("Phone numbers", 1),
    ]
    client.post(address("undo-import", batch))
    work(batch)
    assert batch.state == ImportState.UNDONE
    assert not Customer.objects.exists()
    assert "5 entries were deleted" in client.get(batch.get_absolute_url()).content.decode()


class TestUpload:
    def test_a_file_that_cannot_be_read_is_refused_with_the_reason(self, client, boss):
        response = upload(client, b"")

        assert response.status_code == 422
        assert "The file is empty." in response.content.decode()
        assert not Import.objects.exists()

    def test_a_saved_profile_is_taken(self, client, boss):
        layout = previewed([HEADINGS, ROW], other_kind="internal").layout
        profile = ImportProfile.objects.create(kind="orders", name="DMS", layout=layout)
        upload(client, as_csv([HEADINGS, ROW]), profile=profile.pk)

        page = client.get(address("import-columns", Import.objects.first()))
        assert page.context["form"]["other_kind"].value() == "internal"

    def test_a_profile_for_another_kind_is_refused(self, client, boss):
        profile = ImportProfile.objects.create(kind="customers", name="DMS", layout={"columns": {}})
        response = upload(client, as_csv([HEADINGS, ROW]), profile=profile.pk)

        assert "files about something else" in response.content.decode()

    def test_a_profile_may_come_as_a_file(self, client, boss):
        layout = {"columns": {"order.number": "工单号"}, "date_form": "YYYYMMDD"}
        file = SimpleUploadedFile("p.json", json.dumps(layout).encode())
        upload(client, as_csv([HEADINGS, ROW]), profile_file=file)

        page = client.get(address("import-columns", Import.objects.first()))
        assert page.context["form"]["date_form"].value() == "YYYYMMDD"

    def test_another_file_is_no_profile(self, client, boss):
        file = SimpleUploadedFile("p.json", b"\xff{")
        response = upload(client, as_csv([HEADINGS, ROW]), profile_file=file)

        assert "not an import profile" in response.content.decode()

    def test_a_file_that_was_imported_before_is_recognized(self, client, boss):
        content = as_csv([HEADINGS, ROW])
        imported([HEADINGS, ROW])
        response = client.get(upload(client, content).url)

        assert "This very file was imported on" in response.content.decode()

    def test_an_unclear_encoding_is_asked_about(self, client, boss):
        content = as_csv([HEADINGS, ROW], encoding="gb18030")
        response = client.get(upload(client, content).url)

        batch = Import.objects.get()
        assert "王小明" in response.content.decode()
        assert response.context["form"].possible[0][0] == "gb18030"
        response = client.post(address("choose-encoding", batch), {"encoding": "gb18030"})
        page = client.get(response.url)
        assert page.context["sample_rows"][0].values[-2:] == ["王小明", "13800138000"]

    def test_an_encoding_that_was_not_offered_is_not_taken(self, client, boss):
        upload(client, as_csv([HEADINGS, ROW], encoding="gb18030"))
        batch = Import.objects.get()
        client.post(address("choose-encoding", batch), {"encoding": "utf-16-le"})

        batch.refresh_from_db()
        assert batch.inspection["encodings"]


class TestColumns:
    def test_what_is_missing_is_said_at_the_form(self, client, boss):
        batch = uploaded(as_csv([HEADINGS, ROW]))
        page = client.get(address("import-columns", batch))
        data = filled(page, read="1", order_number="")
        response = client.post(address("import-columns", batch), data)

        assert response.status_code == 422
        assert "This field is required." in response.content.decode()

    def test_choosing_goes_on_without_complaints(self, client, boss):
        batch = uploaded(as_csv([HEADINGS, ROW]))
        page = client.get(address("import-columns", batch))
        data = filled(page, show="1", order_concern="油量", vehicle_plate="")
        response = client.post(address("import-columns", batch), data)

        assert response.status_code == 200
        assert response.context["form"].unused() == ["车牌号"]
        assert "error-summary" not in response.content.decode()

    def test_another_column_brings_its_words(self, client, boss):
        batch = uploaded(as_csv([[*HEADINGS, "类别"], [*ROW, "首保"]]))
        page = client.get(address("import-columns", batch))
        data = filled(page, read="1", order_kind="类别")
        response = client.post(address("import-columns", batch), data)

        assert response.context["asks_again"]
        assert [(word.label, word.value()) for word in response.context["form"].kind_words()] == [
            ("首保", "first_free")
        ]
        response = client.post(address("import-columns", batch), filled(response, read="1"))
        work(batch)
        assert batch.import_rows.get().repair_order["kind"] == "first_free"

    def test_rules_about_parts_of_a_cell_come_first(self, client, boss):
        batch = uploaded(as_csv([HEADINGS, ROW]))
        page = client.get(address("import-columns", batch))
        rule = {"rule_column_0": "油量", "rule_text_0": "1/", "rule_kind_0": "recall"}
        client.post(address("import-columns", batch), filled(page, read="1", **rule))

        work(batch)
        assert batch.import_rows.get().repair_order["kind"] == "recall"

    def test_columns_are_chosen_again_from_the_preview(self, client, boss):
        batch = previewed([HEADINGS, ROW], by=boss)
        page = client.get(address("import-columns", batch))
        client.post(address("import-columns", batch), filled(page, read="1", customer_phone=""))

        work(batch)
        assert batch.import_rows.get().customer_key == "owner:王小明:plate:粤A12345"

    def test_a_sample_of_a_workbook_is_read_as_its_cells_are(self, client, boss, tmp_path):
        rows = [
            ["工单号", "进厂时间", "车牌号", "车主"],
            ["1", NINE_OR_SO, "粤A12345", "王"],
        ]
        path = workbook(tmp_path / "x.xlsx", rows)
        assert inspect(path)["sample"][0][1] == "2025-03-31 09:05:00"
        batch = uploaded(path.read_bytes(), by=boss)

        page = client.get(address("import-columns", batch))
        assert page.context["sample_rows"][0].values[1] == "2025-03-31 09:05"


class TestProgress:
    def test_it_says_how_far_the_worker_is(self, client, boss):
        batch = uploaded(as_csv([HEADINGS, ROW]))
        Import.objects.filter(pk=batch.pk).update(state=ImportState.WRITING)
        progress.tell(batch.pk, "writing", 132_400, 332_420)
        response = client.get(address("import-progress", batch), headers={"HX-Request": "true"})

        assert "132,400 of 332,420" in response.content.decode()
        assert 'max="332420" value="132400"' in response.content.decode()

    def test_it_leads_to_the_result(self, client, boss):
        batch = previewed([HEADINGS, ROW])
        response = client.get(address("import-progress", batch), headers={"HX-Request": "true"})

        assert response.headers["HX-Redirect"] == batch.get_absolute_url()

    def test_a_double_click_confirms_once(self, client, boss):
        batch = previewed([HEADINGS, ROW])
        client.post(address("confirm-import", batch))
        response = client.post(address("confirm-import", batch), follow=True)

        assert "in another state by now" in response.content.decode()

    def test_the_back_button_after_confirming_leads_on(self, client, boss):
        batch = previewed([HEADINGS, ROW])
        client.post(address("confirm-import", batch))

        assert client.get(address("import-columns", batch)).url == batch.get_absolute_url()


class TestRows:
    def test_their_table_says_whether_it_has_happened(self, client, boss):
        preview = client.get(previewed([HEADINGS, ROW]).get_absolute_url())
        assert '<th scope="col">What happens</th>' in preview.content.decode()

        done = client.get(imported([HEADINGS, ROW]).get_absolute_url())
        assert '<th scope="col">What happened</th>' in done.content.decode()

    def rows(self, count):
        return [HEADINGS, *([f"RO{n}", *ROW[1:]] for n in range(count))]

    def test_they_are_paged_by_row_number(self, client, boss):
        batch = previewed(self.rows(120))
        first = client.get(batch.get_absolute_url())
        assert [row.row_no for row in first.context["rows"]] == list(range(2, 52))
        assert (first.context["previous"], first.context["next"]) == (None, 51)

        last = client.get(batch.get_absolute_url() + "?after=101")
        assert [row.row_no for row in last.context["rows"]] == list(range(102, 122))
        assert (last.context["previous"], last.context["next"]) == (102, None)

        back = client.get(batch.get_absolute_url() + "?before=102")
        assert [row.row_no for row in back.context["rows"]] == list(range(52, 102))
        assert (back.context["previous"], back.context["next"]) == (52, 101)

    def test_each_number_leads_to_its_rows(self, client, boss):
        imported([HEADINGS, ROW, ["RO2", *ROW[1:]]])
        batch = previewed(
            [HEADINGS, ROW, ["RO2", *ROW[1:4], "2025-04-01", *ROW[5:]], ["RO3", *ROW[1:]],
             ["RO4", *ROW[1:3], "#", *ROW[4:]]],
        )  # fmt: skip
        shown = {
            name: [
                row.row_no
                for row in client.get(batch.get_absolute_url(), {"show": name}).context["rows"]
            ]
            for name in ("", "new", "changed", "unchanged", "rejected", "noted")
        }
        assert shown == {
            "": [2, 3, 4, 5], "new": [4], "changed": [3], "unchanged": [2], "rejected": [5],
            "noted": [5],
        }  # fmt: skip

    def test_changes_are_shown_before_and_after(self, client, boss):
        imported([HEADINGS, ROW])
        batch = previewed([HEADINGS, [*ROW[:4], "2025-03-30 09:00", "首保", ""]])
        [row] = client.get(batch.get_absolute_url()).context["rows"]

        assert [(each.label, each.before, each.after) for each in row.changes] == [
            ("Order type", "Maintenance", "First free maintenance"),
            ("Authorized", "2025-03-31 09:00", "2025-03-30 09:00"),
            ("Checked in", "2025-03-31 09:00", "2025-03-30 09:00"),
        ]

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_preview_takes_a_fixed_number_of_queries(
        self, client, boss, count, django_assert_num_queries
    ):
        imported(self.rows(count))
        rows = self.rows(count)
        for row in rows[1:]:
            row[1], row[3] = f"李{row[0]}", f"粤B0000{row[0][-1]}"
        batch = previewed(rows)
        with django_assert_num_queries(10):
            response = client.get(batch.get_absolute_url())
        assert len(response.context["rows"]) == count
        assert response.context["rows"][0].changes

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_list_takes_a_fixed_number_of_queries(
        self, client, boss, count, django_assert_num_queries
    ):
        for _n in range(count):
            uploaded(as_csv([HEADINGS, ROW]), by=boss)
        with django_assert_num_queries(7):
            client.get(reverse("workshop:imports"))


class TestRejectedRows:
    def test_they_come_as_they_were_with_the_reason(self, client, boss):
        batch = previewed([HEADINGS, ROW, ["RO2", "=1+1", "+86 138", "#", "31.3.2025", "", "½"]])
        response = client.get(address("rejected-rows", batch))
        content = b"".join(response.streaming_content)

        assert response.headers["Content-Disposition"].startswith("attachment")
        assert content.startswith(b"\xef\xbb\xbf")
        lines = content.decode("utf-8-sig").splitlines()
        assert lines[0].split(",")[:7] == HEADINGS
        assert lines[1].startswith("RO2,'=1+1,'+86 138,#,31.3.2025,,½,")
        assert "进厂时间: This is not a date written YYYY-MM-DD." in lines[1]
        assert "车牌号: A plate has 2 to 12 letters and digits." in lines[1]
        assert len(lines) == 2

    def test_corrected_they_come_in_as_if_never_rejected(self, client, boss):
        batch = previewed([HEADINGS, ["RO2", "=1+1", *ROW[2:3], "#", *ROW[4:]]])
        content = b"".join(client.get(address("rejected-rows", batch)).streaming_content)
        corrected = uploaded(content.replace(b"#", "粤A12345".encode()), by=boss)
        page = client.get(address("import-columns", corrected))
        client.post(address("import-columns", corrected), filled(page, read="1"))
        work(corrected)
        imports.confirm(corrected.pk, by=boss, now=NOW)
        work(corrected)

        assert RepairOrder.objects.get().customer.name == "=1+1"


def test_an_import_is_discarded(client, boss):
    batch = previewed([HEADINGS, ROW])
    path = imports.path_of(batch)
    client.post(address("discard-import", batch))

    assert not Import.objects.exists()
    assert not path.exists()


def test_nobody_else_sees_imports(client):
    batch = previewed([HEADINGS, ROW])
    client.force_login(UserFactory(roles=["service_advisor"]))

    for name in ("import", "import-columns", "undo-import", "rejected-rows"):
        assert client.get(address(name, batch)).status_code == 403
    assert client.get(reverse("workshop:imports")).status_code == 403


def test_polling_keeps_no_session_alive():
    assert idle_after("workshop:import-progress") is None
