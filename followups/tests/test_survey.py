"""What has to be asked in a first call, and which answers are none (FUP-03)."""

import pytest
from django.core.exceptions import ValidationError

from followups.tests.calling import SURVEY, at, call, first_call, second_call
from followups.tests.factories import PolicyFactory


@pytest.fixture(autouse=True)
def _policy(db):
    PolicyFactory()


@pytest.fixture
def owed():
    return first_call()


class TestSurvey:
    def refused(self, owed, outcome="reached", **details):
        with pytest.raises(ValidationError) as refusal:
            call(owed.customer, outcome, by=owed.owner, **details)
        return sorted(refusal.value.message_dict)

    def test_is_asked_in_a_first_call(self, owed):
        assert self.refused(owed, answers={"scores": {"q_clean": 8}}) == ["q_fixed", "q_overall"]

    def test_is_not_asked_of_who_was_not_reached(self, owed):
        assert call(owed.customer, "busy", by=owed.owner, answers={"scores": {}})

    def test_is_not_asked_a_second_time(self):
        second = second_call()

        assert (
            call(second.customer, by=second.owner, now=at(10, 10), answers={"scores": {}}).kind
            == "second_call"
        )

    def test_is_not_asked_if_the_first_call_is_not_settled(self, owed):
        assert call(owed.customer, by=owed.owner, agenda={owed.pk: False}, answers={"scores": {}})

    @pytest.mark.parametrize(("score", "asks"), [(6, ["q_price"]), (7, [])])
    def test_asks_why_a_score_is_low(self, owed, score, asks):
        answers = {"scores": {**SURVEY["scores"], "q_price": score}}
        if asks:
            assert self.refused(owed, answers=answers) == asks
        answers["score_reasons"] = dict.fromkeys(asks, "The bill was a surprise.")

        assert call(owed.customer, by=owed.owner, answers=answers).scores["q_price"] == score

    def test_asks_nobody_why_a_thing_was_not_fixed_or_would_not_be_recommended(self, owed):
        scores = {"q_overall": 9, "q_fixed": 0, "q_recommend": 0, "q_word": "Coffee."}

        assert call(owed.customer, by=owed.owner, answers={"scores": scores}).scores == scores

    @pytest.mark.parametrize(
        ("key", "answer", "field"),
        [
            ("q_overall", 0, "q_overall"),
            ("q_overall", 11, "q_overall"),
            ("q_overall", "9", "q_overall"),
            ("q_fixed", 2, "q_fixed"),
            ("q_fixed", True, "q_fixed"),
            ("q_recommend", -1, "q_recommend"),
            ("q_word", 3, "q_word"),
            ("q_weather", 5, "scores"),
        ],
    )
    def test_takes_no_answer_outside_its_scale(self, owed, key, answer, field):
        answers = {"scores": {**SURVEY["scores"], key: answer}}

        assert self.refused(owed, answers=answers) == [field]
