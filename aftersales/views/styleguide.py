"""The page that shows every component of the design system beside its markup."""

from dataclasses import dataclass
from datetime import timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from aftersales import days
from aftersales.http import StaffRequest


@dataclass(frozen=True)
class Example:
    """A component, drawn by the template of the same name."""

    name: str
    title: str | Promise

    @property
    def template(self) -> str:
        return f"styleguide/_{self.name}.html"

    @property
    def source(self) -> str:
        """The markup without the line that states its context."""
        source: str = get_template(self.template).template.source  # type: ignore[attr-defined]
        return source.partition("\n")[2].strip()


EXAMPLES = (
    Example("colors", _("Colors")),
    Example("type", _("Typography")),
    Example("page_head", _("Page head")),
    Example("parts", _("Parts of a page")),
    Example("buttons", _("Buttons")),
    Example("menus", _("Menus")),
    Example("fields", _("Form fields")),
    Example("errors", _("Form with errors")),
    Example("inline_edit", _("Inline editing")),
    Example("file_drop", _("File drop")),
    Example("filters", _("Filters")),
    Example("table", _("Table")),
    Example("dense_table", _("Dense table")),
    Example("dense_list", _("Dense list")),
    Example("tabs", _("Tabs")),
    Example("people", _("People and vehicles")),
    Example("badges", _("Badges")),
    Example("deadlines", _("Deadlines and attempts")),
    Example("progress", _("Progress")),
    Example("figures", _("Figures")),
    Example("chart", _("Chart")),
    Example("facts", _("Label and value")),
    Example("timeline", _("Timeline")),
    Example("diff", _("Before and after")),
    Example("comparison", _("Side by side")),
    Example("stepper", _("Steps")),
    Example("lanes", _("Board")),
    Example("writing", _("Text and paper")),
    Example("messages", _("Messages")),
    Example("banners", _("Banners")),
    Example("empty", _("Empty state")),
    Example("dialog", _("Dialog")),
    Example("waiting", _("Waiting")),
    Example("search_results", _("Search results")),
    Example("keys", _("Keys")),
    Example("code", _("Source code")),
    Example("paper_form", _("Paper form")),
    Example("queue", _("Queue")),
    Example("call_desk", _("Call desk")),
)

COLORS = {
    _("Surfaces"): ("canvas", "surface", "raised", "sunken", "hover", "selected"),
    _("Lines"): ("line", "line-strong", "control-line"),
    _("Text"): ("ink", "ink-muted", "ink-faint"),
    _("Action"): ("accent", "accent-fill", "danger-fill"),
    _("Meaning"): ("overdue", "due", "done", "note"),
    _("Classes"): ("class-a", "class-b", "class-c", "class-d", "class-n"),
}


class SampleForm(forms.Form):
    """Each kind of field once."""

    name = forms.CharField(label="Name", initial="王小明", help_text="As it stands on the license.")
    district = forms.ChoiceField(
        label="District", choices=[("", "—"), ("pudong", "浦东新区"), ("gangnam", "강남구")]
    )
    mileage = forms.IntegerField(label="Mileage", initial=48210, min_value=0)
    bought_on = forms.DateField(
        label="Purchase date", widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    kind = forms.ChoiceField(
        label="Customer type",
        choices=[("private", "Private"), ("company", "Company")],
        widget=forms.RadioSelect,
        initial="private",
    )
    reaches = forms.MultipleChoiceField(
        label="May be reached by",
        choices=[("phone", "Phone"), ("sms", "SMS"), ("letter", "Letter")],
        widget=forms.CheckboxSelectMultiple,
        initial=["phone"],
        required=False,
    )
    is_loyal = forms.BooleanField(
        label="Sold by this store", required=False, help_text="Counts for the loyalty class."
    )
    wishes = forms.CharField(label="Wished services", widget=forms.Textarea, required=False)


@require_safe
def styleguide(request: StaffRequest) -> HttpResponse:
    """Show all components with sample data."""
    today = days.today()
    wrong = SampleForm({"name": "", "district": "pudong", "mileage": "-5", "kind": "private"})
    context = {
        "examples": EXAMPLES,
        "colors": COLORS,
        "form": SampleForm(),
        "wrong": wrong,
        "today": today,
        "windows": [
            (today - timedelta(days=9), today - timedelta(days=2)),
            (today - timedelta(days=4), today),
            (today - timedelta(days=2), today + timedelta(days=3)),
        ],
    }
    return render(request, "styleguide.html", context)
