"""A letter to an invented customer: what a template will look like."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import gettext as _

from aftersales.models import Language, User
from followups.letters import placeholders, typesetting

NAMES = {Language.CHINESE: "王䶮", Language.KOREAN: "김민준", Language.ENGLISH: "Alex Smith"}
TITLES = {Language.CHINESE: "先生"}
ADDRESSES = {
    Language.CHINESE: ["510000", "广州市天河区示例路1号", "王䶮"],
    Language.KOREAN: ["서울특별시 중구 예시로 1", "김민준", "04524"],
    Language.ENGLISH: ["Alex Smith", "1 Example Street", "10001"],
}
PLATE = "粤A12345"


def letter(
    *, language: str, subject: str, body: str, handler: User, today: date, mark: str
) -> typesetting.Letter:
    """Return a text as a letter, with invented values for its placeholders."""
    spoken = Language(language)
    values = _values(spoken, handler, today)
    return typesetting.Letter(
        language=language,
        number="L-0000-000000",
        dated=today,
        address=ADDRESSES[spoken],
        plate=PLATE,
        subject=placeholders.fill(subject, values),
        body=placeholders.fill(body, values),
        handler=handler.name,
        mark=mark,
    )


def _values(language: Language, handler: User, today: date) -> dict[str, str]:
    with translation.override(language):
        return {
            "customer": NAMES[language],
            "title": TITLES.get(language, ""),
            "contact": NAMES[language],
            "plate": PLATE,
            "vehicle": "Lacrosse",
            "date": formats.date_format(today),
            "handler": handler.name,
            "shop": settings.SHOP["name"],
            "shop_address": settings.SHOP["address"],
            "shop_phone": settings.SHOP["phone"],
            "campaign": _("Free inspection week"),
            "content": _("Brakes, lights and tires are looked at for nothing."),
            "first_day": formats.date_format(today + timedelta(21)),
            "last_day": formats.date_format(today + timedelta(27)),
            "place": _("Workshop, gate 2"),
            "benefit": _("A wash is included."),
            "matter": _("The brakes squeal when I stop."),
            "heard_on": formats.date_format(today - timedelta(2)),
            "answer": _("The pads are worn. We replace them for you."),
        }
