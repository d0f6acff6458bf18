"""The call desk of one customer: who holds him, what is owed, what to say, and to which number."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property

from django.utils import translation

from aftersales import days
from aftersales.models import User
from customers.models import Customer, Phone
from followups.calling import contact, queue, script
from followups.calling.briefing import Briefing
from followups.calling.contact import Obstacle
from followups.calling.queue import Entry
from followups.calling.script import Occasion, Step
from followups.calling.waiting import Waiting, can_wait, why_waiting
from followups.models import CallDraft, Claim, FollowUp, Policy

NEXT_SHOWN = 8


class Desk:
    """What the page of a call shows."""

    def __init__(
        self, customer: Customer, *, user: User, now: datetime, is_inbound: bool = False
    ) -> None:
        self.customer, self.user, self.now, self.is_inbound = customer, user, now, is_inbound
        self.today = days.local_date(now)

    @cached_property
    def policy(self) -> Policy:
        return Policy.objects.current()

    @cached_property
    def claim(self) -> Claim | None:
        return Claim.objects.select_related("claimed_by").filter(customer=self.customer).first()

    @property
    def is_mine(self) -> bool:
        return self._is_held and self.claim is not None and self.claim.claimed_by == self.user

    @property
    def holder(self) -> User | None:
        """Somebody else who is calling the customer now."""
        if self.claim is None or not self._is_held or self.is_mine:
            return None
        return self.claim.claimed_by

    @cached_property
    def agenda(self) -> list[FollowUp]:
        """Everything owed to the customer by telephone, due or not."""
        return queue.open_calls_of(self.customer, today=self.today)

    @cached_property
    def due(self) -> list[FollowUp]:
        return [item for item in self.agenda if self._is_due(item)]

    @property
    def about(self) -> list[FollowUp]:
        """What one talks about: what is due, else what will be; with a caller, if one took him."""
        if self.is_inbound and not self.is_mine:
            return []
        return self.due or [item for item in self.agenda if not self.holds_back(item)]

    @cached_property
    def waiting(self) -> Waiting | None:
        """Why nothing may be offered to the customer now, if there is something to offer."""
        if not any(map(can_wait, self.agenda)):
            return None
        return why_waiting(self.customer, policy=self.policy, now=self.now)

    def holds_back(self, item: FollowUp) -> bool:
        return self.waiting is not None and can_wait(item)

    @cached_property
    def obstacle(self) -> Obstacle | None:
        """Why the customer may not be called now."""
        return contact.obstacle(
            self.customer,
            policy=self.policy,
            now=self.now,
            not_before=self.claim.pause_before(self.agenda) if self.claim else None,
            agenda=self.agenda,
        )

    @cached_property
    def to_dial(self) -> Phone | None:
        return contact.number_to_dial(self.customer, policy=self.policy, now=self.now)

    @cached_property
    def numbers(self) -> list[Phone]:
        return [phone for phone in self.customer.phones.all() if phone.is_usable]

    @cached_property
    def next_entries(self) -> list[Entry]:
        """Who comes after this one."""
        page = queue.page_of(
            self.user,
            policy=self.policy,
            now=self.now,
            limit=NEXT_SHOWN,
            but=[self.customer.pk],
        )
        return page.entries

    @cached_property
    def briefing(self) -> Briefing:
        return Briefing(self.customer, agenda=self.about, user=self.user)

    @cached_property
    def script(self) -> list[Step]:
        """The steps of the call, in the customer's language."""
        occasion = Occasion(
            customer=self.customer,
            agenda=self.about,
            caller=self.user,
            may_offer=self.briefing.may_offer,
        )
        with translation.override(self.customer.language):
            return list(script.inbound(occasion) if self.is_inbound else script.outbound(occasion))

    @cached_property
    def draft(self) -> CallDraft | None:
        return CallDraft.objects.filter(user=self.user, customer=self.customer).first()

    @property
    def tomorrow(self) -> datetime:
        """When the shop opens next day: until then one puts somebody off."""
        day = self.today + timedelta(1)
        return datetime.combine(day, self.policy.shop_opens, tzinfo=days.shop_zone())

    @property
    def owners(self) -> list[User]:
        """Those whose customer this is, when one stands in for them."""
        owners = dict.fromkeys(item.owner for item in self.about if item.owner)
        return [owner for owner in owners if owner != self.user]

    def _is_due(self, item: FollowUp) -> bool:
        if item.callback_at is not None:
            return item.callback_at <= self.now
        return item.opens_on <= self.today and not self.holds_back(item)

    @property
    def _is_held(self) -> bool:
        return self.claim is not None and self.claim.is_held(self.now)
