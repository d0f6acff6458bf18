"""Where the web server listens, and what it says about the application's health."""

import errno
import json
import os
import socket
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

LAST_PORT = 65535


class AddressTaken(Exception):
    """The web server cannot listen where it should; the text says what to do."""


@dataclass(frozen=True)
class WebAddress:
    host: str
    port: str

    def __str__(self) -> str:
        local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://{WebAddress(local, self.port).bind}/"

    @property
    def bind(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def must_be_free(self) -> None:
        """Raise AddressTaken unless a server can listen here."""
        try:
            if not 0 < int(self.port) <= LAST_PORT:
                raise ValueError("no such port")
            [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(
                self.host, self.port, type=socket.SOCK_STREAM
            )
            with socket.socket(family, kind, protocol) as listener:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind(address)
                listener.listen()
        except (OSError, ValueError) as error:
            raise AddressTaken(self._advice(error)) from error

    def _advice(self, error: Exception) -> str:
        match getattr(error, "errno", None):
            case errno.EADDRINUSE:
                return (
                    f"Port {self.port} is in use by another program. "
                    "Stop that program or choose another port: make run PORT=8001"
                )
            case errno.EACCES:
                return (
                    f"Only root may listen on port {self.port}. "
                    "Choose one above 1023: make run PORT=8001"
                )
        return (
            f"Cannot listen on HOST={self.host} PORT={self.port} ({error}). "
            "HOST is an address of this machine, PORT a number from 1 to 65535."
        )

    def health(self) -> dict[str, Any] | None:
        """Return the answer of /healthz, empty if it is none, or None while nobody answers."""
        try:
            with urlopen(f"{self}healthz", timeout=5) as answer:
                body = answer.read()
        except HTTPError as error:
            body = error.read()
        except OSError:
            return None
        try:
            return dict(json.loads(body))
        except ValueError:
            return {}


def web_address() -> WebAddress:
    """Return HOST and PORT of the environment, by default port 8000 of this machine alone."""
    return WebAddress(os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000")
