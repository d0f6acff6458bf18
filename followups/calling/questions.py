"""What the customer is asked after a visit: the survey of the first call."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SCORE = range(1, 11)
RECOMMENDATION = range(11)
YES_NO = range(2)


@dataclass(frozen=True)
class Question:
    """A question, the part of the service it is about, and the answers it takes.

    An answer is a number of `answers` (yes is 1, no is 0), or text where there are none.
    """

    key: str
    text: str | Promise
    factor: str | Promise
    answers: range | None = SCORE
    is_required: bool = False

    @property
    def is_yes_no(self) -> bool:
        return self.answers == YES_NO

    @property
    def is_score(self) -> bool:
        return self.answers == SCORE


QUESTIONS: dict[str, Question] = {
    question.key: question
    for question in (
        Question("q_overall", _("Satisfied overall?"), _("Overall"), is_required=True),
        Question(
            "q_fixed",
            _("Solved the first time?"),
            _("Quality"),
            answers=YES_NO,
            is_required=True,
        ),
        Question("q_book", _("Appointment, wait before reception?"), _("Reception")),
        Question("q_advisor", _("Courtesy and attention of the advisor?"), _("Advisor")),
        Question("q_explain_before", _("Work and price explained beforehand?"), _("Advisor")),
        Question("q_facility", _("Lounge and facilities?"), _("Facility")),
        Question("q_on_time", _("Ready when promised?"), _("Pick-up")),
        Question("q_explain_after", _("Work done and bill explained?"), _("Pick-up")),
        Question("q_quality", _("Quality of the work?"), _("Quality")),
        Question("q_clean", _("Cleanliness of the car?"), _("Quality")),
        Question("q_price", _("Fairness of the price?"), _("Price")),
        Question("q_return", _("Would you come again?"), _("Loyalty")),
        Question("q_recommend", _("Would you recommend us?"), _("Loyalty"), answers=RECOMMENDATION),
        Question("q_word", _("One thing to improve?"), _("In his own words"), answers=None),
    )
}
REQUIRED = frozenset(key for key, question in QUESTIONS.items() if question.is_required)
