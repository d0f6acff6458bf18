"""Who takes over what somebody owes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.models import User
from followups.services import owners


class TakeOverForm(forms.Form):
    """A tracking salesman to whom follow-ups go; `but` is who gives them away."""

    to = forms.ModelChoiceField(User.objects.none(), label=_("Goes over to"))

    def __init__(self, *args: Any, but: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = owners.trackers()
        field: Any = self.fields["to"]
        field.queryset = people.exclude(pk=but.pk) if but else people


class ReassignForm(TakeOverForm):
    """To whom the follow-ups of a list go; `count` is how many the supervisor saw."""

    count = forms.IntegerField(widget=forms.HiddenInput)

    def show(self, count: int) -> None:
        """Let the next sending be the confirmation of this number."""
        data: Any = self.data
        self.data = shown = data.copy()
        shown["count"] = count


class SuccessorForm(TakeOverForm):
    """Who takes over from somebody who leaves; nobody has to when nothing is owed."""

    def __init__(self, *args: Any, owes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.label = _("Takes over")
        field.required = owes and field.queryset.exists()
