"""Forms of an import: the file, its encoding, and how its columns are read."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from workshop.imports import encodings
from workshop.imports.layout import Layout, LayoutRefused
from workshop.models import Import, ImportKind, ImportProfile

LARGEST_PROFILE = 100_000


class UploadForm(forms.Form):
    """A file, what it is about, and how files of its kind are read."""

    kind = forms.ChoiceField(label=_("The file is about"), choices=ImportKind.choices)
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.gz,.xlsx"}),
    )
    profile = forms.ModelChoiceField(
        ImportProfile.objects.all(),
        label=_("Read it by"),
        required=False,
        empty_label=_("its headings"),
    )
    profile_file = forms.FileField(
        label=_("or by a profile from a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".json"}),
    )

    def clean_profile_file(self) -> Layout | None:
        file = self.cleaned_data["profile_file"]
        if not file:
            return None
        try:
            return Layout.from_json(json.loads(file.read(LARGEST_PROFILE)))
        except (ValueError, LayoutRefused) as error:
            raise forms.ValidationError(_("This is not an import profile.")) from error

    def clean(self) -> dict[str, Any]:
        profile = self.cleaned_data.get("profile")
        if profile and profile.kind != self.cleaned_data.get("kind"):
            self.add_error("profile", _("This profile is for files about something else."))
        return self.cleaned_data

    def chosen_layout(self) -> Layout | None:
        """Return the layout of the chosen profile, None if the headings decide."""
        if from_file := self.cleaned_data["profile_file"]:
            return from_file  # type: ignore[no-any-return]
        saved = self.cleaned_data["profile"]
        return Layout.from_json(saved.layout) if saved else None


class EncodingForm(forms.Form):
    """Which of the possible encodings shows the right text."""

    encoding = forms.ChoiceField(label=_("Encoding"))

    def __init__(self, batch: Import, data: QueryDict | None = None) -> None:
        super().__init__(data, label_suffix="")
        rows = batch.inspection["encodings"]
        self.possible = [
            (name, label, rows[name]) for name, label in encodings.LABELS.items() if name in rows
        ]
        self.fields["encoding"] = forms.ChoiceField(
            label=_("Encoding"), choices=[(name, label) for name, label, _rows in self.possible]
        )
