"""How one addresses a customer where others may read along: never by the whole name."""

from __future__ import annotations

from customers.models import Customer, CustomerKind
from customers.names import HAN, HANGUL

# Surnames of two characters; all others have one.
LONG_SURNAMES = frozenset(
    {"欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "司徒"}
    | {"夏侯", "端木", "南宫", "宇文", "长孙", "轩辕", "万俟"}
    | {"남궁", "황보", "제갈", "선우", "독고", "사공", "서문", "동방"}
)
SHOWN_OF_PLATE = 3


def short_name(customer: Customer) -> str:
    """Return a first name, or where the surname is polite that with the title: 王先生.

    Of a company the contact person; empty if there is none.
    """
    name = customer.contact_name if customer.kind == CustomerKind.COMPANY else customer.name
    words = name.split()
    if not words:
        return ""
    whole = "".join(words)
    if HANGUL.search(whole):
        return f"{_surname(whole)} {customer.title or '**'}"
    if HAN.search(whole):
        return f"{_surname(whole)}{customer.title or '**'}"
    first = next((word for word in words if not word.endswith(".")), words[-1])
    return first.rstrip(",")


def plate_end(plate: str) -> str:
    """Return the last characters of a plate, none of a plate that isn't longer."""
    return plate[-SHOWN_OF_PLATE:] if len(plate) > SHOWN_OF_PLATE else ""


def _surname(name: str) -> str:
    return name[:2] if name[:2] in LONG_SURNAMES else name[:1]
