"""VIN, plate and mileage: right ones, wrong ones and traps (REC-22)."""

from datetime import date

import pytest

from customers import rules

KNOWN_PLATES = (
    "粤A12345 京A1B2C3 粤AD12345 粤AF12345 粤A12345D 粤AD1234 沪A1234学 粤Z1234港"
    " 12가3456 123가4568"
)
UNKNOWN_PLATES = "粤I12345 粤A1234O 粤AD123456 粤A1234 AA12345"


@pytest.mark.parametrize(
    "vin",
    [
        "1M8GDM9AXKP042788",
        "11111111111111111",
        "5GZCZ43D13S812715",
        "JHMCM56557C404453",
        "LSGPC52U6AF000123",
        "LFPH3ACC091A00001",
        "LSVAA49J7B2000456",
    ],
)
def test_a_vin_with_the_right_check_digit_is_right(vin):
    assert rules.check_vin(vin) == rules.VinCheck()


@pytest.mark.parametrize(
    ("vin", "expected", "verdict"),
    [
        ("LFV2A21K9B3000001", "6", rules.VinCheck(error="check_digit")),
        ("1M8GDM9A1KP042788", "X", rules.VinCheck(error="check_digit")),
        ("KNEJC524585810962", "4", rules.VinCheck(warning="check_digit")),
        ("WVWZZZ1JZ3W386752", "9", rules.VinCheck(warning="check_digit")),
    ],
    ids=["China", "North America", "Korea", "Europe"],
)
def test_the_check_digit_binds_where_it_is_law(vin, expected, verdict):
    assert rules.check_digit(vin) == expected
    assert rules.check_vin(vin) == verdict


@pytest.mark.parametrize("letter", "IOQ")
def test_a_vin_never_has_letters_that_look_like_digits(letter):
    assert rules.check_vin(f"LSGPC52U6AF00012{letter}") == rules.VinCheck(error="letters")


def test_a_vin_has_seventeen_characters():
    assert rules.check_vin("LSGPC52U6AF00012") == rules.VinCheck(error="length")


def test_a_vin_is_kept_without_blanks_in_capitals_of_one_width():
    assert rules.normalized_vin(" lsgpc52u-6AF 000123") == "LSGPC52U6AF000123"
    assert rules.normalized_vin("ＬＳＧPC52U6AF000123") == "LSGPC52U6AF000123"


@pytest.mark.parametrize("plate", KNOWN_PLATES.split())
def test_plates_of_mainland_china_and_korea_are_known(plate):
    assert rules.is_known_plate(plate)


@pytest.mark.parametrize("plate", UNKNOWN_PLATES.split())
def test_a_plate_that_no_rule_knows_is_possible_all_the_same(plate):
    assert not rules.is_known_plate(plate)
    assert rules.is_possible_plate(plate)


@pytest.mark.parametrize("plate", ["A", "粤A12345<b>", "1234567890123", "粤A_1234"])
def test_what_has_other_characters_or_another_length_is_no_plate(plate):
    assert not rules.is_possible_plate(plate)


def test_a_plate_is_kept_without_dots_and_blanks():
    assert rules.normalized_plate("粤a·123 45") == "粤A12345"
    assert rules.normalized_plate("粤Ａ・１２３４５") == "粤A12345"
    assert rules.normalized_plate("12 가 3456") == "12가3456"


@pytest.mark.parametrize("typed", ["无牌", "临牌", "no plate"])
def test_the_words_for_no_plate_are_no_plate(typed):
    assert rules.normalized_plate(typed) == ""


@pytest.mark.parametrize(
    ("reading", "read_on", "plausible"),
    [
        (50_000, date(2025, 3, 31), True),
        (49_999, date(2025, 3, 31), False),
        (51_500, date(2025, 3, 31), True),
        (51_501, date(2025, 3, 31), False),
        (53_000, date(2025, 4, 2), True),
        (53_001, date(2025, 4, 2), False),
        (49_000, date(2025, 3, 30), True),
        (50_001, date(2025, 3, 30), False),
        (2_000_001, date(2055, 3, 31), False),
    ],
)
def test_a_reading_fits_the_last_one_of_50000_km_on_31_march(reading, read_on, plausible):
    assert plausible == rules.mileage_is_plausible(
        last=50_000, last_read_on=date(2025, 3, 31), reading=reading, read_on=read_on
    )


def test_the_first_reading_may_be_anything_a_car_can_run():
    first = {"last": None, "last_read_on": None, "read_on": date(2025, 3, 31)}
    assert rules.mileage_is_plausible(**first, reading=2_000_000)
    assert not rules.mileage_is_plausible(**first, reading=2_000_001)
