"""Claims whose holder is gone: the customer is free again, and comes back to him first."""

from __future__ import annotations

from followups.sweeps.running import Counts, Swept, sweep

EXPIRE = """
UPDATE followups_claim SET leased_until = NULL, left_by_id = claimed_by_id
WHERE leased_until <= %(now)s
"""


@sweep
def expire_claims(swept: Swept) -> Counts:
    """Free the customers of call desks that went silent."""
    return {"expired": swept.execute(EXPIRE)}
