"""The mailboxes of all departments on one page."""

from __future__ import annotations

from typing import Any

from django import forms

from reports.models import DepartmentMailbox


class MailboxForm(forms.ModelForm):  # type: ignore[type-arg]
    """One department's. What the reader saw is sent along, so that only what he typed counts."""

    class Meta:
        model = DepartmentMailbox
        fields = ("email", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True

    @property
    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data}
