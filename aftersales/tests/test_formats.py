"""Dates, times and numbers: the same in every language."""

from datetime import datetime

import pytest
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.defaultfilters import date, floatformat
from django.utils import translation


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_read_the_same_in_every_language(language):
    moment = datetime(2026, 3, 31, 14, 5)  # noqa: DTZ001

    with translation.override(language):
        written = [
            date(moment, "SHORT_DATE_FORMAT"),
            date(moment, "SHORT_DATETIME_FORMAT"),
            date(moment, "TIME_FORMAT"),
            intcomma(36084),
            floatformat("1338.8", "2g"),
        ]

    assert written == ["2026-03-31", "2026-03-31 14:05", "14:05", "36,084", "1,338.80"]
