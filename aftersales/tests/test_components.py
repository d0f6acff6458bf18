"""The template tags of the design system, and the menu."""

import re
from datetime import date

import pytest
from django import forms
from django.template import Context, Template
from django.urls import reverse

from aftersales.models import User
from aftersales.navigation import menu_for
from aftersales.roles import ADMINISTRATOR, TECHNICIAN
from aftersales.tests.factories import UserFactory


class MileageForm(forms.Form):
    mileage = forms.IntegerField(label="Mileage", help_text="As the dashboard shows it.")
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    is_loyal = forms.BooleanField(required=False)
    user = forms.ModelChoiceField(User.objects.none())


def rendered(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


class TestField:
    def test_names_help_and_error_to_a_screen_reader(self):
        page = rendered("{% field form.mileage %}", form=MileageForm({"mileage": "12a"}))

        described_by = re.search(r'aria-describedby="([^"]+)"', page)[1].split()
        assert described_by == ["id_mileage_helptext", "id_mileage_error"]
        assert all(f'id="{element}"' in page for element in described_by)
        assert 'aria-invalid="true"' in page
        assert 'for="id_mileage"' in page

    def test_groups_choices_under_a_legend(self):
        page = rendered("{% field form.kind %}", form=MileageForm())

        assert re.search(r"<fieldset>\s*<legend>Kind", page)

    def test_says_the_unit_after_the_input(self):
        page = rendered('{% field form.mileage unit="km" %}', form=MileageForm())

        assert '<span class="unit">km</span>' in page

    def test_says_with_a_dash_that_nothing_is_chosen(self, db):
        page = rendered("{% field form.user %}", form=MileageForm())

        assert '<option value="" selected>—</option>' in page

    def test_puts_a_checkbox_before_its_label(self):
        assert 'class="field check"' in rendered("{% field form.is_loyal %}", form=MileageForm())

    def test_escapes_what_was_typed(self):
        page = rendered("{% field form.mileage %}", form=MileageForm({"mileage": '"><b>'}))

        assert "<b>" not in page


@pytest.mark.parametrize(
    ("today", "done_on", "state", "words"),
    [
        ("2026-11-20", None, "ahead", "4 days left"),
        ("2026-11-23", None, "ahead", "1 day left"),
        ("2026-11-24", None, "due", "Due today"),
        ("2026-11-25", None, "overdue", "1 day late"),
        ("2026-11-27", None, "overdue", "3 days late"),
        ("2026-11-27", "2026-11-21", "done", "Done"),
    ],
)
def test_a_deadline_says_in_words_how_late_it_is(today, done_on, state, words):
    page = rendered(
        "{% deadline opens_on due_on today done_on %}",
        opens_on=date(2026, 11, 20),
        due_on=date(2026, 11, 24),
        today=date.fromisoformat(today),
        done_on=done_on and date.fromisoformat(done_on),
    )

    assert f'data-state="{state}"' in page
    assert words in page


def test_attempts_are_counted_for_those_who_cannot_see_dots():
    page = rendered("{% attempts 1 3 %}")

    assert page.count('class="made"') == 1
    assert page.count("<i") == 3
    assert "1 of 3 attempts" in page


@pytest.mark.parametrize(
    ("query", "direction", "next_order"),
    [
        ({}, None, "?order=name"),
        ({"order": "name"}, "ascending", "?order=-name"),
        ({"order": "-name"}, "descending", "?order=name"),
        ({"order": "plate", "after": "x"}, None, "?order=name"),
        ({"class": "A", "order": "name"}, "ascending", "?class=A&amp;order=-name"),
    ],
)
def test_a_sorting_heading_turns_the_order_and_starts_at_the_first_page(
    rf, query, direction, next_order
):
    page = rendered('{% sort_heading "name" "Name" %}', request=rf.get("/", query))

    assert re.search(r'href="([^"]+)"', page)[1] == next_order
    assert (re.search(r'aria-sort="(\w+)"', page) or [None, None])[1] == direction


def menu_of(rf, path, *roles):
    request = rf.get(path)
    request.user = UserFactory.build(roles=list(roles))
    return {link.url: link.is_current for group in menu_for(request) for link in group}


class TestMenu:
    def test_leads_only_where_the_roles_allow(self, rf):
        styleguide = reverse("styleguide")

        assert styleguide in menu_of(rf, "/", ADMINISTRATOR)
        assert styleguide not in menu_of(rf, "/", TECHNICIAN)
        assert reverse("home") in menu_of(rf, "/", TECHNICIAN)

    def test_marks_the_page_that_is_open_and_no_other(self, rf):
        menu = menu_of(rf, reverse("styleguide"), ADMINISTRATOR)

        assert [url for url, is_current in menu.items() if is_current] == [reverse("styleguide")]

    def test_marks_the_entry_above_a_page_that_has_none(self, rf):
        menu = menu_of(rf, f"{reverse('styleguide')}deeper/", ADMINISTRATOR)

        assert [url for url, is_current in menu.items() if is_current] == [reverse("styleguide")]
