from uuid import uuid4

import pytest
from django.http import QueryDict

from aftersales.models import IdempotentRequest
from aftersales.once import OnceForm, SavedBefore, save_once
from aftersales.refusals import Refusal
from aftersales.tests.factories import UserFactory

WORDS = QueryDict("name=A&phone=1&phone=2")


def saver(addresses):
    """Answer a call of `save` with the next address."""
    return lambda: next(addresses)


@pytest.mark.django_db
class TestSaveOnce:
    def test_the_same_words_under_the_same_number_are_saved_once(self):
        user, operation, addresses = UserFactory(), uuid4(), iter(["/1/", "/2/"])

        answers = [
            save_once(by=user, operation=operation, content=WORDS, save=saver(addresses))
            for _click in range(2)
        ]

        assert answers == ["/1/", "/1/"]

    def test_the_token_of_the_page_is_no_content(self):
        user, operation, addresses = UserFactory(), uuid4(), iter(["/1/", "/2/"])
        other_token = QueryDict(f"{WORDS.urlencode()}&csrfmiddlewaretoken=x&operation={operation}")

        save_once(by=user, operation=operation, content=WORDS, save=saver(addresses))
        again = save_once(by=user, operation=operation, content=other_token, save=saver(addresses))

        assert again == "/1/"

    @pytest.mark.parametrize("other", ["name=B&phone=1&phone=2", "name=A&phone=1", "name=A"])
    def test_other_words_under_the_same_number_are_refused(self, other):
        user, operation = UserFactory(), uuid4()
        save_once(by=user, operation=operation, content=WORDS, save=lambda: "/1/")

        with pytest.raises(SavedBefore, match="saved already") as refusal:
            save_once(by=user, operation=operation, content=QueryDict(other), save=lambda: "/2/")

        assert refusal.value.address == "/1/"

    def test_what_was_refused_may_be_sent_again(self):
        user, operation = UserFactory(), uuid4()

        def refuse():
            raise Refusal

        with pytest.raises(Refusal):
            save_once(by=user, operation=operation, content=WORDS, save=refuse)

        assert not IdempotentRequest.objects.exists()
        assert save_once(by=user, operation=operation, content=WORDS, save=lambda: "/1/") == "/1/"

    def test_numbers_of_other_people_are_other_numbers(self):
        operation, addresses = uuid4(), iter(["/1/", "/2/"])

        answers = [
            save_once(by=user, operation=operation, content=WORDS, save=saver(addresses))
            for user in UserFactory.create_batch(2)
        ]

        assert answers == ["/1/", "/2/"]


def test_each_form_has_a_number_of_its_own():
    assert OnceForm()["operation"].value() != OnceForm()["operation"].value()


def test_a_form_that_was_saved_with_other_words_leads_there_and_takes_a_new_number(db):
    user, operation = UserFactory(), str(uuid4())
    first, second = (
        OnceForm(QueryDict(f"operation={operation}&name={name}")) for name in ("A", "B")
    )
    assert first.is_valid()
    assert second.is_valid()
    assert first.save_once(by=user, save=lambda: "/1/") == "/1/"

    assert second.save_once(by=user, save=lambda: "/2/") == ""

    assert (first.saved_before, second.saved_before) == ("", "/1/")
    assert "saved already" in second.non_field_errors()[0]
    assert second["operation"].value() != operation
    assert second.data["name"] == "B"
