"""What each kind of follow-up follows from."""

from __future__ import annotations

from django.db.models import Q

from followups.models.kind import Kind

# Where a follow-up can come from; each kind has one of these causes.
CAUSES = (
    "order",
    "consultation",
    "first_call",
    "matter",
    "invitation",
    "declined_work",
    "vehicle",
    "about_on",
)
CAUSED_BY: dict[str, tuple[tuple[str, ...], ...]] = {
    Kind.CUSTOMER_FILE: (("order",), ("consultation",)),
    Kind.FIRST_CALL: (("order",), ("consultation",)),
    Kind.SECOND_CALL: (("first_call",),),
    Kind.ANSWER: (("matter",),),
    Kind.CAMPAIGN_NOTICE: (("invitation",),),
    Kind.CAMPAIGN_LETTER: (("invitation",),),
    Kind.CAMPAIGN_REMINDER: (("invitation",),),
    Kind.CAMPAIGN_CHANGE: (("invitation",),),
    Kind.MAINTENANCE: (("vehicle", "about_on"),),
    Kind.INSURANCE: (("vehicle", "about_on"),),
    Kind.INSPECTION: (("vehicle", "about_on"),),
    Kind.WARRANTY_END: (("vehicle", "about_on"),),
    Kind.DECLINED_WORK: (("declined_work",),),
    Kind.PLANNED_CONTACT: (("about_on",),),
    Kind.BIRTHDAY: (("about_on",),),
    Kind.GREETING: (("about_on",),),
}


def has_cause_of_its_kind() -> Q:
    """Return the condition that a follow-up names what its kind follows from, and nothing else."""
    kinds: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for kind, causes in CAUSED_BY.items():
        kinds.setdefault(causes, []).append(kind)
    condition = Q()
    for causes, alike in kinds.items():
        for cause in causes:
            has = {f"{name}__isnull": name not in cause for name in CAUSES}
            condition |= Q(kind__in=alike, **has)
    return condition
