"""A salesman at the call desk with his keyboard: calls, drafts, and what must not happen."""

import time
from datetime import timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from aftersales import days
from aftersales.models import User
from aftersales.tests.browsing import beyond_the_window, complaints_of, log_in, violations
from followups.calling.outcomes import OUTCOMES
from followups.models import Call, Claim, Kind, Matter
from followups.services import claims
from followups.tests.calling import first_call
from followups.tests.factories import PolicyFactory, TrackerFactory
from followups.tests.kinds import owe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
MOST_KEYS = 6


@pytest.fixture
def anna(context, live_server):
    PolicyFactory()
    anna = TrackerFactory(name="Anna")
    log_in(context, live_server, anna)
    return anna


def owe_call(owner, **fields):
    """Owe a first call whose window opened today."""
    return first_call(owner=owner, fact_on=days.today() - timedelta(3), **fields)


@pytest.fixture
def owed(anna):
    return owe_call(anna, order__customer__name="王小明")


@pytest.fixture
def following(anna, owed):
    return owe_call(anna, order__customer__name="Who comes after")


@pytest.fixture
def desk(page, live_server, owed, following):
    """The queue was opened, and N pressed."""
    page.set_viewport_size(DESK)
    page.goto(live_server.url + reverse("followups:queue"))
    page.keyboard.press("n")
    expect_customer(page, "王小明")
    return page


def expect_customer(page, name):
    """Wait until the desk of a customer is seen: from then on it listens to keys."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    page.wait_for_load_state()


def since_today():
    """Return the window of a follow-up that opened today."""
    today = days.today()
    return {"fact_on": today, "opens_on": today, "target_on": today, "due_on": today}


def press(page, *keys):
    assert len(keys) <= MOST_KEYS
    for key in keys:
        page.keyboard.press(key)


def expect_next(page):
    expect_customer(page, "Who comes after")


def chosen(page):
    return page.locator("input[name=outcome]:checked")


class TestByKeyboard:
    def test_a_talk_takes_four_keys(self, desk, owed):
        press(desk, "1", "9", "y", "Enter")

        expect_next(desk)
        made = Call.objects.get()
        assert (made.outcome, made.scores) == ("reached", {"q_overall": 9, "q_fixed": 1})
        owed.refresh_from_db()
        assert owed.state == "done"

    def test_who_does_not_answer_takes_two(self, desk, owed):
        press(desk, "2", "Enter")

        expect_next(desk)
        owed.refresh_from_db()
        assert (owed.state, owed.attempts) == ("open", 1)

    def test_a_callback_asks_for_its_time(self, desk, owed):
        press(desk, "b")
        when = desk.get_by_label("Call again at")
        expect(when).to_be_focused()
        when.fill(f"{days.today() + timedelta(2)}T18:30")
        press(desk, "Enter")

        expect_next(desk)
        owed.refresh_from_db()
        assert owed.callback_at.astimezone(days.shop_zone()).strftime("%H:%M") == "18:30"

    def test_a_complaint_opens_a_matter(self, desk):
        press(desk, "c")
        desk.keyboard.type("The brakes squeal again: 2 days late.")
        press(desk, "Escape", "1", "0", "n", "Enter")

        expect_next(desk)
        assert Matter.objects.get().text == "The brakes squeal again: 2 days late."
        assert Call.objects.get().scores == {"q_overall": 10, "q_fixed": 0}

    def test_a_low_score_asks_why(self, desk):
        press(desk, "q", "5")
        desk.keyboard.type("Waited too long")
        press(desk, "Enter", "y", "Escape", "1", "Enter")

        expect_next(desk)
        assert Call.objects.get().score_reasons == {"q_overall": "Waited too long"}

    def test_a_low_score_after_the_outcome_asks_on_until_nothing_is_missing(self, desk):
        press(desk, "1", "3")
        desk.keyboard.type("Waited two hours")
        press(desk, "Enter", "y", "Enter")

        expect_next(desk)
        made = Call.objects.get()
        assert made.scores == {"q_overall": 3, "q_fixed": 1}
        assert made.score_reasons == {"q_overall": "Waited two hours"}

    def test_an_outcome_that_wants_a_note_leads_to_it(self, desk):
        press(desk, "6")
        expect(desk.get_by_label("Note")).to_be_focused()
        desk.keyboard.type("His wife answered.")
        press(desk, "Control+Enter")

        expect_next(desk)
        assert Call.objects.get().note == "His wife answered."

    def test_a_customer_is_put_off_with_a_reason(self, desk, owed):
        press(desk, "s")
        desk.keyboard.type("On the train")
        desk.get_by_label("Back in the queue at").fill(f"{days.today() + timedelta(2)}T09:00")
        press(desk, "Enter")

        expect(desk.get_by_role("main")).to_contain_text("Next call")
        assert owed.customer.skips.get().reason == "On the train"

    def test_without_an_outcome_nobody_goes_on(self, desk):
        press(desk, "n")

        expect(desk.locator("input[name=outcome]").first).to_be_focused()
        assert not Call.objects.exists()

    def test_another_entry_is_chosen_with_j_and_enter(self, desk, following, anna):
        press(desk, "j", "Enter")

        expect_next(desk)
        assert Claim.objects.get(customer=following.customer).claimed_by == anna


def test_the_desk_keeps_the_customer_and_says_when_he_is_lost(page, live_server, owed):
    page.clock.install()
    page.goto(live_server.url + reverse("followups:queue"))
    page.keyboard.press("n")
    expect_customer(page, "王小明")
    taken_until = Claim.objects.get().leased_until

    page.clock.fast_forward(31_000)
    expect(page.locator("#lease")).to_be_attached()
    page.wait_for_load_state("networkidle")
    assert Claim.objects.get().leased_until > taken_until

    claims.take_back(owed.customer_id)
    page.clock.fast_forward(31_000)
    expect(page.get_by_role("alert")).to_contain_text("You don't hold this customer any more")
    assert violations(page) == []


def test_nothing_is_seen_before_it_listens_to_keys(page, live_server, anna):
    def late(route):
        time.sleep(1)
        route.continue_()

    page.route("**/js/desk*.js", late)
    page.goto(live_server.url + reverse("followups:queue"))

    assert page.evaluate(
        """() => new Promise((say) => new PerformanceObserver((painted) => {
            const scripts = performance.getEntriesByType("resource");
            const desk = scripts.find(({ name }) => name.includes("/js/desk"));
            say(painted.getEntries()[0].startTime > desk.responseEnd);
        }).observe({ type: "paint", buffered: true }))"""
    )


def test_a_caller_in_between_is_recorded_by_keyboard(page, live_server, owed):
    page.goto(live_server.url + reverse("followups:inbound"))
    page.keyboard.type(owed.customer.phones.first().typed)
    page.keyboard.press("Enter")
    expect_customer(page, "王小明")
    expect(page.get_by_label("Number that called")).to_have_value(
        owed.customer.phones.first().typed
    )

    press(page, "c")
    page.keyboard.type("It rattles.")
    press(page, "Escape", "Enter")

    expect(page.get_by_role("status")).to_contain_text("is in the register")
    assert Call.objects.get().direction == "inbound"
    owed.refresh_from_db()
    assert owed.attempts == 0


class TestKinds:
    """Answers and invitations, each in six keys or fewer besides what is typed."""

    @pytest.fixture
    def queue(self, page, live_server, anna):
        page.set_viewport_size(DESK)

        def take(owed):
            page.goto(live_server.url + reverse("followups:queue"))
            page.keyboard.press("n")
            expect_customer(page, owed.customer.name)
            return page

        return take

    def test_an_answer_that_does_not_satisfy_opens_the_matter_again(self, queue, anna):
        owed = owe(Kind.ANSWER, owner=anna, **since_today())
        desk = queue(owed)

        press(desk, "1", "n")
        expect(desk.get_by_label("Note")).to_be_focused()
        desk.keyboard.type("It still squeals.")
        press(desk, "Control+Enter")

        expect(desk.get_by_role("status")).to_contain_text("is in the register")
        owed.matter.refresh_from_db()
        assert (owed.matter.state, owed.matter.reopened) == ("under_study", 1)
        assert Call.objects.get().note == "It still squeals."

    def test_an_answer_that_satisfies_takes_three_keys(self, queue, anna):
        owed = owe(Kind.ANSWER, owner=anna, **since_today())

        desk = queue(owed)
        assert violations(desk) == []
        press(desk, "1", "y", "Enter")

        expect(desk.get_by_role("status")).to_contain_text("is in the register")
        owed.matter.refresh_from_db()
        assert owed.matter.state == "closed"

    def test_a_notice_is_answered_with_yes_and_a_letter(self, queue, anna):
        ahead = {"starts_on": days.today() + timedelta(14), "ends_on": days.today() + timedelta(16)}
        owed = owe(Kind.CAMPAIGN_NOTICE, owner=anna, cause=ahead, **since_today())

        desk = queue(owed)
        assert violations(desk) == []
        press(desk, "1", "y", "y", "Enter")

        expect(desk.get_by_role("status")).to_contain_text("is in the register")
        owed.invitation.refresh_from_db()
        assert (owed.invitation.answer, owed.invitation.wants_letter) == ("comes", True)

    def test_a_visit_and_an_invitation_are_one_talk(self, queue, anna, owed):
        ahead = {"starts_on": days.today() + timedelta(14), "ends_on": days.today() + timedelta(16)}
        invited = owe(
            Kind.CAMPAIGN_NOTICE, customer=owed.customer, owner=anna, cause=ahead, **since_today()
        )

        desk = queue(owed)
        press(desk, "1", "9", "y", "y", "n", "Enter")

        expect(desk.get_by_role("status")).to_contain_text("is in the register")
        invited.invitation.refresh_from_db()
        assert (invited.invitation.answer, invited.invitation.wants_letter) == ("comes", False)
        assert Call.objects.get().scores == {"q_overall": 9, "q_fixed": 1}

    def test_who_does_not_come_is_not_asked_about_a_letter(self, queue, anna):
        ahead = {"starts_on": days.today() + timedelta(14), "ends_on": days.today() + timedelta(16)}
        owed = owe(Kind.CAMPAIGN_NOTICE, owner=anna, cause=ahead, **since_today())

        desk = queue(owed)
        press(desk, "1", "n", "Enter")

        expect(desk.get_by_role("status")).to_contain_text("is in the register")
        owed.invitation.refresh_from_db()
        assert (owed.invitation.answer, owed.invitation.wants_letter) == ("declines", None)


class TestTyping:
    def test_keys_are_letters_inside_a_field(self, desk):
        desk.get_by_label("Requests").focus()
        desk.keyboard.type("2 b c s n q 1")

        expect(desk.get_by_label("Requests")).to_have_value("2 b c s n q 1")
        expect(chosen(desk)).to_have_count(0)

    def test_keys_rest_while_an_input_method_composes(self, desk):
        composing = """(isComposing) => document.body.dispatchEvent(new KeyboardEvent(
            "keydown", { key: "2", isComposing, bubbles: true, cancelable: true }))"""

        desk.evaluate(composing, True)
        expect(chosen(desk)).to_have_count(0)
        desk.evaluate(composing, False)
        expect(chosen(desk)).to_have_value("no_answer")

    def test_enter_that_ends_a_composition_records_nothing(self, desk):
        press(desk, "2")
        desk.get_by_label("Person spoken to").focus()
        desk.get_by_label("Person spoken to").dispatch_event(
            "keydown", {"key": "Enter", "isComposing": True, "bubbles": True}
        )

        expect(desk.get_by_label("Person spoken to")).to_be_focused()
        assert not Call.objects.exists()

    def test_is_kept_as_a_draft_and_comes_back(self, desk):
        desk.get_by_label("Hopes").fill("A loaner next time.")
        expect(desk.locator("#draft")).to_contain_text("Draft kept")

        desk.reload()

        expect(desk.get_by_label("Hopes")).to_have_value("A loaner next time.")
        expect(desk.locator("#draft")).to_contain_text("is back")

    def test_of_a_late_writer_is_refused_and_kept(self, desk, owed):
        desk.get_by_label("Hopes").fill("A loaner next time.")
        claims.take_back(owed.customer_id)

        press(desk, "Control+Enter", "3", "Enter")

        alert = desk.get_by_role("alert")
        expect(alert).to_contain_text("You don't hold this customer any more")
        expect(desk.get_by_label("Hopes")).to_have_value("A loaner next time.")
        assert not Call.objects.exists()
        desk.get_by_role("button", name="Take the customer again").click()
        expect(desk.get_by_label("Hopes")).to_have_value("A loaner next time.")


class TestLook:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_the_desk_is_accessible_quiet_and_does_not_scroll(self, desk, scheme):
        complaints = complaints_of(desk)
        desk.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        desk.reload()

        assert violations(desk) == []
        assert complaints == []
        assert desk.evaluate("document.documentElement.scrollHeight <= innerHeight")

    def test_the_desk_fits_a_phone(self, desk):
        desk.set_viewport_size(PHONE)

        assert beyond_the_window(desk) == []
        assert violations(desk) == []

    def test_what_is_wrong_is_said_accessibly(self, desk):
        press(desk, "7")
        desk.get_by_label("Satisfied overall?").get_by_label("5", exact=True).check(force=True)
        press(desk, "Escape")
        desk.get_by_role("button", name="Save and next").click()

        expect(desk.get_by_role("alert")).to_contain_text("Ask why, and write it down.")
        assert violations(desk) == []

    @pytest.mark.parametrize("language", ["en", "zh-hans", "ko"])
    def test_outcomes_and_ways_on_stand_in_one_row(self, desk, anna, language):
        User.objects.filter(pk=anna.pk).update(language=language)
        desk.reload()

        buttons = desk.locator(
            ".outcome, .call-actions > .button, .call-actions > * > .button"
        ).all()
        shown = sorted((each.bounding_box() for each in buttons), key=lambda box: box["x"])

        assert len(shown) == len(OUTCOMES) + 6
        for one, next_one in pairwise(shown):
            assert one["x"] + one["width"] <= next_one["x"]
        assert shown[-1]["x"] + shown[-1]["width"] <= DESK["width"]
