"""Single cells: exact or refused, and always with the reason."""

from datetime import UTC, date, datetime

import pytest

from workshop.imports.fields import WIDGETS
from workshop.imports.findings import SENTENCES, Unreadable, general_sentence
from workshop.imports.layout import Layout
from workshop.imports.moments import CHOICES, LABELS

NOW = datetime(2025, 6, 30, 4, 0, tzinfo=UTC)


def read(target, cell, **options):
    return WIDGETS[target].clean(cell, layout=Layout(columns={}, **options), now=NOW)


def refusal(target, cell, **options):
    """Return the reason for which a cell is not taken; its sentence can be written."""
    with pytest.raises(Unreadable) as refused:
        read(target, cell, **options)
    assert str(SENTENCES[refused.value.reason]) % refused.value.details
    return refused.value.reason


@pytest.mark.parametrize("reason", SENTENCES)
def test_what_is_said_of_many_rows_at_once_leaves_no_gap(reason):
    assert "%(" not in general_sentence(reason)


class TestDates:
    @pytest.mark.parametrize(
        ("form", "text"),
        [
            ("YYYY-MM-DD", "2024-02-29"),
            ("YYYY-MM-DD", "2024-2-29"),
            ("YYYY/MM/DD", "2024/02/29"),
            ("YYYY.MM.DD", "2024.02.29"),
            ("YYYY.MM.DD", "2024. 2. 29."),
            ("YYYY年MM月DD日", "2024年2月29日"),
            ("YYYYMMDD", "20240229"),
            ("DD.MM.YYYY", "29.02.2024"),
            ("DD/MM/YYYY", "29/02/2024"),
            ("MM/DD/YYYY", "02/29/2024"),
            ("excel-1900", "45351"),
            ("excel-1900", 45351.0),
            ("excel-1904", "43889"),
        ],
    )
    def test_a_day_is_read_in_the_declared_form(self, form, text):
        assert read("vehicle.purchased_on", text, date_form=form) == "2024-02-29"

    def test_every_form_can_be_chosen(self):
        assert [name for name, _label in CHOICES] == list(LABELS)

    @pytest.mark.parametrize("form", [name for name in LABELS if not name.startswith("excel")])
    @pytest.mark.parametrize(
        "text",
        [
            "2024-02-29", "2024/02/29", "2024.02.29", "20240229", "29/02/2024", "29.02.2024",
            "02/29/2024", "2024年2月29日", "29 Feb 2024", "45351", "2024-W09-4", "yesterday",
        ],
    )  # fmt: skip
    def test_a_day_in_another_form_is_refused_or_the_same_day(self, form, text):
        """Never another day: 03/04 in a file of DD/MM is not guessed at cell by cell."""
        try:
            value = read("vehicle.purchased_on", text, date_form=form)
        except Unreadable:
            return
        assert value == "2024-02-29"

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("2023-02-29", "no_such_day"),
            ("1900-02-29", "no_such_day"),
            ("2025-04-31", "no_such_day"),
            ("2025-13-01", "no_such_day"),
            ("2025-00-10", "no_such_day"),
            ("2025-03-31 24:00", "no_such_time"),
            ("2025-03-31 12:61", "no_such_time"),
            ("25-03-31", "two_digit_year"),
            ("1979-12-31", "too_early"),
            ("0025-03-31", "too_early"),
            ("2099-01-01", "too_late"),
            ("2025-07-01", "future"),
            ("31.03.2025", "date_form"),
            ("2025-03-31T09:00+08:00", "date_form"),
            ("2025-03-31 9 Uhr", "date_form"),
        ],
    )
    def test_days_that_cannot_be_are_refused(self, text, reason):
        assert refusal("order.checked_in_at", text) == reason

    @pytest.mark.parametrize(
        ("form", "serial", "reason"),
        [
            ("excel-1900", "60", "too_early"),  # 29 February 1900, which never was
            ("excel-1900", "0", "too_early"),
            ("excel-1900", "-1", "date_form"),
            ("excel-1900", "3000000", "date_form"),
            ("excel-1900", "1e5", "date_form"),
            ("excel-1904", "0", "too_early"),
            ("excel-1900", "2025-03-31", "date_form"),
        ],
    )
    def test_day_numbers_outside_the_calendar_are_refused(self, form, serial, reason):
        assert refusal("order.checked_in_at", serial, date_form=form) == reason

    def test_the_epochs_lie_four_years_and_a_day_apart(self):
        assert read("vehicle.purchased_on", "45000", date_form="excel-1900") == "2023-03-15"
        assert read("vehicle.purchased_on", "43538", date_form="excel-1904") == "2023-03-15"

    def test_a_typed_cell_is_taken_whatever_form_is_declared(self):
        assert read("vehicle.purchased_on", date(2024, 2, 29), date_form="MM/DD/YYYY") == (
            "2024-02-29"
        )

    def test_times_are_those_of_the_shop(self):
        assert read("order.checked_in_at", "2025-03-31 09:30") == "2025-03-31T01:30:00+00:00"
        assert read("order.checked_in_at", "45747.395833", date_form="excel-1900") == (
            "2025-03-31T01:30:00+00:00"
        )

    def test_a_day_without_a_time_begins_at_midnight(self):
        moment = read("order.checked_in_at", "2025-03-31")

        assert (moment, moment.has_time) == ("2025-03-30T16:00:00+00:00", False)

    def test_later_today_lies_in_the_future(self):
        assert refusal("order.checked_in_at", "2025-06-30 12:01") == "future"
        assert read("order.checked_in_at", "2025-06-30 12:00")

    def test_a_policy_may_end_in_years_but_not_in_a_century(self):
        assert read("vehicle.policy_ends_on", "2030-01-31") == "2030-01-31"
        assert refusal("vehicle.policy_ends_on", "2130-01-31") == "too_late"


class TestNumbers:
    @pytest.mark.parametrize(
        ("sign", "text", "value"),
        [
            (".", "1200.5", "1200.50"),
            (".", "1,200.50", "1200.50"),
            (".", "￥1,200", "1200.00"),
            (".", "1200元", "1200.00"),
            (".", "１２００．５", "1200.50"),
            (",", "1.200,5", "1200.50"),
            (",", "1200,5", "1200.50"),
            (",", "1 200,50", "1200.50"),
            (".", 1200.5, "1200.50"),
            (",", 1200.5, "1200.50"),
            (".", 0.1 + 0.2, "0.30"),
            (".", 1200, "1200.00"),
        ],
    )
    def test_amounts_are_read_with_the_declared_sign(self, sign, text, value):
        assert read("order.amount", text, decimal_sign=sign) == value

    @pytest.mark.parametrize(
        ("sign", "text", "reason"),
        [
            (".", "1,5", "number"),  # 1.5 or 15: not guessed at
            (",", "1.5", "number"),
            (".", "12,34,567", "number"),
            (".", "1.2.3", "number"),
            (".", "about 500", "number"),
            (".", "=1+1", "number"),
            (".", "NaN", "number"),
            (".", "1e3", "number"),
            (".", "-5", "negative"),
            (".", "1.005", "decimals"),
            (".", "99999999999", "too_large"),
        ],
    )
    def test_amounts_that_are_not_certain_are_refused(self, sign, text, reason):
        assert refusal("order.amount", text, decimal_sign=sign) == reason

    def test_mileages_are_whole_and_plausible(self):
        assert read("order.mileage_in", "52,000 km") == "52000"
        assert read("order.mileage_in", "52000公里") == "52000"
        assert refusal("order.mileage_in", "520.5") == "whole_number"
        assert refusal("order.mileage_in", "2000001") == "too_large"


class TestIdentities:
    @pytest.mark.parametrize(
        ("vin", "reason"),
        [
            ("LSVAA49J132022761", "vin_check_digit"),
            ("1M8GDM9A1KP042788", "vin_check_digit"),
            ("LSVAA49JX3202276", "vin_length"),
            ("LSVAA49JX32O22761", "vin_letters"),
        ],
    )
    def test_wrong_vins_are_refused(self, vin, reason):
        assert refusal("vehicle.vin", vin) == reason

    def test_vins_are_normalized(self):
        assert read("vehicle.vin", " lsvaa49jx 32022761 ") == "LSVAA49JX32022761"

    def test_a_check_digit_that_is_not_law_is_only_odd(self):
        vin = read("vehicle.vin", "WVWZZZ1JZXW000001")

        assert WIDGETS["vehicle.vin"].odd(vin).reason == "vin_odd"

    def test_plates_are_normalized(self):
        assert read("vehicle.plate", "粤a·123 45") == "粤A12345"
        assert read("vehicle.plate", "123가 4568") == "123가4568"
        assert refusal("vehicle.plate", "粤A#12345") == "plate"
        assert refusal("vehicle.plate", "粤") == "plate"

    @pytest.mark.parametrize("cell", ["无牌", "临牌", "", " - ", "无", "N/A", "null"])
    def test_words_for_nothing_are_nothing(self, cell):
        assert read("vehicle.plate", cell) is None

    def test_a_foreign_plate_is_only_odd(self):
        assert WIDGETS["vehicle.plate"].odd("ABC1234").reason == "plate_odd"
        assert WIDGETS["vehicle.plate"].odd("粤AD12345") is None

    def test_phones_are_kept_as_typed_and_as_dialed(self):
        assert read("customer.phone", "0755-2600 1234") == {
            "typed": "0755-2600 1234",
            "e164": "+8675526001234",
            "tail": "26001234",
        }
        assert read("customer.phone", 13800138000.0)["e164"] == "+8613800138000"

    def test_a_phone_that_cannot_be_dialed_is_only_odd(self):
        phone = read("customer.phone", "12")

        assert WIDGETS["customer.phone"].odd(phone).reason == "phone_odd"

    def test_leading_zeros_of_unit_numbers_stay(self):
        assert read("vehicle.unit_no", "01451") == "01451"


class TestText:
    def test_formulas_stay_text(self):
        assert read("customer.name", '=HYPERLINK("http://x","y")') == '=HYPERLINK("http://x","y")'

    def test_the_apostrophe_of_our_own_files_goes_again(self):
        assert read("customer.name", "'=1+1") == "=1+1"
        assert read("order.bringer_phone", "'+86 138") == "+86 138"
        assert read("customer.name", "'t Hooft") == "'t Hooft"

    def test_blanks_are_joined_in_lines_and_kept_in_paragraphs(self):
        assert read("customer.name", "  Northern \n Lights ") == "Northern Lights"
        assert read("order.concern", "noise\r\nwhen cold") == "noise\nwhen cold"

    def test_what_does_not_fit_is_refused(self):
        assert refusal("order.number", "x" * 41) == "too_long"

    def test_control_characters_are_refused(self):
        assert refusal("customer.name", "wang\x00") == "not_text"

    def test_mail_addresses_are_checked(self):
        assert read("customer.email", "wang@example.com") == "wang@example.com"
        assert refusal("customer.email", "wang.example.com") == "email"

    def test_a_word_that_nobody_explained_is_refused(self):
        assert read("order.state", "已交车", states={"已交车": "released"}) == "released"
        assert refusal("order.state", "已放行", states={"已交车": "released"}) == "word"
