from datetime import date

import pytest

from reports.periods import Month, Week


@pytest.mark.parametrize(
    ("day", "written", "first", "last"),
    [
        (date(2025, 4, 6), "2025-W14", date(2025, 3, 31), date(2025, 4, 6)),
        (date(2025, 4, 7), "2025-W15", date(2025, 4, 7), date(2025, 4, 13)),
        (date(2024, 12, 31), "2025-W01", date(2024, 12, 30), date(2025, 1, 5)),
        (date(2021, 1, 3), "2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
    ],
)
def test_a_week_is_an_iso_week_from_monday_to_sunday(day, written, first, last):
    week = Week.of(day)

    assert (str(week), week.first, week.last) == (written, first, last)
    assert Week.parse(written) == week


@pytest.mark.parametrize(
    ("day", "written", "last"),
    [
        (date(2024, 2, 29), "2024-02", date(2024, 2, 29)),
        (date(2025, 2, 1), "2025-02", date(2025, 2, 28)),
        (date(2025, 12, 31), "2025-12", date(2025, 12, 31)),
    ],
)
def test_a_month_ends_on_its_last_day(day, written, last):
    month = Month.of(day)

    assert (str(month), month.last) == (written, last)
    assert Month.parse(written) == month


def test_periods_follow_each_other_without_a_gap():
    assert Week.parse("2020-W53").next == Week.parse("2021-W01")
    assert Week.parse("2021-W01").previous == Week.parse("2020-W53")
    assert Week.parse("2025-W14").back(11) == Week.parse("2025-W03")
    assert Month.parse("2025-12").next == Month.parse("2026-01")
    assert Month.parse("2026-01").previous == Month.parse("2025-12")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Week, "2025-W54"),
        (Week, "2025-W00"),
        (Week, "2021-W53"),
        (Week, "2025-04"),
        (Week, "２０２５-W14"),
        (Week, "99999999999999999999-W01"),
        (Week, "0000-W01"),
        (Month, "2025-13"),
        (Month, "2025-W04"),
        (Month, "0000-01"),
        (Month, ""),
    ],
)
def test_what_is_no_period_is_refused(kind, text):
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
        kind.parse(text)
