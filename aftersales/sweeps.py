"""What is swept out when nobody can need it any more."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from knox.models import AuthToken

from aftersales import limits
from aftersales.models import IdempotentRequest

# A client may send a request again for so long: more than a year, for what is settled yearly.
REQUESTS_ARE_KNOWN_FOR = timedelta(days=400)


def forget_what_has_ended(*, now: datetime) -> None:
    """Delete counters, tokens and sessions that are over, and requests that are long answered."""
    limits.forget_ended(now=now)
    AuthToken.objects.filter(expiry__lte=now).delete()
    Session.objects.filter(expire_date__lte=now).delete()
    IdempotentRequest.objects.filter(created_at__lte=now - REQUESTS_ARE_KNOWN_FOR).delete()
