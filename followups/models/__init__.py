"""What is owed to customers, who owes it, and what was said."""

from followups.models.absence import Absence
from followups.models.call import AgendaItem, Call, CallKind, CallQuerySet, Direction
from followups.models.campaign import (
    Campaign,
    CampaignKind,
    CampaignQuerySet,
    CampaignState,
    Invitation,
    InvitationAnswer,
    InvitationQuerySet,
)
from followups.models.claim import CallDraft, Claim, Skip
from followups.models.complaint import Complaint, ComplaintLevel, Remedy
from followups.models.department import Department
from followups.models.ending import ENDED_AS, TAKEN_BACK, Ending, State
from followups.models.follow_up import FollowUp
from followups.models.kind import (
    CALLS,
    CAMPAIGNS,
    DESK_WORK,
    PURPOSES,
    REMINDERS,
    SELLING,
    Kind,
)
from followups.models.letter import (
    Letter,
    LetterEvent,
    LetterEventKind,
    LetterFile,
    LetterQuerySet,
)
from followups.models.letter_batch import (
    BatchItem,
    BatchState,
    DeliveryChannel,
    LetterBatch,
    Obstacle,
)
from followups.models.letter_template import LetterKind, LetterTemplate
from followups.models.matter import (
    ALLOWED_IN,
    UNSOLVED,
    HeardThrough,
    Matter,
    MatterAct,
    MatterKind,
    MatterState,
)
from followups.models.outbox import OutboxChannel, OutboxMessage, OutboxState
from followups.models.owed import FollowUpQuerySet
from followups.models.policy import Holiday, Policy
from followups.models.public_link import LinkPurpose, LinkState, PublicLink, SurveyAnswer
from followups.models.register import Register
from followups.models.reminder import Festival, ReminderRule
from followups.models.sweep import FileCheck, SweepRun
from followups.models.webhook import (
    TEST,
    DeliveryState,
    EventKind,
    Webhook,
    WebhookDelivery,
)

__all__ = [
    "ALLOWED_IN",
    "CALLS",
    "CAMPAIGNS",
    "DESK_WORK",
    "ENDED_AS",
    "PURPOSES",
    "REMINDERS",
    "SELLING",
    "TAKEN_BACK",
    "TEST",
    "UNSOLVED",
    "Absence",
    "AgendaItem",
    "BatchItem",
    "BatchState",
    "Call",
    "CallDraft",
    "CallKind",
    "CallQuerySet",
    "Campaign",
    "CampaignKind",
    "CampaignQuerySet",
    "CampaignState",
    "Claim",
    "Complaint",
    "ComplaintLevel",
    "DeliveryChannel",
    "DeliveryState",
    "Department",
    "Direction",
    "Ending",
    "EventKind",
    "Festival",
    "FileCheck",
    "FollowUp",
    "FollowUpQuerySet",
    "HeardThrough",
    "Holiday",
    "Invitation",
    "InvitationAnswer",
    "InvitationQuerySet",
    "Kind",
    "Letter",
    "LetterBatch",
    "LetterEvent",
    "LetterEventKind",
    "LetterFile",
    "LetterKind",
    "LetterQuerySet",
    "LetterTemplate",
    "LinkPurpose",
    "LinkState",
    "Matter",
    "MatterAct",
    "MatterKind",
    "MatterState",
    "Obstacle",
    "OutboxChannel",
    "OutboxMessage",
    "OutboxState",
    "Policy",
    "PublicLink",
    "Register",
    "Remedy",
    "ReminderRule",
    "Skip",
    "State",
    "SurveyAnswer",
    "SweepRun",
    "Webhook",
    "WebhookDelivery",
]
