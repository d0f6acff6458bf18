import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from followups.letters import placeholders
from followups.letters.defaults import default_letters

NOT_PLACEHOLDERS = [
    "{name}",
    "{customer.manager.password}",
    "{customer.__class__}",
    "{customer!r}",
    "{customer:>99999999}",
    "{0}",
    "{}",
    "{ customer }",
    "{CUSTOMER}",
    "{%debug%}",
    "{#x#}",
]


@pytest.mark.parametrize("text", NOT_PLACEHOLDERS)
def test_what_is_no_placeholder_is_refused_by_its_name(text):
    with pytest.raises(ValidationError) as refused:
        placeholders.check(f"Dear {text}, we …")

    assert text in refused.value.messages[0]


def test_all_unknown_placeholders_are_named_once():
    with pytest.raises(ValidationError) as refused:
        placeholders.check("{one} {two} {one} {customer}")

    assert [message[-6:] for message in refused.value.messages] == ["{one}.", "{two}."]


@pytest.mark.parametrize(
    "text", ["{{customer}}", "{a{customer}b}", "{customer{plate}}", "{{{customer}}}"]
)
def test_placeholders_inside_each_other_are_refused(text):
    with pytest.raises(ValidationError, match="inside each other"):
        placeholders.check(text)


@pytest.mark.parametrize("text", ["a { b", "a } b", "{customer", "customer}", "}{"])
def test_a_lone_brace_is_refused(text):
    with pytest.raises(ValidationError, match="stands alone"):
        placeholders.check(text)


def test_values_that_look_like_placeholders_stay_as_they_are():
    values = {"customer": "{plate} {handler}", "plate": "{customer}"}

    filled = placeholders.fill("{customer} / {plate}", values)

    assert filled == "{plate} {handler} / {customer}"


@pytest.mark.parametrize(
    "text",
    [
        "%(customer)s %s",
        "$customer ${customer.x}",
        "<% import os %>",
        "#panic() *bold* $x^2$",
        "<script>alert(1)</script>",
        "=1+1",
        "\\{",
    ],
)
def test_nothing_else_is_interpreted(text):
    assert placeholders.fill(text, {"customer": "A"}) == text


@given(st.dictionaries(st.sampled_from(sorted(placeholders.PLACEHOLDERS)), st.text()))
def test_a_text_is_filled_in_one_pass(values):
    names = sorted(values)
    template = "|".join(f"{{{name}}}" for name in names)

    assert placeholders.fill(template, values) == "|".join(values[name] for name in names)


def test_what_a_text_speaks_of_and_the_file_lacks_is_named():
    values = {"customer": "王", "plate": "", "title": ""}

    assert list(placeholders.gaps("{customer} {title} {plate} {plate}", values)) == ["plate"]


def test_the_texts_that_a_shop_begins_with_can_be_saved():
    letters = list(default_letters())

    for letter in letters:
        placeholders.check(f"{letter['subject']}\n{letter['body']}")
    assert len({(letter["kind"], letter["language"]) for letter in letters}) == 12
