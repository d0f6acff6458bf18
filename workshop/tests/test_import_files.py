"""Files as garages hand them over: right text or a question, never wrong text; no bombs."""

import gzip
import itertools
import random
import zipfile
import zlib
from datetime import date
from io import BytesIO

import pytest
import xlsxwriter

from workshop.imports import files, spreadsheets
from workshop.imports.files import FileFormat
from workshop.imports.inspection import inspect, sample_of
from workshop.imports.refusals import FileRefused
from workshop.tests.importing import NINE_OR_SO, as_csv, workbook

ENCODINGS = [
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "gb18030",
    "gbk",
    "big5",
    "cp949",
    "cp1252",
]


@pytest.fixture
def path(tmp_path):
    """A place for one file."""
    return tmp_path / "upload"


def written(path, content):
    path.write_bytes(content)
    return path


class TestEncodings:
    @pytest.mark.parametrize("encoding", ENCODINGS)
    def test_names_are_read_right_or_asked_about(self, path, encoding):
        """Source: F44, 2,000 names in each encoding that has their letters."""
        letters = {
            "cp949": "김이박최정강조윤장임민수영희철호지훈서준",
            "big5": "王李張劉陳楊黃趙吳周偉芳娜敏靜麗強磊軍洋",
            "cp1252": "ÄÖÜäöüßéèêçñøåæ",
        }.get(encoding, "王李张刘陈杨黄赵吴周伟芳娜敏静丽强磊军洋")
        names = ["".join(name) for name in itertools.product(letters, letters[:15], letters[:9])]
        names = random.Random(1).sample(names, 2000)
        found = inspect(written(path, as_csv([["客户"], *([n] for n in names)], encoding="utf-8")))
        assert found["headings"] == ["客户"]

        heading = {"cp949": "고객명", "big5": "車主", "cp1252": "Name"}.get(encoding, "车主")
        content = as_csv([[heading], *([name] for name in names)], encoding=encoding)
        found = inspect(written(path, content))

        if encoding in {"utf-8", "utf-8-sig", "utf-16"}:
            assert found["headings"] == [heading]
            assert [row[0] for row in found["sample"]] == names[:10]
        else:
            same = {"gbk": "gb18030", "big5": "cp950"}.get(encoding, encoding)
            assert found["encodings"][same] == [[heading], *([n] for n in names[:9])]
            chosen = inspect(path, same)
            assert [row[0] for row in chosen["sample"]] == names[:10]

    def test_two_bytes_that_are_chinese_as_well_as_utf8_are_asked_about(self, path):
        content = as_csv([["name"], ["模脸"[:1]]], encoding="gbk")
        assert content.decode("utf-8")

        found = inspect(written(path, content))

        assert found["encodings"]["gb18030"] == [["name"], ["模"]]
        assert found["encodings"]["utf-8"] == [["name"], ["ģ"]]

    def test_ascii_needs_no_question(self, path):
        assert inspect(written(path, b"RO No,Opened\n1,2025-03-31\n"))["encodings"] == {}

    def test_what_is_no_text_in_any_encoding_is_refused(self, path):
        with pytest.raises(FileRefused, match="neither CSV nor XLSX"):
            inspect(
                written(path, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\xd8" + b"\x00\xd8\xff" * 9)
            )

    def test_an_encoding_that_does_not_fit_is_refused(self, path):
        with pytest.raises(FileRefused, match="not written in the chosen encoding"):
            inspect(written(path, as_csv([["车主"], ["王"]], encoding="gbk")), "utf-8")


class TestCsv:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_delimiters_are_recognized(self, path, delimiter):
        content = as_csv([["工单号", "合计金额"], ["RO1", "1,50"]], delimiter=delimiter)

        found = inspect(written(path, content))

        assert found["headings"] == ["工单号", "合计金额"]
        assert found["sample"] == [["RO1", "1,50"]]

    def test_packed_files_are_read(self, path):
        found = inspect(written(path, gzip.compress(as_csv([["工单号"], ["RO1"]]))))

        assert (found["headings"], found["rows"]) == (["工单号"], 1)

    def test_headings_stand_below_titles_and_row_numbers_are_those_of_the_screen(self, path):
        rows = [
            ["2025年3月维修台账", ""],
            ["", ""],
            ["工单号", "车牌号"],
            ["", ""],
            ["RO1", "粤A12345"],
        ]

        found = inspect(written(path, as_csv(rows)))

        assert (found["heading_row"], found["headings"]) == (3, ["工单号", "车牌号"])
        assert sample_of(found) == [(5, ["RO1", "粤A12345"])]

    def test_headings_that_repeat_or_are_empty_get_names(self, path):
        found = inspect(written(path, as_csv([["a", "a", ""], ["1", "2", "3"]])))

        assert found["headings"] == ["a", "a (2)", "#3"]

    def test_lists_of_words_are_found(self, path):
        rows = [["状态", "备注"], *([["开", "关"][n % 2], f"n{n}"] for n in range(100))]

        assert inspect(written(path, as_csv(rows)))["values"] == {"状态": ["关", "开"]}

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            pytest.param(b"", "file is empty", id="empty"),
            pytest.param(b"\xef\xbb\xbf\r\n , \r\n", "file is empty", id="blank"),
            pytest.param("工单号,车牌\r\n".encode(), "no rows", id="headings-only"),
            pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1xls", "old or protected", id="xls"),
            pytest.param(b"a,b\n" + b"," * 300, "at most 200", id="columns"),
            pytest.param(b'a,b\n1,"' + b"x" * 140_000, "quotation mark", id="quote"),
            pytest.param(gzip.compress(b"a,b\n1,2\n")[:-9], "packed file is damaged", id="cut"),
            pytest.param(
                gzip.compress(b"PK\x03\x04" + b"x" * 50), "neither CSV nor XLSX", id="packed-xlsx"
            ),
        ],
    )
    def test_what_cannot_be_imported_is_refused_with_the_reason(self, path, content, why):
        with pytest.raises(FileRefused, match=why):
            inspect(written(path, content))

    def test_a_gzip_bomb_is_stopped(self, path, monkeypatch):
        monkeypatch.setattr(files, "MOST_BYTES_UNPACKED", 3_000_000)
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        content = b"".join(packer.compress(b"a,b\n" * 250_000) for _ in range(9)) + packer.flush()

        with pytest.raises(FileRefused, match="Unpacked the file has more than 3 MB"):
            inspect(written(path, content))

    def test_a_file_that_is_too_large_is_refused_unread(self, path, monkeypatch):
        monkeypatch.setattr(files, "MOST_BYTES", 10)

        with pytest.raises(FileRefused, match="Split it"):
            inspect(written(path, b"a,b\n1,2\n3,4\n"))


class TestXlsx:
    @pytest.mark.parametrize("options", [{}, {"date_1904": True}], ids=["1900", "1904"])
    def test_dates_come_as_dates_whatever_the_epoch(self, path, options):
        rows = [
            ["工单号", "进厂日期"],
            ["0012", date(2024, 2, 29)],
            ["13", NINE_OR_SO],
        ]

        found = inspect(workbook(path, rows, options=options))

        assert sample_of(found) == [
            (2, ["0012", date(2024, 2, 29)]),
            (3, ["13", NINE_OR_SO]),
        ]
        assert found["sample"][0] == ["0012", "2024-02-29"]

    def test_numbers_are_shown_as_in_the_cell(self, path):
        found = inspect(workbook(path, [["手机", "工时"], [13800138000, 1.5]]))

        assert found["sample"] == [["13800138000", "1.5"]]

    def test_the_first_sheet_with_rows_is_read(self, path):
        found = inspect(workbook(path, [["工单号"], ["RO1"]], sheets=3))

        assert found["rows"] == 1

    def test_two_to_the_twenty_rows_are_refused_fast(self, path):
        """As a spreadsheet saves a sheet that was formatted to its end."""
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet()
            sheet.write(0, 0, "工单号")
            sheet.write(2**20 - 1, 0, "RO1")

        with pytest.raises(FileRefused, match="reaches to row 1048576"):
            inspect(path)

    def test_a_cell_far_to_the_right_is_refused(self, path):
        with xlsxwriter.Workbook(str(path)) as book:
            book.add_worksheet().write(1, 16_383, "far")

        with pytest.raises(FileRefused, match="column 16384"):
            inspect(path)

    def test_a_zip_bomb_is_refused_unopened(self, path):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)

        with pytest.raises(FileRefused, match="unpacks to far more"):
            inspect(path)

    def test_thousands_of_entries_are_refused(self, path):
        with zipfile.ZipFile(path, "w") as archive:
            for number in range(spreadsheets.MOST_ENTRIES + 1):
                archive.writestr(f"xl/{number}.xml", b"")

        with pytest.raises(FileRefused, match="unpacks to far more"):
            inspect(path)

    @pytest.mark.parametrize("cut", [100, 2000])
    def test_a_damaged_workbook_is_refused(self, path, cut):
        content = workbook(path, [["工单号"], ["RO1"]]).read_bytes()

        with pytest.raises(FileRefused, match="damaged or protected"):
            inspect(written(path, content[:cut]))

    def test_another_archive_is_refused(self, path):
        target = BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("letter.txt", "hello")

        with pytest.raises(FileRefused, match="damaged or protected"):
            inspect(written(path, target.getvalue()))

    def test_formulas_come_as_what_they_show(self, path):
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, ["工单号", "金额"])
            sheet.write_row(1, 0, ["RO1"])
            sheet.write_formula(1, 1, "=1+1", None, 2)

        assert inspect(path)["sample"] == [["RO1", "2"]]


def test_rows_of_a_file_are_read_in_chunks(path):
    written(path, as_csv([["a"], *([str(n)] for n in range(30_000))]))

    rows = files.rows(path, FileFormat(encoding="utf-8", delimiter=","))

    assert next(rows) == (1, ["a"])
    assert sum(1 for _row in rows) == 30_000
