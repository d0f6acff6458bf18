import csv
import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from aftersales import exports
from aftersales.exports import harmless
from aftersales.models import Language
from aftersales.roles import SERVICE_ADVISOR, TRACKING_SALESMAN
from aftersales.tests.factories import UserFactory
from customers.models import Channel, ContactPurpose, ContactRefusal, CustomerKind
from customers.tests.factories import CustomerFactory, OwnershipFactory, PhoneFactory

FORMULAS = [
    "=1+1",
    "==1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\0=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "  =1+1",
    "\u3000=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    '=HYPERLINK("http://evil.example","click")',
    "=cmd|' /C calc'!A0",
]


@pytest.fixture
def advisor(client, db):
    user = UserFactory(roles=[SERVICE_ADVISOR])
    client.force_login(user)
    return user


def exported(client, url, **query):
    return b"".join(client.get(url, query).streaming_content)


def csv_rows(content):
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheet_rows(content):
    book = load_workbook(io.BytesIO(content))
    return [[cell.value for cell in row] for sheet in book for row in sheet]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "王小明", "A=1", "1-2", "O'Neil", "粤A-12345", "a@b.cn", "5"])
def test_other_text_stays_as_it_is(text):
    assert harmless(text) == text


@pytest.mark.parametrize("text", [text for text in FORMULAS if "\0" not in text])
def test_no_cell_of_an_export_is_a_formula(client, advisor, text):
    CustomerFactory(
        name=f"{text}!", contact_name=text, title=text[:30], address=text, district=text,
        wished_services=text, next_talking_points=text, remarks=text,
    )  # fmt: skip

    [_headings, row] = csv_rows(exported(client, "/customers/export.csv"))
    assert not [
        cell for cell in row if cell.lstrip(exports.INVISIBLE).startswith(exports.DANGEROUS)
    ]
    assert f"'{text}" in row

    book = load_workbook(io.BytesIO(exported(client, "/customers/export.xlsx")))
    assert {cell.data_type for row in book.active for cell in row} <= {"s", "n", "b", "d"}


def test_an_export_has_every_field_of_the_file_in_words(client, advisor):
    tracker = UserFactory(name="李娜")
    customer = CustomerFactory(
        file_no="K-000001",
        name="远航物流",
        kind=CustomerKind.COMPANY,
        tracker=tracker,
        language=Language.KOREAN,
        next_topic="insurance",
        next_contact_on=date(2025, 5, 1),
        is_fleet=True,
    )
    PhoneFactory(customer=customer, typed="138 0013 8000", is_primary=True)
    PhoneFactory(customer=customer, typed="+86 20 8888 9999")
    OwnershipFactory(customer=customer, vehicle__plate="粤A12345")
    ContactRefusal.objects.create(
        customer=customer, purpose=ContactPurpose.ALL, channel=Channel.PHONE,
        reason="Asked", refused_on=date(2025, 1, 1), recorded_by=tracker,
    )  # fmt: skip

    headings, row = csv_rows(exported(client, "/customers/export.csv"))

    cells = dict(zip(headings, row, strict=True))
    assert (
        cells
        | {
            "File no.": "K-000001",
            "Customer name": "远航物流",
            "Customer type": "Company",
            "Phone numbers": "138 0013 8000, +86 20 8888 9999",
            "Plates": "粤A12345",
            "Do not contact": "Everything: Phone",
            "Language": "한국어",
            "Topic of the next contact": "Insurance renewal",
            "Planned contact on": "2025-05-01",
            "Tracking salesman": "李娜",
            "Fleet customer": "yes",
            "File opened on": "2025-03-31",
        }
        == cells
    )


def test_an_export_speaks_the_language_of_its_reader(client, advisor):
    advisor.language = Language.CHINESE
    advisor.save(update_fields=["language"])
    CustomerFactory(kind=CustomerKind.COMPANY)

    headings, row = csv_rows(exported(client, "/customers/export.csv"))

    assert "Customer type" not in headings
    assert "Company" not in row


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_whole_filtered_list_is_exported_in_its_order(
    client, advisor, file_format, monkeypatch
):
    monkeypatch.setattr(exports, "BATCH", 2)
    for name in ["E", "A", "D", "B", "C"]:
        CustomerFactory(name=name, district="天河区")
    CustomerFactory(name="F", district="越秀区")
    read = {"csv": csv_rows, "xlsx": sheet_rows}[file_format]

    headings, *rows = read(
        exported(client, f"/customers/export.{file_format}", district="天河区", order="-name")
    )

    assert [row[headings.index("Customer name")] for row in rows] == ["E", "D", "C", "B", "A"]


def test_numbers_and_days_stay_numbers_and_days_in_a_workbook(client, advisor):
    relation = OwnershipFactory(
        vehicle__mileage=40_000, vehicle__next_maintenance_on=date(2025, 6, 1)
    )

    headings, row = sheet_rows(exported(client, "/vehicles/export.xlsx"))

    cells = dict(zip(headings, row, strict=True))
    assert cells["Mileage (km)"] == 40_000
    assert cells["Next maintenance on"] == datetime.fromisoformat("2025-06-01")
    assert cells["Owner"] == relation.customer.name


def test_a_full_sheet_goes_on_in_the_next(monkeypatch):
    monkeypatch.setattr(exports, "ROWS_OF_A_SHEET", 3)
    file = io.BytesIO()

    exports.write_workbook(file, ["No."], ([number] for number in range(5)))

    sheets = load_workbook(file).worksheets
    assert [[row[0].value for row in sheet] for sheet in sheets] == [
        ["No.", 0, 1],
        ["No.", 2, 3],
        ["No.", 4],
    ]


def test_a_workbook_keeps_long_texts_and_every_kind_of_value():
    file = io.BytesIO()
    values = [
        "x" * 40_000,
        1,
        Decimal("1.50"),
        True,
        None,
        datetime.fromisoformat("2025-03-31T09:30"),
    ]

    exports.write_workbook(file, list("abcdef"), [values])

    [_headings, row] = sheet_rows(file.getvalue())
    assert row == ["x" * 32_767, 1, 1.5, True, None, datetime.fromisoformat("2025-03-31T09:30")]


def test_every_export_is_noted_with_who_and_how_many(client, advisor, caplog):
    CustomerFactory.create_batch(3)

    exported(client, "/customers/export.csv")

    assert f"list exported: user={advisor.pk} list=customers:list rows=3" in caplog.messages


def test_only_who_may_export_can(client, db):
    client.force_login(UserFactory(roles=[TRACKING_SALESMAN]))

    assert client.get("/customers/export.csv").status_code == 403
    assert "export.csv" not in client.get("/customers/").content.decode()


@pytest.mark.parametrize("url", ["/customers/export.pdf", "/customers/export.csv?opened_from=x"])
def test_unknown_formats_and_filters_export_nothing(client, advisor, url):
    assert client.get(url).status_code == 404
