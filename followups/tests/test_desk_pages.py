"""The call desk: what it shows, what it records, and what it says when it may not (FUP-10)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation

from aftersales.models import Language
from customers.models import Channel, ContactPurpose, ContactRefusal
from customers.tests.factories import CustomerFactory
from followups.calling.outcomes import OUTCOMES
from followups.calling.questions import QUESTIONS
from followups.models import Call, CallDraft, Claim, FollowUp, Matter, Skip
from followups.services import claims
from followups.tests.calling import NOW, call, first_call, second_call
from followups.tests.desk import address, at_the_desk, sheet, take
from followups.tests.factories import AbsenceFactory, MatterFactory, PolicyFactory, TrackerFactory

pytestmark = pytest.mark.django_db

REACHED = {"outcome": "reached", "q_overall": "9", "q_fixed": "1"}


@pytest.fixture(autouse=True)
def policy():
    return PolicyFactory()


@pytest.fixture
def anna():
    return TrackerFactory(name="Anna")


@pytest.fixture
def owed(anna):
    return first_call(
        owner=anna, order__customer__name="王小明", order__customer__language=Language.ENGLISH
    )


@pytest.fixture
def desk(client, anna):
    """Anna is logged in, and it is 3 April at ten."""
    with at_the_desk(client, anna) as clock:
        yield clock


def shown(client, customer):
    return client.get(address("desk", customer)).content.decode()


def recorded(client, customer, **typed):
    """Take a customer and record a call, as the form of the desk does."""
    return client.post(address("record", customer), take(client, customer) | typed, follow=True)


@pytest.mark.usefixtures("desk")
class TestSheet:
    def test_shows_who_is_called_about_what_at_which_number(self, client, owed):
        take(client, owed.customer)

        text = shown(client, owed.customer)

        phone = owed.customer.phones.first()
        assert f'href="tel:{phone.e164}"' in text
        assert owed.order.number in text
        for outcome in OUTCOMES.values():
            assert str(outcome.code.label) in text

    def test_asks_every_question_of_a_first_call(self, client, owed):
        take(client, owed.customer)

        text = shown(client, owed.customer)

        for question in QUESTIONS.values():
            assert str(question.text) in text

    def test_says_the_script_in_the_language_of_the_customer(self, client, owed):
        owed.customer.language = "ko"
        owed.customer.save(update_fields=["language"])
        take(client, owed.customer)

        with translation.override("ko"):
            page = client.get(address("desk", owed.customer))
            day = "3월 31일"

        assert day in page.context["desk"].script[0].prompt
        assert '<p class="prompt" lang="ko">' in page.content.decode()

    def test_shows_open_matters_first(self, client, owed):
        MatterFactory(customer=owed.customer, text="The brakes squeal.")

        text = shown(client, owed.customer)

        assert "The brakes squeal." in text
        assert "open-matters" in text

    def test_offers_nothing_to_whom_wants_no_promotion(self, client, anna, owed):
        take(client, owed.customer)
        assert "one offer or event" in shown(client, owed.customer)
        ContactRefusal.objects.create(
            customer=owed.customer,
            purpose=ContactPurpose.PROMOTION,
            channel=Channel.ALL,
            reason="asked for it",
            refused_on=NOW.date(),
            recorded_by=anna,
        )

        assert "No offers" in shown(client, owed.customer)

    def test_names_the_colleague_for_whom_one_calls(self, client, anna):
        ben = TrackerFactory(name="Ben")
        AbsenceFactory(person=ben, proxy=anna)
        owed = first_call(owner=ben)

        take(client, owed.customer)

        assert "standing in for Ben" in shown(client, owed.customer)

    @pytest.mark.parametrize("others", [1, 3])
    def test_asks_the_database_a_fixed_number_of_times(
        self, client, anna, owed, others, django_assert_num_queries
    ):
        take(client, owed.customer)
        for _other in range(others):
            first_call(owner=anna)
            call(owed.customer, "no_answer", by=anna, number=None)
            MatterFactory(customer=owed.customer)
        take(client, owed.customer)

        with django_assert_num_queries(18):
            client.get(address("desk", owed.customer))

    def test_of_a_second_call_shows_what_was_said_and_promised(self, client, anna, desk):
        first = first_call(owner=anna)
        call(
            first.customer,
            by=anna,
            answers={"vehicle_use": "It runs well.", "to_study": "Ask the workshop."},
        )
        first.refresh_from_db()
        owed = second_call(first)
        desk.move_to(NOW + timedelta(days=8))

        take(client, owed.customer)
        text = shown(client, owed.customer)

        assert "talked about 3 Apr: It runs well." in text
        assert "Ask the workshop." in text
        assert "Was it kept?" in text
        assert "Satisfied overall?" not in text


@pytest.mark.usefixtures("desk")
class TestRecord:
    def test_writes_what_was_said_and_closes_what_was_settled(self, client, anna, owed):
        recorded(
            client,
            owed.customer,
            **REACHED,
            q_price="5",
            why_q_price="Too dear.",
            vehicle_use="It runs.",
            complaints="The seat is dirty.",
        )

        made = Call.objects.get()
        owed.refresh_from_db()
        assert made.scores == {"q_overall": 9, "q_fixed": 1, "q_price": 5}
        assert made.score_reasons == {"q_price": "Too dear."}
        assert (made.vehicle_use, made.handler) == ("It runs.", anna)
        assert made.phone_used == owed.customer.phones.first().e164
        assert owed.ending == "reached"
        assert Matter.objects.get().text == "The seat is dirty."

    def test_goes_on_to_the_next_customer(self, client, anna, owed):
        following = first_call(owner=anna)

        answer = recorded(client, owed.customer, outcome="no_answer", next="1")

        assert answer.redirect_chain[-1][0] == address("desk", following.customer)
        assert "is in the register" in answer.content.decode()
        assert Claim.objects.get(customer=following.customer).claimed_by == anna

    def test_without_going_on_leads_to_the_queue(self, client, owed):
        answer = recorded(client, owed.customer, outcome="busy")

        assert answer.redirect_chain[-1][0] == reverse("followups:queue")

    def test_twice_writes_one_line(self, client, owed):
        fields = take(client, owed.customer) | REACHED

        answers = [client.post(address("record", owed.customer), fields) for _click in range(2)]

        assert [answer.status_code for answer in answers] == [302, 302]
        assert Call.objects.count() == 1

    def test_of_a_dead_number_twice_writes_one_line(self, client, owed):
        fields = take(client, owed.customer) | {"outcome": "wrong_number"}

        answers = [client.post(address("record", owed.customer), fields) for _click in range(2)]

        assert [answer.status_code for answer in answers] == [302, 302]
        assert Call.objects.count() == 1
        assert owed.customer.phones.filter(is_bad=True).count() == 1

    def test_leaves_open_what_was_not_ticked(self, client, anna, owed):
        other = first_call(owner=anna, phones=0, order__customer=owed.customer)

        recorded(client, owed.customer, **REACHED, agenda=[owed.pk])

        other.refresh_from_db()
        assert (other.state, other.calls.count()) == ("open", 1)

    def test_settles_early_only_what_was_ticked(self, client, anna, owed):
        early = first_call(owner=anna, phones=0, order__customer=owed.customer)
        FollowUp.objects.filter(pk=early.pk).update(
            opens_on="2025-04-05", target_on="2025-04-05", due_on="2025-04-09"
        )

        recorded(client, owed.customer, outcome="no_answer")

        early.refresh_from_db()
        assert early.attempts == 0

    @pytest.mark.parametrize(("answer", "kept"), [("1", True), ("0", False), ("", None)])
    def test_says_whether_a_promise_was_kept(self, client, owed, answer, kept):
        recorded(client, owed.customer, outcome="busy", promise_kept=answer)

        assert Call.objects.get().promise_kept is kept

    def test_keeps_a_promised_time(self, client, owed):
        recorded(client, owed.customer, outcome="callback", callback_at="2025-04-04T18:30")

        owed.refresh_from_db()
        assert owed.callback_at.isoformat() == "2025-04-04T10:30:00+00:00"

    @pytest.mark.parametrize(
        ("typed", "field", "words"),
        [
            ({}, "outcome", "Say what came of the call."),
            ({"outcome": "callback"}, "callback_at", "Say when the customer wants to be called."),
            ({"outcome": "wrong_person"}, "note", "Write down what was said."),
            ({"outcome": "reached", "q_overall": "9"}, "q_fixed", "Ask this question."),
            (
                {"outcome": "reached", "q_overall": "6", "q_fixed": "1"},
                "q_overall",
                "Ask why, and write it down.",
            ),
        ],
    )
    def test_says_at_the_field_what_is_missing_and_keeps_what_was_typed(
        self, client, owed, typed, field, words
    ):
        answer = recorded(client, owed.customer, **typed, hopes="A loaner next time.")

        assert answer.status_code == 422
        assert answer.context["form"].errors == {field: [words]}
        assert words in answer.content.decode()
        assert "A loaner next time." in answer.content.decode()
        assert not Call.objects.exists()


@pytest.mark.usefixtures("desk")
class TestClaim:
    def test_held_by_somebody_shows_who_and_since_when(self, client, owed):
        claims.claim(owed.customer_id, by=TrackerFactory(name="Ben"), now=NOW)

        answer = client.post(address("claim", owed.customer), follow=True)

        text = answer.content.decode()
        assert "Ben is calling this customer just now." in text
        assert "Ben is calling this customer since 10:00." in text
        assert "Take back" not in text

    def test_of_whom_one_may_not_call_says_why_and_until_when(self, client, anna, owed):
        call(owed.customer, "busy", by=anna)

        answer = client.post(address("claim", owed.customer), follow=True)

        assert "Tried already: again from 14:00." in answer.content.decode()
        assert answer.context["form"] is None

    def test_leaves_whom_one_held_but_only_once(self, client, anna, owed):
        other = first_call(owner=anna)
        for customer in (owed.customer, other.customer, owed.customer):
            answer = client.post(address("claim", customer))
        assert answer.url == address("desk", owed.customer)

        answer = client.post(address("claim", other.customer), follow=True)

        assert answer.redirect_chain[-1][0] == address("desk", owed.customer)
        assert "Say what came of the call." in answer.content.decode()

    def test_may_be_left_without_an_outcome_once(self, client, owed):
        number = take(client, owed.customer)["number"]
        first = client.post(address("leave", owed.customer), {"number": number})
        number = take(client, owed.customer)["number"]

        second = client.post(address("leave", owed.customer), {"number": number})

        assert first.url == reverse("followups:queue")
        assert second.url == address("desk", owed.customer)

    def test_lives_on_with_each_heartbeat(self, client, owed, desk):
        number = take(client, owed.customer)["number"]
        desk.move_to(NOW + timedelta(minutes=4))

        answer = client.post(address("heartbeat", owed.customer), {"number": number})

        assert answer.status_code == 204
        assert Claim.objects.get().leased_until == NOW + timedelta(minutes=9)

    def test_that_was_lost_says_so_at_the_next_heartbeat(self, client, owed):
        number = take(client, owed.customer)["number"]
        claims.take_back(owed.customer_id)

        answer = client.post(address("heartbeat", owed.customer), {"number": number})

        assert answer.status_code == 409
        assert "You don&#x27;t hold this customer any more" in answer.content.decode()

    def test_that_was_lost_refuses_the_late_writer_and_keeps_his_text(self, client, anna, owed):
        fields = take(client, owed.customer)
        claims.take_back(owed.customer_id)

        answer = client.post(
            address("record", owed.customer), fields | {**REACHED, "note": "Likes tea."}
        )

        assert answer.status_code == 409
        assert "Likes tea." in answer.content.decode()
        assert "Take the customer again" in answer.content.decode()
        assert CallDraft.objects.get(user=anna).fields["note"] == ["Likes tea."]
        take(client, owed.customer)
        assert "Likes tea." in shown(client, owed.customer)

    def test_may_be_put_off_with_a_reason(self, client, owed):
        number = take(client, owed.customer)["number"]
        until = {"number": number, "until": "2025-04-03T15:00"}

        refused = client.post(address("skip", owed.customer), until | {"reason": ""})
        client.post(address("skip", owed.customer), until | {"reason": "On the train"})

        assert refused.status_code == 422
        assert Skip.objects.get().reason == "On the train"
        assert "Tried already: again from 15:00." in shown(client, owed.customer)

    def test_is_not_put_off_into_the_past(self, client, owed):
        number = take(client, owed.customer)["number"]
        past = {"number": number, "reason": "On the train", "until": "2025-04-03T09:00"}

        answer = client.post(address("skip", owed.customer), past)

        assert answer.context["skip"].errors == {"until": ["This time is over."]}


@pytest.mark.usefixtures("desk")
class TestDraft:
    def test_comes_back_with_everything_that_was_typed(self, client, anna, owed):
        fields = take(client, owed.customer)
        typed = {"note": "Speaks slowly.", "q_overall": "7", "outcome": "busy"}

        answer = client.post(address("save-draft", owed.customer), fields | typed)

        assert "Draft kept at 10:00:00" in answer.content.decode()
        page = client.get(address("desk", owed.customer))
        form = page.context["form"]
        assert {name: form[name].value() for name in typed} == typed
        assert sheet(page)["operation"] != fields["operation"]

    def test_is_gone_when_the_call_is_recorded(self, client, owed):
        fields = take(client, owed.customer)
        client.post(address("save-draft", owed.customer), fields | {"note": "Speaks slowly."})

        client.post(address("record", owed.customer), fields | {"outcome": "busy"})

        assert not CallDraft.objects.exists()

    def test_is_nobody_elses(self, client, owed):
        ben = TrackerFactory()
        CallDraft.objects.create(
            user=ben, customer=owed.customer, fields={"note": ["Ben's"]}, saved_at=NOW
        )
        take(client, owed.customer)

        assert "Ben&#x27;s" not in shown(client, owed.customer)


def test_a_heartbeat_keeps_no_session_alive(client, anna, owed, desk):
    number = take(client, owed.customer)["number"]
    for minutes in range(4, 61, 4):
        desk.move_to(NOW + timedelta(minutes=minutes))
        client.post(address("heartbeat", owed.customer), {"number": number})

    answer = client.post(
        address("heartbeat", owed.customer), {"number": number}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 401


def test_a_call_may_last_longer_than_a_session_idles(client, anna, owed, desk):
    fields = take(client, owed.customer)
    desk.move_to(NOW + timedelta(minutes=59))

    answer = client.post(address("record", owed.customer), fields | {"outcome": "busy"})

    assert answer.url == reverse("followups:queue")


def test_an_unknown_number_of_the_page_is_nobodys(client, anna, owed, desk):
    answer = client.post(address("heartbeat", owed.customer), {"number": str(uuid4())})

    assert answer.status_code == 409


@pytest.mark.parametrize("route", ["desk", "inbound-desk"])
def test_a_merged_file_leads_to_its_survivor(client, anna, owed, desk, route):
    merged = CustomerFactory(merged_into=owed.customer)

    answer = client.get(address(route, merged))

    assert answer.url == address(route, owed.customer)


def test_the_file_of_a_customer_leads_to_the_desk_of_either_direction(client, anna, owed, desk):
    page = client.get(owed.customer.get_absolute_url()).content.decode()

    assert address("desk", owed.customer) in page
    assert address("inbound-desk", owed.customer) in page
