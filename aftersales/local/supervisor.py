"""Keep programs running: start, watch, start again, stop."""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from aftersales.local.processes import Program

FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
# Whoever lived that long starts again without the delays of earlier failures.
STABLE_AFTER = 60.0
STOPS_WITHIN = 20.0
NEVER = float("inf")


class NotStarted(Exception):
    """A server ended or kept silent when it should have answered."""


class Child:
    """A program that is started again when it ends, a little later each time."""

    def __init__(self, program: Program, logs: Path, *, keep_open: Sequence[int] = ()) -> None:
        self.program = program
        self.log = logs / f"{program.name}.log"
        self._keep_open = keep_open
        self._delay = FIRST_DELAY
        self.start()

    def start(self) -> None:
        self.process: subprocess.Popen[bytes] | None = self.program.start(
            self.log, keep_open=self._keep_open
        )
        self.started_at = time.monotonic()
        self._kill_at = NEVER

    def retire(self, *, with_signal: int, patience: float = STOPS_WITHIN) -> None:
        """Ask it to end; after `patience` seconds, the shortest of several, it is killed."""
        if self.process:
            self.process.send_signal(with_signal)
            self._kill_at = min(self._kill_at, time.monotonic() + patience)

    def is_gone(self) -> bool:
        """Say whether it has ended, and kill it when its patience is used up."""
        if self.process is None or self.process.poll() is not None:
            return True
        if time.monotonic() > self._kill_at:
            self.process.kill()
        return False

    def watch(self) -> None:
        """Start it again once it has ended and its delay is over."""
        if not self.is_gone():
            return
        now = time.monotonic()
        if self.process is not None:
            if now - self.started_at > STABLE_AFTER:
                self._delay = FIRST_DELAY
            print(
                f"{self.program.name} ended (exit code {self.process.returncode}) and starts "
                f"again in {self._delay:g} s. Its log: {self.log}",
                flush=True,
            )
            self.process, self._start_at = None, now + self._delay
            self._delay = min(2 * self._delay, LONGEST_DELAY)
        elif now >= self._start_at:
            self.start()

    def wait_until(self, answers: Callable[[], bool], *, seconds: float = 120.0) -> None:
        """Return when the server answers.

        Raises:
            NotStarted: it ended or stayed silent; with the end of its log.
        """
        deadline = time.monotonic() + seconds
        while not answers():
            if self.is_gone() or time.monotonic() > deadline:
                end_of_log = self.log.read_text(errors="replace")[-2000:]
                raise NotStarted(f"{self.program.name} does not start.\n{end_of_log}")
            time.sleep(0.02)


def stop(children: Sequence[Child]) -> None:
    """Stop them together and return when all of them are gone."""
    for child in children:
        child.retire(with_signal=child.program.stop_signal)
    remaining = list(children)
    while remaining := [child for child in remaining if not child.is_gone()]:
        time.sleep(0.05)


def stop_on_signals() -> None:
    """Make `kill` and the end of the terminal mean the same as Ctrl-C: KeyboardInterrupt.

    SIGINT too, which a shell has its background jobs ignore. After `nohup` the end of the
    terminal goes on meaning nothing.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def ignore_signals() -> None:
    """Let nothing interrupt an orderly stop."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
