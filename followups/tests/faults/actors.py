"""Who works while everything is killed; what they were told is the judge's evidence."""

import json
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from random import Random
from threading import Event
from typing import Any
from uuid import uuid4

CUT_OFF = 0
# After these one sends the same again with the same key.
TRY_AGAIN = {CUT_OFF, 429, 500, 502, 503}
NOT_YET = {"still_running", "busy"}
ANSWERS_WITHIN = 30.0
GIVES_UP, IS_RUNG_UP, HOLDS_ON, COMPLAINS = 0.15, 0.35, 0.3, 0.1
SURVEY = {"scores": {"q_overall": 9, "q_fixed": 1}}


@dataclass
class Sent:
    """A request, and what its sender knows of it: without a status he never learned.

    Attributes:
        kind: of the problem, if it was refused.
    """

    path: str
    key: str
    status: int | None = None
    answer: Any = None
    kind: str = ""


@dataclass(frozen=True)
class Held:
    """A caller held a customer for sure between these two moments of the test's clock."""

    customer: int
    number: int
    caller: str
    since: float
    until: float


@dataclass
class Actor:
    """Somebody who works through REST until the shift is over."""

    port: int
    name: str
    token: str
    choice: Random
    over: Event
    history: list[Sent] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)

    def work(self):
        while not self.over.is_set():
            self.turn()

    def post(self, path, body=None, *, key=None):
        """Send the same until there is an answer; once in a while somebody gives up before."""
        sent = Sent(path, key or str(uuid4()))
        self.history.append(sent)
        while True:
            status, answer = self._send(sent, body or {})
            self.answers[status] += 1
            kind = answer.get("type", "").rpartition(":")[2]
            if status not in TRY_AGAIN and kind not in NOT_YET:
                sent.status, sent.answer, sent.kind = status, answer, kind
                return sent
            if self.choice.random() < GIVES_UP:
                return sent
            time.sleep(self.choice.uniform(0.3, 1.0))

    def _send(self, sent, body):
        headers = {"Authorization": f"Token {self.token}", "Idempotency-Key": sent.key}
        headers["Content-Type"] = "application/json"
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=ANSWERS_WITHIN)) as web:
            try:
                web.request("POST", f"/api/v1/{sent.path}", json.dumps(body), headers)
                answer = web.getresponse()
                text = answer.read()
            except (OSError, HTTPException):
                return CUT_OFF, {}
        return answer.status, json.loads(text) if text.startswith(b"{") else {}


@dataclass
class Caller(Actor):
    """Works his queue; in between one of the customers rings who ring all the time."""

    ringing: list[int] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)

    def turn(self):
        if self.choice.random() < IS_RUNG_UP:
            who = self.choice.choice(self.ringing)
            taken = self.post(f"queue/{who}/claim-inbound/")
        else:
            taken = self.post("queue/next/")
        if taken.status != 200:
            time.sleep(0.05)
            return
        since = time.monotonic()
        customer, number = taken.answer["customer"]["id"], taken.answer["claim"]["number"]
        if self.choice.random() < HOLDS_ON:
            self.post(f"queue/{customer}/heartbeat/", {"number": number})
        time.sleep(self.choice.uniform(0.0, 0.05))  # they talk
        self.held.append(Held(customer, number, self.name, since, time.monotonic()))
        key = str(uuid4())
        said = {"number": number, "note": key}
        if self.choice.random() < COMPLAINS:
            said["complaints"] = "刹车异响"
        agenda = [{"follow_up": owed["id"], "settled": True} for owed in taken.answer["agenda"]]
        dialed = taken.answer["number_to_dial"]
        if "next" in taken.path and agenda and dialed:
            said |= {"agenda": agenda, "phone_used": dialed}
            self.post(f"queue/{customer}/call/", {**said, **self._outcome()}, key=key)
        else:
            self.post("calls/", {**said, "customer": customer, "kind": "inquiry"}, key=key)

    def _outcome(self):
        outcome = self.choice.choices(["reached", "busy", "callback"], [7, 2, 1])[0]
        later = datetime.now(UTC) + timedelta(hours=2)
        asked = {"reached": SURVEY, "callback": {"callback_at": later.isoformat()}}
        return {"outcome": outcome, **asked.get(outcome, {})}


@dataclass
class Advisor(Actor):
    """Enters what nobody entered for weeks: orders that were signed, cars that left."""

    in_shop: list[int] = field(default_factory=list)

    def turn(self):
        if not self.in_shop:
            self.over.wait()
            return
        order = self.in_shop.pop()
        left_at = datetime.now(UTC) - timedelta(self.choice.uniform(12, 35))
        self.post(f"repair-orders/{order}/authorize/", {"authorized_at": left_at.isoformat()})
        self.post(f"repair-orders/{order}/release/", {"gate_out_at": left_at.isoformat()})
