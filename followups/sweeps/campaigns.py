"""Campaigns: their notices, letters, reminders, and the calls that say what has changed."""

from __future__ import annotations

from followups.models import ENDED_AS, CampaignKind, Ending, Kind
from followups.sweeps.owners import TRACKER, assign_left_alone
from followups.sweeps.planning import plan_dated
from followups.sweeps.running import Counts, Swept, sweep

CAUSES = ("invitation_id", "sequence")
# What a customer is told of something that changed is told within so many days.
CHANGE_DAYS = 2

# Whoever is invited, as whom he is known now. Of two files that became one, one is invited.
INVITED = f"""
FROM followups_campaign campaign
JOIN followups_invitation invitation ON invitation.campaign_id = campaign.id
    AND NOT invitation.walked_in
JOIN customers_customer file ON file.id = invitation.customer_id
JOIN customers_customer customer ON customer.id = coalesce(file.merged_into_id, file.id)
{TRACKER}
WHERE (file.merged_into_id IS NULL OR NOT EXISTS (
    SELECT FROM followups_invitation again
    WHERE again.campaign_id = campaign.id AND again.customer_id = file.merged_into_id
))
"""
MADE = """
SELECT FROM followups_followup made
WHERE made.invitation_id = invitation.id AND made.kind = %(kind)s
    AND made.ending <> ALL(%(taken_back)s)
"""
# What is decided too late is due on the day of the decision.
OPENS = "greatest(campaign.starts_on - %(opens_days)s::int, campaign.scheduled_on)"
DUE = "greatest(campaign.starts_on - %(due_days)s::int, campaign.scheduled_on)"
NOTICES = f"""
SELECT customer.id AS customer_id, invitation.id AS invitation_id, 0 AS sequence,
    campaign.scheduled_on AS fact_on, {OPENS} AS opens_on, {OPENS} AS target_on,
    {DUE} AS due_on, tracker.id AS owner_id
{INVITED}
    AND campaign.state = 'decided' AND campaign.starts_on > %(today)s
    AND campaign.scheduled_on >= (%(since)s AT TIME ZONE %(zone)s)::date
    AND invitation.told_on IS NULL AND NOT EXISTS ({MADE})
"""
# Who was told of what is no longer so, and hasn't said that he will not come.
CHANGES = f"""
SELECT customer.id AS customer_id, invitation.id AS invitation_id, campaign.changes AS sequence,
    %(today)s::date AS fact_on, %(today)s::date AS opens_on, %(today)s::date AS target_on,
    greatest(least(%(today)s::date + {CHANGE_DAYS}, campaign.starts_on), %(today)s::date)
        AS due_on, tracker.id AS owner_id
{INVITED}
    AND campaign.state <> 'draft' AND campaign.ends_on >= %(today)s
    AND invitation.told_on IS NOT NULL AND invitation.told_change < campaign.changes
    AND invitation.answer <> 'declines'
    AND NOT EXISTS ({MADE} AND (made.state = 'open' OR made.sequence = campaign.changes))
"""
# A last day that is a holiday moves on, where the policy says so.
LETTERS = f"""
SELECT customer.id AS customer_id, invitation.id AS invitation_id, 0 AS sequence,
    invitation.told_on AS fact_on, invitation.told_on AS opens_on, invitation.told_on AS target_on,
    (
        SELECT min(day)::date FROM generate_series(
            invitation.told_on + %(letter_days)s::int, invitation.told_on + 90, '1 day'
        ) AS day WHERE day::date <> ALL(%(holidays)s::date[])
    ) AS due_on, tracker.id AS owner_id
{INVITED}
    AND campaign.state = 'decided' AND campaign.ends_on >= %(today)s
    AND invitation.wants_letter AND invitation.told_on IS NOT NULL AND NOT EXISTS ({MADE})
"""
REMINDERS = f"""
SELECT customer.id AS customer_id, invitation.id AS invitation_id, campaign.changes AS sequence,
    invitation.answered_on AS fact_on, campaign.starts_on - 1 AS opens_on,
    campaign.starts_on - 1 AS target_on, campaign.starts_on - 1 AS due_on, tracker.id AS owner_id
{INVITED}
    AND campaign.state = 'decided' AND campaign.starts_on > %(today)s
    AND invitation.answer = 'comes' AND invitation.answered_on < campaign.starts_on - 1
    AND NOT EXISTS ({MADE} AND (made.state = 'open' OR made.sequence = campaign.changes))
"""
OWED = """
SELECT owed.id FROM followups_followup owed
JOIN followups_invitation invitation ON invitation.id = owed.invitation_id
JOIN followups_campaign campaign ON campaign.id = invitation.campaign_id
WHERE owed.state = 'open' AND owed.kind = %(kind)s AND
"""
MOVE_NOTICES = f"""
UPDATE followups_followup moved SET fact_on = campaign.scheduled_on, opens_on = {OPENS},
    target_on = {OPENS}, due_on = {DUE}
FROM followups_invitation invitation
JOIN followups_campaign campaign ON campaign.id = invitation.campaign_id
WHERE invitation.id = moved.invitation_id AND moved.id IN (
    {OWED} campaign.state = 'decided' AND campaign.starts_on > %(today)s
        AND owed.fact_on <> campaign.scheduled_on
    FOR UPDATE OF owed SKIP LOCKED
)
"""
MOVE_REMINDERS = f"""
UPDATE followups_followup moved SET opens_on = campaign.starts_on - 1,
    target_on = campaign.starts_on - 1, due_on = campaign.starts_on - 1,
    sequence = campaign.changes
FROM followups_invitation invitation
JOIN followups_campaign campaign ON campaign.id = invitation.campaign_id
WHERE invitation.id = moved.invitation_id AND moved.id IN (
    {OWED} owed.due_on <> campaign.starts_on - 1 AND owed.fact_on < campaign.starts_on
    FOR UPDATE OF owed SKIP LOCKED
)
"""
# The call that is still owed tells the latest change as well.
RENEW_CHANGES = f"""
UPDATE followups_followup renewed SET sequence = campaign.changes
FROM followups_invitation invitation
JOIN followups_campaign campaign ON campaign.id = invitation.campaign_id
WHERE invitation.id = renewed.invitation_id AND renewed.id IN (
    {OWED} owed.sequence < campaign.changes
    FOR UPDATE OF owed SKIP LOCKED
)
"""
END = f"""
UPDATE followups_followup SET state = %(state)s, ending = %(ending)s,
    closed_at = %(now)s, closed_on = %(today)s
WHERE id IN (
    {OWED} (<condition>)
    FOR UPDATE OF owed SKIP LOCKED
)
"""
IS_OFF = "campaign.state = 'called_off'"
HAS_BEGUN = "campaign.starts_on <= %(today)s"
IS_OVER = "campaign.ends_on < %(today)s"
IS_TOLD = "invitation.told_on IS NOT NULL"
# A recall is no offer: only who wants no calls at all is spared.
REFUSES = f"""
EXISTS (
    SELECT FROM customers_contactrefusal refusal
    WHERE refusal.customer_id = owed.customer_id AND refusal.lifted_on IS NULL
        AND refusal.channel = ANY(%(channels)s) AND refusal.purpose IN ('all', CASE
            WHEN campaign.kind = '{CampaignKind.RECALL}' OR owed.kind = '{Kind.CAMPAIGN_CHANGE}'
            THEN 'service' ELSE 'promotion' END)
)
"""
# What was owed to a merged file is owed to the other one, which is looked for only then.
IS_DOUBLE = """
CASE WHEN owed.customer_id <> invitation.customer_id THEN EXISTS (
    SELECT FROM followups_invitation again
    WHERE again.campaign_id = campaign.id AND again.customer_id = owed.customer_id
) END
"""


@sweep
def sweep_campaign_notices(swept: Swept) -> Counts:
    """Write the notices of decided campaigns and the calls that say what has changed.

    A notice ends when the customer was told elsewhere, wants no such calls, or when the
    campaign begins. Days that are holidays move nothing: the customer has his two weeks.

    Source: CAM-02, R-07.
    """
    policy, notice, change = swept.policy, Kind.CAMPAIGN_NOTICE, Kind.CAMPAIGN_CHANGE
    swept.parameters |= {
        "opens_days": policy.notice_opens_days,
        "due_days": policy.notice_due_days,
    }
    called_off = end(swept, notice, Ending.CALLED_OFF, IS_OFF)
    return {
        "moved": swept.execute(MOVE_NOTICES, kind=notice),
        "created": plan_dated(swept, notice, NOTICES, CAUSES),
        "changed": swept.execute(RENEW_CHANGES, kind=change)
        + plan_dated(swept, change, CHANGES, CAUSES),
        "cancelled": called_off
        + _refused(swept, notice, "phone")
        + _refused(swept, change, "phone")
        + end(swept, notice, Ending.MERGED, IS_DOUBLE),
        "told": end(swept, notice, Ending.GOAL_MET, IS_TOLD),
        "expired": end(swept, notice, Ending.EXPIRED, HAS_BEGUN)
        + end(swept, change, Ending.EXPIRED, IS_OVER),
        "assigned": assign_left_alone(swept),
    }


@sweep
def sweep_campaign_letters(swept: Swept) -> Counts:
    """Write the letters that customers wanted when they were told: due within two days of it.

    Issuing ends them (`followups/services/letters.py`).

    Source: CAM-03, R-06.
    """
    kind = Kind.CAMPAIGN_LETTER
    swept.parameters |= {
        "letter_days": swept.policy.letter_days,
        "holidays": list(swept.policy.holidays()),
    }
    return {
        "created": plan_dated(swept, kind, LETTERS, CAUSES),
        "cancelled": end(swept, kind, Ending.CALLED_OFF, IS_OFF)
        + end(swept, kind, Ending.NOT_WANTED, "NOT invitation.wants_letter")
        + _refused(swept, kind, "letter")
        + end(swept, kind, Ending.MERGED, IS_DOUBLE),
        "expired": end(swept, kind, Ending.EXPIRED, IS_OVER),
        "assigned": assign_left_alone(swept),
    }


@sweep
def sweep_campaign_reminders(swept: Swept) -> Counts:
    """Write the reminders, the day before, of those who said that they come.

    Source: the day before a campaign; FUP-11 (5).
    """
    kind = Kind.CAMPAIGN_REMINDER
    return {
        "moved": swept.execute(MOVE_REMINDERS, kind=kind),
        "created": plan_dated(swept, kind, REMINDERS, CAUSES),
        "cancelled": end(swept, kind, Ending.CALLED_OFF, IS_OFF)
        + end(swept, kind, Ending.SETTLED, "invitation.answer <> 'comes'")
        + _refused(swept, kind, "phone")
        + end(swept, kind, Ending.MERGED, IS_DOUBLE),
        "expired": end(swept, kind, Ending.EXPIRED, HAS_BEGUN),
        "assigned": assign_left_alone(swept),
    }


def end(swept: Swept, kind: Kind, ending: Ending, condition: str) -> int:
    """End what is open of a kind where a condition on campaign and invitation holds."""
    statement = END.replace("<condition>", condition)
    return swept.execute(statement, kind=kind, ending=ending, state=ENDED_AS[ending])


def _refused(swept: Swept, kind: Kind, channel: str) -> int:
    statement = END.replace("<condition>", REFUSES)
    ending = Ending.DO_NOT_CONTACT
    return swept.execute(
        statement, kind=kind, ending=ending, state=ENDED_AS[ending], channels=[channel, "all"]
    )
