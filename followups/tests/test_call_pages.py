"""One call: its record, form F2 or F13, and its correction (REG-01, FRM-01)."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import time_machine

from aftersales.roles import REST_CLIENT, SERVICE_ADVISOR
from aftersales.tests.factories import SupervisorFactory, UserFactory
from followups.models import AgendaItem, Call, CallKind, Direction, Ending, MatterState, State
from followups.services.calls import correct_call
from followups.tests.factories import (
    CallFactory,
    FollowUpFactory,
    MatterFactory,
    TrackerFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 4, 4, 2, 0, tzinfo=UTC)
SCORES = {"q_overall": 3, "q_fixed": 0, "q_price": 6, "q_word": "more seats"}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def tracker(client):
    user = TrackerFactory(name="李娜")
    client.force_login(user)
    return user


def correct(call, **changes):
    return correct_call(
        call.pk,
        by=call.handler,
        changes=changes or {"note": "as it was"},
        reason="misheard",
        operation=uuid4(),
        now=NOW,
    )


def text_of(response):
    return " ".join(response.content.decode().split())


def unreachable(call):
    """Return a first call that ended with this try."""
    owed = FollowUpFactory(
        customer=call.customer,
        order__customer=call.customer,
        state=State.DONE,
        ending=Ending.UNREACHABLE,
        closed_at=call.ended_at,
        closed_on=date(2025, 4, 3),
    )
    AgendaItem.objects.create(call=call, follow_up=owed, attempt=3, closed=True)
    return owed


def sent(call, **changed):
    """Return what a browser sends when somebody corrects a call."""
    fields = {name: getattr(call, name) for name in ("note", "opinion", "complaints")}
    kept = {key: "" if value is None else value for key, value in call.scores.items()}
    whys = {f"{key}_why": why for key, why in call.score_reasons.items()}
    form = {"operation": str(uuid4()), "reason": "misheard", "promise_kept": "unknown"}
    return form | fields | kept | whys | changed


class TestPage:
    def test_everything_of_the_record_is_shown(self, client, tracker):
        call = CallFactory(
            customer_name="王小明",
            contact_name="王太太",
            plate="粤A12345",
            phone_used="+8613800138000",
            order_number="RO-1",
            complaints="The brakes squeal",
            scores=SCORES,
            score_reasons={"q_overall": "waited two hours"},
            handler=tracker,
            on_behalf_of=TrackerFactory(name="黄丽娟"),
            promise_kept=False,
        )
        owed = unreachable(call)
        matter = MatterFactory(call=call, customer=call.customer, text="The brakes squeal")

        page = text_of(client.get(call.get_absolute_url()))

        for text in [
            "C-2025-000001",
            "Talked, finished",
            "王小明",
            "王太太",
            "粤A12345",
            'href="tel:+8613800138000"',
            "RO-1",
            "2025-04-03 10:00 – 10:05",
            "The brakes squeal",
            '<span class="badge" data-tone="overdue">3</span>',
            "waited two hours",
            "more seats",
            "李娜",
            "黄丽娟",
            owed.get_absolute_url(),
            "due 2025-04-07, attempt 3",
            "Could not be reached",
            matter.get_absolute_url(),
            call.hash,
        ]:
            assert text in page

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_page_takes_a_fixed_number_of_queries(
        self, client, tracker, rows, django_assert_num_queries
    ):
        call = CallFactory(handler=tracker, scores=SCORES)
        for _row in range(rows):
            unreachable(call)
            MatterFactory(call=call, customer=call.customer)
        line = call
        for _row in range(rows):
            line = correct(line)

        # Session (4), user, the line, its chain, agenda, matters, may it be corrected.
        with django_assert_num_queries(10):
            client.get(call.get_absolute_url())

    def test_a_corrected_line_and_its_correction_point_at_each_other(self, client, tracker):
        call = CallFactory(handler=tracker, note="wrong words")
        MatterFactory(call=call, customer=call.customer, text="The brakes squeal")
        correction = correct(call, note="right words")

        old = text_of(client.get(call.get_absolute_url()))
        new = text_of(client.get(correction.get_absolute_url()))

        assert "李娜 corrected this line by C-2025-000002 on 2025-04-04." in old
        assert correction.get_absolute_url() in old
        assert "wrong words" in old
        assert "李娜 corrects C-2025-000001 with this line: misheard" in new
        assert call.get_absolute_url() in new
        assert "right words" in new
        assert "The brakes squeal" in new

    def test_who_made_the_call_stays_named_when_somebody_else_corrects_it(self, client, tracker):
        call = CallFactory(handler__name="黄丽娟")
        correction = correct_call(
            call.pk, by=tracker, changes={"note": "x"}, reason="y", operation=uuid4(), now=NOW
        )

        page = text_of(client.get(correction.get_absolute_url()))

        assert "<dt>Handled by</dt> <dd>黄丽娟</dd>" in page

    def test_only_who_may_correct_a_line_is_offered_it(self, client, tracker):
        own, other = CallFactory(handler=tracker), CallFactory()
        corrected = CallFactory(handler=tracker)
        correct(corrected)

        offered = [
            f"/calls/{call.pk}/correct/" in text_of(client.get(call.get_absolute_url()))
            for call in (own, other, corrected)
        ]

        assert offered == [True, False, False]


class TestForm:
    def test_f13_of_a_first_call_has_window_survey_and_letter(self, client, tracker):
        call = CallFactory(scores=SCORES, score_reasons={"q_overall": "waited two hours"})
        unreachable(call)

        page = text_of(client.get(f"{call.get_absolute_url()}form/"))

        for text in [
            "F13 · C-2025-000001",
            "Three-day call sheet",
            "<td>2025-04-03</td>",
            "<td>2025-04-03 – 2025-04-07</td>",
            'Letter proposed, because unreachable</th><td colspan="3">yes</td>',
            "<td>Satisfied overall?</td><td>3</td><td>waited two hours</td>",
            "<td>Solved the first time?</td><td>no</td>",
        ]:
            assert text in page

    def test_f2_takes_the_answer_from_the_matters(self, client, tracker):
        call = CallFactory(kind=CallKind.COMPLAINT, direction=Direction.INBOUND)
        MatterFactory(
            call=call,
            customer=call.customer,
            state=MatterState.ANSWERED,
            reported_on=date(2025, 4, 5),
            answer="The pads were changed",
            answered_on=date(2025, 4, 6),
        )

        page = text_of(client.get(f"{call.get_absolute_url()}form/"))

        for text in [
            "F2 · C-2025-000001",
            "Follow-up call record",
            "2025-04-05 (Complaint)",
            "The pads were changed",
            "<td>2025-04-06</td>",
        ]:
            assert text in page
        assert "Letter proposed" not in page

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_form_takes_a_fixed_number_of_queries(
        self, client, tracker, rows, django_assert_num_queries
    ):
        call = CallFactory()
        for _row in range(rows):
            unreachable(call)
            MatterFactory(call=call, customer=call.customer)

        # Session (4), user, the line, its chain, agenda, matters.
        with django_assert_num_queries(9):
            client.get(f"{call.get_absolute_url()}form/")


class TestCorrection:
    def test_a_new_line_says_what_is_right_and_leads_there(self, client, tracker):
        call = CallFactory(handler=tracker, note="wrong words", opinion="kind")

        response = client.post(f"/calls/{call.pk}/correct/", sent(call, note="right words"))

        line = Call.objects.get(corrects=call)
        assert response.headers["Location"] == line.get_absolute_url()
        assert (line.note, line.opinion, line.correction_reason) == (
            "right words",
            "kind",
            "misheard",
        )
        assert (line.handler, line.started_at) == (tracker, call.started_at)
        assert Call.objects.get(pk=call.pk).note == "wrong words"

    def test_answers_of_the_survey_are_corrected(self, client, tracker):
        call = CallFactory(handler=tracker, scores=SCORES, score_reasons={"q_overall": "slow"})

        client.post(
            f"/calls/{call.pk}/correct/",
            sent(call, q_overall="5", q_price="", q_fixed="1", q_overall_why="very slow"),
        )

        line = Call.objects.get(corrects=call)
        assert line.scores == {"q_overall": 5, "q_fixed": 1, "q_word": "more seats"}
        assert line.score_reasons == {"q_overall": "very slow"}

    def test_the_correction_says_when_it_was_recorded(self, tracker):
        call = CallFactory(handler=tracker)

        assert correct(call).recorded_at == NOW

    @pytest.mark.parametrize(
        ("changed", "text"),
        [
            ({"note": "x", "reason": ""}, "This field is required"),
            ({}, "Nothing is different from the line that stands there."),
            ({"q_overall": "11"}, "Select a valid choice"),
        ],
    )
    def test_what_is_missing_is_said(self, client, tracker, changed, text):
        call = CallFactory(handler=tracker)

        response = client.post(f"/calls/{call.pk}/correct/", sent(call, **changed))

        assert response.status_code == 422
        assert text in text_of(response)
        assert not Call.objects.filter(corrects=call).exists()

    def test_sent_twice_it_is_written_once(self, client, tracker):
        call = CallFactory(handler=tracker)
        body = sent(call, note="x")

        answers = [client.post(f"/calls/{call.pk}/correct/", body) for _time in range(2)]

        assert answers[0].headers["Location"] == answers[1].headers["Location"]
        assert Call.objects.filter(corrects=call).count() == 1

    def test_who_comes_second_keeps_his_text_and_sees_the_other_line(self, client, tracker):
        call = CallFactory(handler=tracker)
        correction = correct(call)

        response = client.post(f"/calls/{call.pk}/correct/", sent(call, note="my words"))

        assert response.status_code == 409
        page = text_of(response)
        assert "my words" in page
        assert correction.get_absolute_url() in page

    def test_a_corrected_line_leads_to_the_one_to_correct(self, client, tracker):
        call = CallFactory(handler=tracker)
        correction = correct(call)

        page = text_of(client.get(f"/calls/{call.pk}/correct/"))

        assert correction.get_absolute_url() in page
        assert 'name="reason"' not in page

    def test_others_lines_are_for_supervisors(self, client, tracker):
        call = CallFactory()

        assert client.get(f"/calls/{call.pk}/correct/").status_code == 404
        client.force_login(SupervisorFactory())
        assert client.get(f"/calls/{call.pk}/correct/").status_code == 200

    def test_an_advisor_corrects_the_call_that_he_took(self, client):
        advisor = UserFactory(roles=[SERVICE_ADVISOR])
        client.force_login(advisor)
        call = CallFactory(handler=advisor, direction=Direction.INBOUND)

        assert client.get(f"/calls/{call.pk}/correct/").status_code == 200


def test_calls_with_other_peoples_customers_are_not_there_for_programs(client):
    program = UserFactory(roles=[REST_CLIENT])
    client.force_login(program)
    own, foreign = CallFactory(customer__created_by=program), CallFactory()

    for suffix in ("", "form/"):
        assert client.get(f"{own.get_absolute_url()}{suffix}").status_code == 200
        assert client.get(f"{foreign.get_absolute_url()}{suffix}").status_code == 404
