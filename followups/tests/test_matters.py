"""What a call leaves behind, and what becomes of it (FUP-04, FUP-05, FUP-06, FUP-07, R-08)."""

import pytest
from django.core.exceptions import ValidationError

from aftersales.refusals import ChangedMeanwhile
from followups.models import Matter, Policy
from followups.services import matters
from followups.tests.calling import SURVEY, at, call, first_call
from followups.tests.factories import MatterFactory, PolicyFactory, TrackerFactory

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
        assert opened(hopes="Longer hours.", opinion="Fine.") == []

    def test_with_a_complaint_leaves_it_even_if_it_was_answered(self):
        assert opened(complaints="Squeals.", answered_now="Explained.") == [
            ("complaint", "Squeals.")
        ]

    def test_with_a_request_leaves_it_unless_it_was_answered_at_once(self):
        assert opened(requests="A cheaper oil.", answered_now="We have one.") == []

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

        expected = ("low_score", f"Fairness of the price? {score}: The bill was a surprise.")
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


class TestAnswer:
    @pytest.fixture
    def matter(self):
        return MatterFactory()

    def answer(self, matter, **said):
        said = {"text": "Comes on Friday.", "on": HEARD, "today": at(4, 0).date(), **said}
        return matters.answer(matter.pk, by=matter.owner, version=matter.version, **said)

    def test_is_what_the_customer_was_told_and_when(self, matter):
        answered = self.answer(matter, text=" Comes on Friday. ")

        assert (answered.state, answered.answer, answered.answered_on) == (
            "answered",
            "Comes on Friday.",
            HEARD,
        )

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"text": " "}, "answer"),
            ({"on": at(5, 0).date()}, "answered_on"),
            ({"on": at(2, 0).date()}, "answered_on"),
        ],
        ids=["no text", "a day to come", "before it was heard"],
    )
    def test_has_a_text_and_a_possible_day(self, matter, wrong, field):
        with pytest.raises(ValidationError) as refused:
            self.answer(matter, **wrong)

        assert list(refused.value.message_dict) == [field]
        matter.refresh_from_db()
        assert matter.state == "open"

    def test_can_be_given_again(self, matter):
        again = self.answer(self.answer(matter), text="On Monday.")

        assert again.answer == "On Monday."

    def test_to_what_somebody_else_changed_is_refused(self, matter):
        self.answer(matter)

        with pytest.raises(ChangedMeanwhile):
            self.answer(matter)


class TestClosing:
    def close(self, matter, *, by):
        return matters.close(matter.pk, by=by, version=matter.version, today=HEARD)

    def test_says_who_and_when_and_leaves_nothing_to_do(self):
        matter, boss = MatterFactory(), TrackerFactory()

        closed = self.close(matter, by=boss)

        assert (closed.state, closed.closed_on, closed.closed_by) == ("closed", HEARD, boss)
        with pytest.raises(matters.MatterIsClosed):
            self.close(closed, by=boss)
        with pytest.raises(matters.MatterIsClosed):
            matters.answer(
                matter.pk, by=boss, version=closed.version, text="Late.", on=HEARD, today=HEARD
            )

    def test_of_what_somebody_else_changed_is_refused(self):
        matter = MatterFactory()
        Matter.objects.filter(pk=matter.pk).update(text="The brakes squeal loudly.")

        with pytest.raises(ChangedMeanwhile):
            self.close(matter, by=matter.owner)


def test_a_matter_is_late_when_its_last_day_for_reporting_is_over():
    matter = MatterFactory()
    MatterFactory(state="answered", answer="Yes.", answered_on=HEARD)

    assert not Matter.objects.late(matter.report_by).exists()
    assert Matter.objects.late(at(6, 0).date()).get() == matter
