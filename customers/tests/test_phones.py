import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.phones import parse


@pytest.mark.parametrize(
    ("typed", "country", "e164"),
    [
        ("13800138000", "CN", "+8613800138000"),
        ("+86 138 0013 8000", "CN", "+8613800138000"),
        ("0086 13800138000", "CN", "+8613800138000"),
        ("020-12345678", "CN", "+862012345678"),
        ("400-820-0000", "CN", "+864008200000"),
        ("020-12345678-801", "CN", "+862012345678"),
        ("020-12345678转801", "CN", "+862012345678"),
        ("１３８００１３８０００", "CN", "+8613800138000"),
        ("010-1234-5678", "KR", "+821012345678"),
        ("02-123-4567", "KR", "+8221234567"),
        ("+82 10-1234-5678", "CN", "+821012345678"),
        ("+852 6123 4567", "CN", "+85261234567"),
        ("+886 912 345 678", "CN", "+886912345678"),
        ("(513) 352-3000", "US", "+15133523000"),
        ("+44 7700 900123", "CN", "+447700900123"),
    ],
)
def test_a_valid_number_is_dialed_in_e164(typed, country, e164):
    number = parse(typed, country=country)

    assert (number.e164, number.tail) == (e164, e164[-8:])
    assert number.typed == typed


@pytest.mark.parametrize(
    "typed", ["12800138000", "1380013800", "02-123-4567", "138001380001", "call his wife 42", "110"]
)
def test_what_is_no_number_of_the_country_is_kept_as_typed(typed):
    number = parse(typed, country="CN")

    assert (number.typed, number.e164, number.is_valid) == (typed, "", False)


@pytest.mark.parametrize("typed", ["01012345678", "010-1234-5678", "010 1234 5678"])
def test_the_country_and_never_the_pattern_tells_beijing_from_a_korean_mobile(typed):
    assert parse(typed, country="CN").e164 == "+861012345678"
    assert parse(typed, country="KR").e164 == "+821012345678"


def test_a_number_without_its_area_code_is_none():
    assert parse("352-3000", country="US").e164 == ""


def test_without_a_country_the_shop_is_meant(settings):
    settings.SHOP = {**settings.SHOP, "country": "KR"}

    assert parse("010-1234-5678").e164 == "+821012345678"


@pytest.mark.parametrize("typed", ["14000138000", "+82 16 1234 5678"])
def test_a_range_that_is_newer_than_the_library_is_taken(typed):
    assert parse(typed, country="CN").is_valid


def test_the_last_digits_of_an_invalid_number_are_remembered():
    assert parse("12800138000", country="CN").tail == "00138000"


def test_digits_of_other_scripts_are_digits():
    assert parse("١٣٨٠٠١٣٨٠٠٠", country="CN").tail == "00138000"


@given(st.text(max_size=40), st.sampled_from(["CN", "KR", "US"]))
def test_anything_can_be_typed_and_nothing_is_lost(text, country):
    number = parse(text, country=country)

    assert number.typed.split() == text.split()
    assert re.fullmatch(r"(\+[1-9]\d{4,14})?", number.e164, re.ASCII)
    assert re.fullmatch(r"\d{0,8}", number.tail, re.ASCII)
    if number.e164:
        assert parse(number.e164, country=country).e164 == number.e164


@given(st.integers(min_value=3, max_value=9), st.from_regex(r"\A[0-9]{9}\Z"))
def test_a_mobile_is_the_same_number_however_it_is_grouped(second, rest):
    digits = f"1{second}{rest}"
    ways = [digits, f"+86{digits}", f"0086-{digits}", f"{digits[:3]}-{digits[3:7]}-{digits[7:]}"]

    assert {parse(way, country="CN").e164 for way in ways} == {f"+86{digits}"}
