"""What a call leaves behind, and what becomes of it (FUP-04, FUP-05, FUP-06, FUP-07, R-08)."""

import pytest

from followups.models import Matter, Policy
from followups.tests.calling import SURVEY, at, call, first_call
from followups.tests.factories import PolicyFactory

HEARD = at(3, 10).date()


@pytest.fixture(autouse=True)
def _policy(db):
    PolicyFactory()


def opened(**answers):
    """Return kind and text of what a talk with these answers leaves behind."""
    owed = first_call()
    call(owed.customer, by=owed.owner, answers=answers)
    return list(Matter.objects.order_by("kind").values_list("kind", "text"))


class TestTalk:
    def test_about_nothing_special_leaves_nothing(self):
        assert opened(vehicle_use="Runs well.", opinion="Fine.") == []

    def test_with_a_complaint_leaves_it_even_if_it_was_answered(self):
        assert opened(complaints="Squeals.", answered_now="Explained.") == [
            ("complaint", "Squeals.")
        ]

    def test_with_a_request_leaves_it_unless_it_was_answered_at_once(self):
        assert opened(requests="A cheaper oil.", answered_now="We have one.") == []

    def test_with_a_hope_leaves_it_unless_it_was_answered_at_once(self):
        assert opened(hopes="Longer hours.") == [("hope", "Longer hours.")]

    def test_whose_hope_was_answered_leaves_nothing(self):
        assert opened(hopes="Longer hours.", answered_now="From May on.") == []

    def test_with_a_request_to_be_studied_leaves_both_texts(self):
        assert opened(requests="A cheaper oil.", to_study="Asks the parts desk.") == [
            ("request", "A cheaper oil.\nAsks the parts desk.")
        ]

    def test_answered_in_part_leaves_what_is_to_be_studied(self):
        assert opened(requests="Oil.", answered_now="Yes.", to_study="The price.") == [
            ("request", "The price.")
        ]

    @pytest.mark.parametrize(("score", "count"), [(4, 1), (5, 0)])
    def test_with_a_score_of_four_or_less_leaves_it_with_the_reason(self, score, count):
        left = opened(
            scores={**SURVEY["scores"], "q_price": score},
            score_reasons={"q_price": "The bill was a surprise."},
        )

        expected = ("low_score", f"价格合理 {score}: The bill was a surprise.")
        assert left == [expected] * count

    def test_leaves_one_matter_for_all_low_scores(self):
        low = {"q_overall": 2, "q_price": 3}
        [(kind, text)] = opened(
            scores={**SURVEY["scores"], **low}, score_reasons=dict.fromkeys(low, "Bad.")
        )

        assert (kind, len(text.splitlines())) == ("low_score", 2)

    def test_whose_texts_are_blank_leaves_nothing(self):
        assert opened(complaints=" \n", requests=" ") == []


@pytest.mark.parametrize(("days", "report_by"), [(2, at(5, 0).date()), (0, HEARD)])
def test_a_matter_is_to_be_reported_within_the_days_of_the_policy(days, report_by):
    Policy.objects.filter(pk=1).update(report_days=days)
    owed = first_call()

    recorded = call(owed.customer, by=owed.owner, answers={"complaints": "Squeals."})

    matter = Matter.objects.get()
    assert (matter.heard_on, matter.report_by, matter.call, matter.owner, matter.customer) == (
        HEARD,
        report_by,
        recorded,
        owed.owner,
        owed.customer,
    )
