"""What the weekly meeting decides, and where the departments get its papers."""

from reports.models.mailbox import DepartmentMailbox
from reports.models.measure import Measure, MeasureQuerySet

__all__ = ["DepartmentMailbox", "Measure", "MeasureQuerySet"]
