from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.moments import Moment

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from(["order", "file"]),
    st.integers(min_value=1, max_value=2**63 - 1),
)
def test_a_place_survives_its_way_through_an_address(at, source, pk):
    moment = Moment(at, source, pk)

    assert Moment.parse(str(moment)) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2026-03-02_order_1",
        "2026-03-02T12:00:00+00:00_order",
        "a_b_c",
        "1_2_3_4",
        "\0_a_1",
    ],
)
def test_a_place_that_somebody_made_up_is_none(text):
    assert Moment.parse(text) is None


@given(st.text(max_size=40))
def test_no_text_breaks_it(text):
    Moment.parse(text)


def test_later_comes_after_earlier_and_sources_tell_the_same_time_apart():
    assert (
        Moment(NOON, "file", 9) < Moment(NOON, "order", 1) < Moment(NOON.replace(hour=13), "a", 1)
    )
