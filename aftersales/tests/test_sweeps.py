from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from knox.models import AuthToken

from aftersales import limits, sweeps
from aftersales.models import IdempotentRequest, RateLimit
from aftersales.tests.factories import UserFactory

NOW = datetime(2025, 3, 31, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.django_db
def test_only_what_has_ended_is_forgotten():
    user = UserFactory()
    for name, ends_at in [("over", NOW), ("running", NOW + SECOND)]:
        limits.take(name, limit=1, per=timedelta(minutes=1), now=ends_at - timedelta(minutes=1))
        AuthToken.objects.create(user)
        AuthToken.objects.filter(expiry__gt=NOW + timedelta(days=1)).update(
            expiry=ends_at, token_key=name
        )
        Session.objects.create(session_key=name, expire_date=ends_at)
        IdempotentRequest.objects.create(
            user=user, key=name, status=201, created_at=ends_at - sweeps.REQUESTS_ARE_KNOWN_FOR
        )

    sweeps.forget_what_has_ended(now=NOW)

    assert RateLimit.objects.get().key == "running"
    assert AuthToken.objects.get().token_key == "running"
    assert Session.objects.get().session_key == "running"
    assert IdempotentRequest.objects.get().key == "running"
