"""`/api/v1/imports/`: upload, choose, read, confirm, undo."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from aftersales.roles import REST_CLIENT, SUPERVISOR
from aftersales.tests.api import Client, errors_of
from aftersales.tests.factories import UserFactory
from customers.models import Customer
from workshop.imports import progress
from workshop.models import Import, ImportProfile, ImportState, RepairOrder
from workshop.services import import_work

pytestmark = pytest.mark.django_db

IMPORTS = "/api/v1/imports/"
ORDERS = """工单号,进厂时间,车主,手机,车牌号,维修类型
A-1,2025-03-31 09:00,王小明,13800138000,粤A12345,一般维修
A-2,2025-03-31 10:00,李娜,13900139000,粤A54321,保养
A-3,31.03.2025,赵云,13700137000,粤B00001,保养
"""


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def client():
    return Client()


def upload(client, text=ORDERS, *, kind="orders", encoding="utf-8", **options):
    file = SimpleUploadedFile("工单.csv", text.encode(encoding))
    return client.post(IMPORTS, {"kind": kind, "file": file}, format="multipart", **options)


def move(client, pk, action, body=None):
    answer = client.post(f"{IMPORTS}{pk}/{action}/", body)
    assert answer.status_code == 200, answer.json()
    import_work.work_on(pk, now=timezone.now())
    return client.get(f"{IMPORTS}{pk}/").json()


def kind_of(answer):
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


class TestUpload:
    def test_shows_what_is_in_the_file_and_how_it_would_be_read(self, client):
        answer = upload(client)

        assert answer.status_code == 201
        batch = answer.json()
        assert (batch["state"], batch["file_name"], batch["rows"]) == ("uploaded", "工单.csv", 3)
        assert batch["headings"] == ["工单号", "进厂时间", "车主", "手机", "车牌号", "维修类型"]
        assert batch["sample"][0][:3] == ["A-1", "2025-03-31 09:00", "王小明"]
        assert batch["suggested_layout"]["columns"]["order.number"] == "工单号"
        assert (batch["layout"], batch["progress"], batch["encodings"]) == (None, None, {})

    def test_the_same_key_with_another_file_is_another_request(self, client):
        first = upload(client, key="a")

        assert upload(client, key="a").content == first.content
        assert upload(client, ORDERS + "A-4", key="a").status_code == 422
        assert Import.objects.count() == 1

    @pytest.mark.parametrize("text", ["", "\0\1\2", "RIFF\x1a\0\0\0WEBPVP8L\x0e\0\0\0/\0\0\0"])
    def test_a_file_that_cannot_be_imported_is_refused(self, client, text):
        assert list(errors_of(upload(client, text))) == ["file"]
        assert not Import.objects.exists()

    def test_a_file_comes_as_a_form_with_known_fields(self, client):
        file = SimpleUploadedFile("a.csv", ORDERS.encode())

        for body, field in [
            ({"kind": "orders"}, "file"),
            ({"kind": "cooks", "file": file}, "kind"),
            ({"kind": "orders", "file": file, "state": "done"}, "state"),
        ]:
            assert list(errors_of(client.post(IMPORTS, body, format="multipart"))) == [field]

    def test_an_unclear_encoding_is_asked_for_and_never_guessed(self, client):
        unclear = upload(client, encoding="gb18030").json()
        choose = f"{IMPORTS}{unclear['id']}/choose-encoding/"

        assert unclear["encodings"].keys() >= {"gb18030", "cp949"}
        assert unclear["encodings"]["gb18030"][1][2] == "王小明"
        assert unclear["headings"] == []
        assert list(errors_of(client.post(choose, {"encoding": "utf-16"}))) == ["encoding"]
        assert client.post(choose, {"encoding": "gb18030"}).json()["headings"][0] == "工单号"


@pytest.mark.django_db(transaction=True)
def test_looking_into_a_large_file_may_take_longer_than_a_transaction_may_wait(client):
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '20ms'")
    try:
        answer = upload(client, ORDERS + "A-4,2025-03-31,王,1,粤A1,保养\n" * 50_000)
    finally:
        connection.close()

    assert answer.json()["rows"] == 50_003


class TestFromFileToRows:
    def test_read_confirm_and_undo(self, client):
        pk = upload(client).json()["id"]

        preview = move(client, pk, "read")
        assert preview["state"] == "preview"
        assert preview["counts"]["verdicts"] == {
            "new": 2,
            "changed": 0,
            "unchanged": 0,
            "rejected": 1,
        }
        assert not RepairOrder.objects.exists()

        done = move(client, pk, "confirm")
        assert (done["state"], done["counts"]["customers"]) == ("done", 2)
        assert set(RepairOrder.objects.values_list("number", flat=True)) == {"A-1", "A-2"}

        assert move(client, pk, "undo")["state"] == "undone"
        assert not RepairOrder.objects.exists()
        assert not Customer.objects.exists()

    def test_rejected_rows_come_back_with_column_value_and_reason(self, client):
        pk = upload(client).json()["id"]
        move(client, pk, "read")

        answer = client.get(f"{IMPORTS}{pk}/rows/", {"verdict": "rejected"}).json()

        [row] = answer["results"]
        assert (row["row_no"], row["verdict"], row["cells"][0]) == (4, "rejected", "A-3")
        [finding] = row["findings"]
        assert finding == {
            "column": "进厂时间",
            "value": "31.03.2025",
            "reason": "date_form",
            "message": "This is not a date written YYYY-MM-DD.",
            "rejects": True,
        }

    def test_rows_are_paged(self, client):
        pk = upload(client).json()["id"]
        move(client, pk, "read")

        first = client.get(f"{IMPORTS}{pk}/rows/", {"page_size": 2}).json()
        second = client.get(first["next"]).json()
        back = client.get(second["previous"]).json()

        assert [row["row_no"] for row in first["results"] + second["results"]] == [2, 3, 4]
        assert (second["next"], back["results"]) == (None, first["results"])

    def test_a_layout_changes_parts_of_the_suggestion_and_is_kept_as_a_profile(self, client):
        pk = upload(client).json()["id"]

        body = {"layout": {"date_form": "DD.MM.YYYY"}, "save_as": "Old DMS"}
        preview = move(client, pk, "read", body)
        assert preview["layout"]["date_form"] == "DD.MM.YYYY"
        assert preview["counts"]["verdicts"]["new"] == 1

        other = upload(client).json()["id"]
        assert move(client, other, "read", {"profile": "Old DMS"})["layout"] == preview["layout"]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"profile": "nobody's"}, "profile"),
            ({"layout": {"date_form": "whenever"}}, "layout.date_form"),
            ({"layout": {"columns": {}}}, "layout"),
            ({"layout": {"columns": {"order.number": "no such heading"}}}, "layout"),
            ({"layout": {"columns": {"order.secret": "工单号"}}}, "layout"),
            ({"layout": {"states": {"a\0b": "released"}}}, "layout.states"),
            (
                {
                    "layout": {
                        "kind_rules": [{"column": "维修类型", "contains": True, "text": "保养"}]
                    }
                },
                "layout.kind_rules.0.kind",
            ),
            ({"layout": {"date_from": "YYYY-MM-DD"}}, "layout.date_from"),
        ],
    )
    def test_a_layout_that_does_not_fit_is_refused(self, client, body, field):
        pk = upload(client).json()["id"]

        answer = client.post(f"{IMPORTS}{pk}/read/", {**body, "save_as": "Profile"})

        assert list(errors_of(answer)) == [field]
        assert Import.objects.get().state == ImportState.UPLOADED
        assert not ImportProfile.objects.exists()

    @pytest.mark.parametrize("action", ["confirm", "undo"])
    def test_what_the_state_forbids_is_a_conflict_that_shows_the_state(self, client, action):
        pk = upload(client).json()["id"]

        answer = client.post(f"{IMPORTS}{pk}/{action}/")

        assert kind_of(answer) == (409, "not_now")
        assert answer.json()["current"] == client.get(f"{IMPORTS}{pk}/").json()

    def test_how_far_the_worker_is(self, client):
        pk = upload(client).json()["id"]
        client.post(f"{IMPORTS}{pk}/read/")
        progress.tell(pk, "reading", 2, 3)

        answer = client.get(f"{IMPORTS}{pk}/").json()

        assert (answer["state"], answer["progress"]) == (
            "reading",
            {"step": "reading", "done": 2, "of": 3},
        )

    def test_what_has_written_nothing_can_be_thrown_away(self, client):
        pk = upload(client).json()["id"]

        assert client.delete(f"{IMPORTS}{pk}/").status_code == 204
        assert client.get(f"{IMPORTS}{pk}/").status_code == 404


class TestWhoseImports:
    def test_a_program_sees_its_own_imports_only(self, client):
        pk = upload(client).json()["id"]
        stranger = Client(UserFactory(roles=[SUPERVISOR, REST_CLIENT]))

        assert stranger.get(IMPORTS).json()["results"] == []
        for method, path in [
            ("get", ""),
            ("delete", ""),
            ("get", "rows/"),
            ("post", "read/"),
            ("post", "confirm/"),
            ("post", "undo/"),
            ("post", "choose-encoding/"),
        ]:
            answer = getattr(stranger, method)(f"{IMPORTS}{pk}/{path}")
            assert kind_of(answer) == (404, "not_found"), path

    @pytest.mark.parametrize("rows", [1, 3])
    def test_a_list_takes_a_fixed_number_of_queries(self, client, rows, django_assert_num_queries):
        for _row in range(rows):
            upload(client)

        with django_assert_num_queries(4):  # token, its siblings, throttle; rows
            answer = client.get(IMPORTS, {"state": "uploaded", "kind": "orders"}).json()

        assert len(answer["results"]) == rows
        assert "sample" not in answer["results"][0]
