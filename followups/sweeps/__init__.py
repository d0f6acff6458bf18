"""The set-based writes that beat rings: they look at the facts and write what is missing.

A sweep needs no memory and has no age limit. Run it twice, run two at once, stop it for five
weeks: the follow-ups end up the same.

It waits for nobody who writes about a customer just now, so that nobody waits in a circle: what
is locked is left to the next run.
"""

from followups.sweeps.calls import sweep_first_calls, sweep_second_calls
from followups.sweeps.campaigns import (
    sweep_campaign_letters,
    sweep_campaign_notices,
    sweep_campaign_reminders,
)
from followups.sweeps.claims import expire_claims
from followups.sweeps.customer_files import sweep_customer_files
from followups.sweeps.matters import sweep_answers, sweep_matters
from followups.sweeps.reminders import sweep_reminders
from followups.sweeps.running import Counts, Sweep

SWEEPS: dict[str, Sweep] = {
    sweep.__name__: sweep
    for sweep in (
        sweep_customer_files,
        sweep_first_calls,
        sweep_second_calls,
        sweep_matters,
        sweep_answers,
        sweep_reminders,
        sweep_campaign_notices,
        sweep_campaign_letters,
        sweep_campaign_reminders,
        expire_claims,
    )
}

__all__ = [
    "SWEEPS",
    "Counts",
    "Sweep",
    "expire_claims",
    "sweep_answers",
    "sweep_campaign_letters",
    "sweep_campaign_notices",
    "sweep_campaign_reminders",
    "sweep_customer_files",
    "sweep_first_calls",
    "sweep_matters",
    "sweep_reminders",
    "sweep_second_calls",
]
