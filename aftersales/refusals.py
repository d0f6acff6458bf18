"""Refusals: a service did not do what it was asked, and says why to the person who asked."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _


class Refusal(Exception):
    """A business action that was refused; its text is a whole sentence for the reader."""


class ChangedMeanwhile(Refusal):
    """Somebody saved the object after the caller read it; `current` is how it is now."""

    def __init__(self, current: models.Model) -> None:
        super().__init__(
            _("Somebody else changed this in the meantime. Please look at it again, then save.")
        )
        self.current: Any = current
