"""Formats and plausibility of customer and vehicle data (REC-22, FIL-02, FIL-05).

Pure functions: no Django, no database, no clock.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

VIN_PATTERN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
VIN_VALUES = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
# Where the check digit is law: China and North America. Elsewhere a wrong one is only odd.
CHECK_DIGIT_BINDING = frozenset("L12345")

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE_PATTERNS = (
    re.compile(rf"[{PROVINCES}][A-HJ-Z][A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳]"),
    re.compile(rf"[{PROVINCES}][A-HJ-Z][A-HJK][A-HJ-NP-Z0-9][0-9]{{4}}"),
    re.compile(rf"[{PROVINCES}][A-HJ-Z][0-9]{{5}}[A-HJK]"),
    re.compile(rf"使[0-9]{{6}}|[{PROVINCES}][A-HJ-Z][0-9]{{4}}[使领]|使[0-9]{{3}}[0-9]{{3}}"),
    re.compile(r"(?:[가-힣]{2})?[0-9]{2,3}[가-힣][0-9]{4}"),
)
PLATE_CHARACTERS = re.compile(r"[0-9A-Z一-鿿가-힣]{2,12}")
NO_PLATE_YET = frozenset({"无牌", "無牌", "临牌", "NOPLATE", "번호없음"})

LONGEST_TAG = 30
MOST_TAGS = 20
BETWEEN_WORDS = re.compile(r"[,，、;；\n]")

MOST_KM_A_DAY = 1500
MOST_KM = 2_000_000


@dataclass(frozen=True)
class VinCheck:
    """What is wrong with a VIN: nothing, a warning, or an error (keys of messages)."""

    error: str = ""
    warning: str = ""


def normalized_vin(typed: str) -> str:
    """Return a VIN without blanks and dashes, in capitals and of one width."""
    return re.sub(r"[\s\-·.]", "", unicodedata.normalize("NFKC", typed)).upper()


def check_digit(vin: str) -> str:
    """Return the check digit (position 9) that a well-formed VIN should carry."""
    total = sum(
        weight * VIN_VALUES[letter] for weight, letter in zip(VIN_WEIGHTS, vin, strict=True)
    )
    return "0123456789X"[total % 11]


def check_vin(vin: str) -> VinCheck:
    """Judge a normalized VIN.

    A wrong check digit is an error for vehicles made in China or North America and a
    warning for others.

    Source: REC-22, ISO 3779.
    """
    if len(vin) != 17:
        return VinCheck(error="length")
    if not VIN_PATTERN.fullmatch(vin):
        return VinCheck(error="letters")
    if check_digit(vin) == vin[8]:
        return VinCheck()
    if vin[0] in CHECK_DIGIT_BINDING:
        return VinCheck(error="check_digit")
    return VinCheck(warning="check_digit")


def normalized_plate(typed: str) -> str:
    """Return a plate without blanks, dots and dashes, in capitals and of one width.

    Nothing is left of the words that say a vehicle has no plate yet.
    """
    plate = re.sub(r"[\s\-·•・.]", "", unicodedata.normalize("NFKC", typed)).upper()
    return "" if plate in NO_PLATE_YET else plate


def is_possible_plate(plate: str) -> bool:
    """Say whether a normalized plate could be one in any country."""
    return bool(PLATE_CHARACTERS.fullmatch(plate))


def is_known_plate(plate: str) -> bool:
    """Say whether a normalized plate has a form used in mainland China or Korea."""
    return any(pattern.fullmatch(plate) for pattern in PLATE_PATTERNS)


def tags(typed: str) -> list[str]:
    """Return the tags of a text that separates them by commas, each once, as first written."""
    once: dict[str, str] = {}
    for word in BETWEEN_WORDS.split(typed):
        if tag := " ".join(word.split()):
            once.setdefault(tag.casefold(), tag)
    return list(once.values())


def mileage_is_plausible(
    *, last: int | None, last_read_on: date | None, reading: int, read_on: date
) -> bool:
    """Say whether a reading fits the last one: not lower, at most 1,500 km a day more.

    A reading from before the last one is judged backwards: not higher.

    Args:
        last: the last reading in km, None if there is none.
        reading: the new one in km.

    Source: REC-22.
    """
    if reading > MOST_KM:
        return False
    if last is None or last_read_on is None:
        return True
    most = max(abs((read_on - last_read_on).days), 1) * MOST_KM_A_DAY
    driven = reading - last if read_on >= last_read_on else last - reading
    return 0 <= driven <= most


# What a customer file has when it is complete. The vehicle is known by plate, VIN or unit
# number anyway; visits and service items come by themselves with the repair orders.
FILE_NEEDS = (
    "name",
    "address",
    "phone",
    "wished_services",
    "next_topic",
    "next_talking_points",
    "next_contact_on",
)
VEHICLE_NEEDS = ("vehicle_model", "vehicle_category", "maintenance_interval", "next_maintenance")


def missing_in_file(filled: Collection[str], vehicles: Sequence[Collection[str]]) -> list[str]:
    """Return what a customer file lacks to be complete, in the order of form F1.

    One current vehicle with all its needs is enough; otherwise the fullest one says what to ask.

    Args:
        filled: which of FILE_NEEDS the file has.
        vehicles: for each current vehicle, which of VEHICLE_NEEDS it has.

    Source: FIL-02, FIL-05.
    """
    missing = [need for need in FILE_NEEDS if need not in filled]
    if not vehicles:
        return [*missing, "vehicle"]
    fullest = max(vehicles, key=len)
    return missing + [need for need in VEHICLE_NEEDS if need not in fullest]
