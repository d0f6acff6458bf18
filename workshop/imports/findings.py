"""What can be wrong with a row, or odd about it, as sentences for the person who imports.

A finding is stored as {"reason", "column", "value", "with"}: a key of SENTENCES, the heading
and the text of the cell, and what the sentence needs. It becomes words when it is shown, so
that everybody reads it in his own language.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from django.utils.translation import gettext_lazy as _

Finding: TypeAlias = dict[str, Any]

LONGEST_QUOTE = 100

SENTENCES = {
    # The row alone.
    "cells": _("The row has %(cells)s cells, the headings are %(headings)s."),
    "empty": _("This must not be empty."),
    "not_text": _("There are characters here that are not text."),
    "too_long": _("At most %(most)s characters fit here, these are %(length)s."),
    "vin_length": _("A VIN has 17 characters, this one has %(length)s."),
    "vin_letters": _("A VIN has only the letters A to Z and digits, and never I, O or Q."),
    "vin_check_digit": _("The ninth character of the VIN should be %(expected)s."),
    "plate": _("A plate has 2 to 12 letters and digits."),
    "date_form": _("This is not a date written %(form)s."),
    "two_digit_year": _("The year has only two digits: which century?"),
    "no_such_day": _("There is no such day."),
    "no_such_time": _("There is no such time of day."),
    "too_early": _("Dates before %(year)s are not taken."),
    "too_late": _("Dates after %(year)s are not taken."),
    "future": _("This lies in the future."),
    "number": _("This is not a number with “%(sign)s” before the decimals."),
    "whole_number": _("This is not a whole number."),
    "decimals": _("At most two decimals are taken."),
    "negative": _("This must not be negative."),
    "too_large": _("At most %(most)s is taken."),
    "email": _("This is not an e-mail address."),
    "word": _("Nobody said what this word means here."),
    "order_kind": _("Nobody said which order type this is."),
    "unidentified_vehicle": _("Give the VIN, the plate or the unit number."),
    "unidentified_customer": _(
        "Give a phone number or the file number: a name alone does not say who this is."
    ),
    "before_check_in": _("This lies before the check-in."),
    "before_authorization": _("This lies before the authorization."),
    "gate_out_missing": _("The car has left, but it is not said when."),
    "still_here": _("There is a gate-out, but by its status the car is still in the shop."),
    "mileage_out": _("This is lower than the mileage at check-in."),
    # Compared with the other rows and with what is known.
    "repeated": _("Row %(row)s is about the same one."),
    "several_customers": _("%(count)s customers have this name: give the file number."),
    "vin_taken": _("Another vehicle has this VIN."),
    "plate_taken": _("Another vehicle has this plate."),
    "unit_no_taken": _("Another vehicle has this unit number."),
    "moves_back": _("The order is “%(now)s” here; it cannot become “%(then)s”."),
    "constraint": _("Together with what is known here this cannot be (%(rule)s)."),
    # Odd, but no reason to reject the row.
    "vin_odd": _("The ninth character of the VIN is usually %(expected)s; taken as written."),
    "plate_odd": _("Not a plate of mainland China or Korea; taken as written."),
    "phone_odd": _("This cannot be dialed; taken as written."),
    "in_shop_long": _("By the file this car has been in the shop for more than a year."),
    "mileage_odd": _(
        "This does not fit the reading of %(km)s km on %(day)s. "
        "The order keeps it, the vehicle does not."
    ),
    "vin_elsewhere": _("Another vehicle has this VIN; the vehicle was taken without it."),
    "plate_elsewhere": _("Another vehicle has this plate; the vehicle was taken without it."),
    "unit_no_elsewhere": _(
        "Another vehicle has this unit number; the vehicle was taken without it."
    ),
    "other_owner": _("The vehicle belongs to somebody else here; its owner stays."),
    "merged_customer": _("This customer's file was merged into another one, which is taken."),
}

# For all rows of a file at once: what those sentences say without what differs from row to row.
GENERAL_SENTENCES = {
    "cells": _("The row has more or fewer cells than there are headings."),
    "too_long": _("This is longer than what fits here."),
    "vin_length": _("A VIN has 17 characters, this one has more or fewer."),
    "vin_check_digit": _("The ninth character of the VIN does not fit the others."),
    "date_form": _("This is not a date as the file writes dates."),
    "too_early": _("This date is too long ago to be taken."),
    "too_late": _("This date is too far ahead to be taken."),
    "number": _("This is not a number as the file writes numbers."),
    "too_large": _("This number is too large to be taken."),
    "repeated": _("Another row is about the same one."),
    "several_customers": _("Several customers have this name: give the file number."),
    "moves_back": _("The order has come further here; it cannot go back."),
    "constraint": _("Together with what is known here this cannot be."),
    "vin_odd": _("The ninth character of the VIN does not fit the others; taken as written."),
    "mileage_odd": _(
        "This does not fit the last reading known here. The order keeps it, the vehicle does not."
    ),
}

NOTES = frozenset(
    {"vin_odd", "plate_odd", "phone_odd", "in_shop_long", "mileage_odd"}
    | {"vin_elsewhere", "plate_elsewhere", "unit_no_elsewhere", "other_owner", "merged_customer"}
)


class Unreadable(ValueError):
    """A cell that cannot be taken over, for one of the reasons in SENTENCES."""

    def __init__(self, reason: str, **details: object) -> None:
        super().__init__(reason)
        self.reason, self.details = reason, details


def finding(reason: str, column: str = "", value: object = "", **details: object) -> Finding:
    """Return a finding as it is stored."""
    return {
        "reason": reason,
        "column": column,
        "value": str(value)[:LONGEST_QUOTE],
        "with": details,
    }


def rejects(findings: Iterable[Finding]) -> bool:
    """Say whether one of the findings rejects the row."""
    return any(each["reason"] not in NOTES for each in findings)


def sentence(each: Finding) -> str:
    """Return a finding in words."""
    details: dict[str, object] = each["with"]
    return str(SENTENCES[each["reason"]]) % details


def general_sentence(reason: str) -> str:
    """Return a reason in a sentence that is true of each of its rows."""
    return str(GENERAL_SENTENCES.get(reason) or SENTENCES[reason])
