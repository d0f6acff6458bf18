from decimal import Decimal

from reports import charts
from reports.charts import Box, Mark


def test_a_bar_lays_its_parts_end_to_end_in_percent_of_the_longest():
    boxes = charts.bar([("kept", 3), ("running", 0), ("broken", 1)], most=8)

    assert boxes == [Box("kept", 0, 0, 37.5, 10), Box("broken", 37.5, 0, 12.5, 10)]


def test_a_bar_of_nothing_is_empty():
    assert charts.bar([("kept", 0)], most=0) == []


def test_columns_stand_on_the_base_with_their_sum_on_top():
    plot = charts.columns([("W13", [("kept", 3), ("broken", 1)]), ("W14", [("kept", 0)])])

    assert plot.boxes == [
        Box("kept", 43.0, 47.5, 26, 82.5),
        Box("broken", 43.0, 20.0, 26, 27.5),
    ]
    assert plot.boxes[0].y + plot.boxes[0].height == plot.base
    assert plot.boxes[1].y + plot.boxes[1].height == plot.boxes[0].y
    assert plot.values == [Mark(56.0, 16.0, "4")]
    assert [mark.text for mark in plot.labels] == ["W13", "W14"]
    assert [(mark.text, mark.y) for mark in plot.grid] == [("0", 130), ("2", 75), ("4", 20)]
    assert plot.width == 36 + 2 * 40


def test_columns_of_many_reach_up_to_a_round_number():
    plot = charts.columns([("W13", [("kept", 137)])])

    assert [mark.text for mark in plot.grid] == ["0", "100", "200"]


def test_columns_of_nothing_have_an_axis_all_the_same():
    plot = charts.columns([("W13", [("kept", 0)])])

    assert plot.boxes == []
    assert [mark.text for mark in plot.grid] == ["0", "1", "2"]


def test_a_line_breaks_where_there_is_no_value():
    points = [("a", Decimal("50.0")), ("b", Decimal("100.0")), ("c", None), ("d", Decimal("0.4"))]

    plot = charts.line(points, most=100)

    assert plot.lines == ["56.0,75.0 96.0,20.0"]
    assert [mark.text for mark in plot.values] == ["50", "100", "0"]
