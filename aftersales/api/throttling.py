"""How often a client may ask, counted in the database for all processes together."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from aftersales import limits
from aftersales.models import RateLimit

if TYPE_CHECKING:
    from rest_framework.views import APIView

PERIOD = timedelta(minutes=1)


class ClientThrottle(BaseThrottle):
    """API_REQUESTS_PER_MINUTE for each user, however many tokens he has."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        self.key = f"api of {request.user.pk}"
        self.now = timezone.now()
        most = settings.API_REQUESTS_PER_MINUTE
        return limits.take(self.key, limit=most, per=PERIOD, now=self.now)

    def wait(self) -> float:
        counter = RateLimit.objects.get(key=self.key)
        return max(1.0, (counter.resets_at - self.now).total_seconds())
