"""What is owed to customers, who owes it, and what was said."""

from followups.models.absence import Absence
from followups.models.call import AgendaItem, Call, CallKind, CallQuerySet, Direction
from followups.models.claim import CallDraft, Claim, Skip
from followups.models.ending import ENDED_AS, TAKEN_BACK, Ending, State
from followups.models.follow_up import CALLS, FollowUp, FollowUpQuerySet, Kind
from followups.models.matter import Matter, MatterKind, MatterState
from followups.models.policy import Holiday, Policy
from followups.models.register import Register
from followups.models.sweep import FileCheck, SweepRun

__all__ = [
    "CALLS",
    "ENDED_AS",
    "TAKEN_BACK",
    "Absence",
    "AgendaItem",
    "Call",
    "CallDraft",
    "CallKind",
    "CallQuerySet",
    "Claim",
    "Direction",
    "Ending",
    "FileCheck",
    "FollowUp",
    "FollowUpQuerySet",
    "Holiday",
    "Kind",
    "Matter",
    "MatterKind",
    "MatterState",
    "Policy",
    "Register",
    "Skip",
    "State",
    "SweepRun",
]
