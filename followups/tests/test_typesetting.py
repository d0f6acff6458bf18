import re
import resource
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.utils import translation

from followups.letters import typesetting
from followups.letters.typesetting import Letter

MEMORY = Path("/proc/self/statm")
NOW = datetime(2025, 4, 5, 2, 0, tzinfo=UTC)
LETTER = Letter(
    language="zh-hans",
    number="L-2025-000123",
    dated=date(2025, 4, 5),
    address=["510000", "广州市天河区黄埔大道100号", "王䶮㛃"],
    plate="粤A12345",
    subject="免费检测周邀请函",
    body="尊敬的王䶮㛃：\n\n诚邀您参加。\n地点：车间\n\n此致",
    handler="李梅",
)
needs_poppler = pytest.mark.skipif(
    not shutil.which("pdftotext"), reason="poppler-utils are not installed"
)


def text_of(pdf):
    read = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return read.stdout.decode()


@needs_poppler
def test_chinese_korean_and_rare_characters_are_printed(settings):
    settings.SHOP = {**settings.SHOP, "name": "한국모터스", "address": "서울", "phone": "02"}
    for language, word in {"zh-hans": "邀请", "ko": "초대합니다", "en": "Invitation"}.items():
        printed = replace(LETTER, language=language, subject=word)

        text = text_of(typesetting.draw(printed, now=NOW))

        assert {"王䶮㛃", word, "한국모터스", "L-2025-000123", "粤A12345"} <= set(
            re.split(r"\s+", text)
        )


@needs_poppler
@pytest.mark.parametrize(
    "words",
    [
        '#panic() #read("/etc/passwd")',
        "*bold* _it_ `raw` $x^2$ @label <label>",
        "= heading",
        "\\u{41} // comment /* more */",
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "{customer} {{x}}",
    ],
)
def test_values_that_look_like_markup_are_printed_as_text(words):
    text = text_of(typesetting.draw(replace(LETTER, body=words, subject=words), now=NOW))

    assert text.count(words) == 2


def test_the_same_letter_gives_the_same_bytes():
    assert typesetting.draw(LETTER, now=NOW) == typesetting.draw(LETTER, now=NOW)


def test_a_pdf_holds_no_address_and_no_action():
    pdf = typesetting.draw(replace(LETTER, body="https://example.com file:///etc/passwd"), now=NOW)

    assert not re.search(rb"/URI|/JavaScript|/Launch|/EmbeddedFile", pdf)


@needs_poppler
def test_long_letters_number_their_pages():
    pdf = typesetting.draw(replace(LETTER, language="en", body="Word. " * 2_000), now=NOW)

    pages = typesetting.pages_of(pdf)

    assert pages > 1
    assert f"Page {pages} of {pages}" in text_of(pdf)


@needs_poppler
@pytest.mark.parametrize("language", ["en", "zh-hans", "ko"])
def test_a_reprint_bears_the_pages_of_the_archive_and_a_mark_on_each(language):
    long = typesetting.draw(replace(LETTER, body="长。" * 4_000), now=NOW)
    pages = typesetting.pages_of(long)
    with translation.override(language):
        mark = translation.gettext("Copy")

    again = typesetting.again([(long, pages)], mark=mark, language=language, now=NOW)

    assert typesetting.pages_of(again) == pages
    assert text_of(again).count(mark) == pages
    assert "王䶮㛃" in text_of(again)


def test_addresses_that_the_window_does_not_show_are_found():
    asked = [
        ["510000", "广州市天河区黄埔大道100号", "王䶮㛃"],
        ["广东省" * 60],
        ["A" * 60],
        ["1", "2", "3", "4", "5", "6", "7"],
    ]

    assert typesetting.too_long(asked) == [False, True, True, True]
    assert typesetting.too_long([]) == []


def test_many_addresses_are_answered_in_their_order():
    asked = [[f"Street {number}"] for number in range(250)]
    asked[120] = ["A" * 60]

    assert [number for number, answer in enumerate(typesetting.too_long(asked)) if answer] == [120]


@pytest.mark.skipif(not MEMORY.exists(), reason="the system does not tell how much memory is used")
def test_measuring_addresses_leaves_no_memory_behind():
    def measured(first):
        typesetting.too_long([[f"广州市天河区黄埔大道{first + each}号"] for each in range(2_000)])
        return int(MEMORY.read_text().split()[1]) * resource.getpagesize() / 2**20

    before = measured(0)

    assert measured(2_000) - before < 30


def test_characters_that_no_font_has_are_named():
    assert typesetting.unprintable("王䶮㛃 한글 abc\n\t") == ""
    assert typesetting.unprintable("a😀b😀\x00") == "😀\x00"


def test_two_threads_draw_at_once():
    with ThreadPoolExecutor(4) as pool:
        drawn = set(pool.map(lambda _: typesetting.draw(LETTER, now=NOW), range(20)))

    assert len(drawn) == 1


@needs_poppler
def test_labels_leave_the_used_places_of_a_sheet_empty():
    sheet = typesetting.labels([["510000", "Street 1", "王䶮㛃"]] * 23, skipped=2)

    assert typesetting.pages_of(sheet) == 2
    assert text_of(sheet).count("王䶮㛃") == 23


@needs_poppler
def test_a_posting_list_names_each_letter():
    sheet = typesetting.posting_list(
        [["1", "L-2025-000001", "王䶮㛃", "#emph[x]", "510000", ""]], about="5 April"
    )

    assert {"L-2025-000001", "王䶮㛃", "#emph[x]"} <= set(text_of(sheet).split())
