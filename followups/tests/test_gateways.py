"""E-mail by SMTP: what the server says is what becomes of a message."""

import socketserver
from contextlib import contextmanager
from email import message_from_bytes, policy
from threading import Thread

import pytest

from followups.outbox import gateways
from followups.outbox.gateways import NoAnswer, NotNow, Outgoing, Refused, SmtpGateway

MAIL = Outgoing(
    key="letter-1",
    recipient="anna@example.com",
    subject="免费检测",
    body="请来店。",
    attachment=("L-2025-000001.pdf", b"%PDF-1.7"),
)


@contextmanager
def server(**answers):
    """Let an SMTP server listen that says `answers` to commands; None: it hangs up."""
    taken = []

    class Handler(socketserver.StreamRequestHandler):
        def say(self, text):
            self.wfile.write(f"{text}\r\n".encode())

        def handle(self):
            self.say("220 here")
            while line := self.rfile.readline():
                command = line.split()[0].decode().upper()
                answer = answers.get(command, "250 fine")
                if answer is None:
                    return
                if command == "DATA" and answer == "250 fine":
                    self.say("354 go on")
                    lines = iter(self.rfile.readline, b".\r\n")
                    taken.append(b"".join(lines))
                    answer = answers.get("END", "250 taken")
                    if answer is None:
                        return
                self.say("221 bye" if command == "QUIT" else answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as listening:
        Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
        yield listening.server_address[1], taken
        listening.shutdown()


@pytest.fixture(autouse=True)
def by_smtp(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 1
    settings.DEFAULT_FROM_EMAIL = "Demo Motors <service@shop.example>"


def test_a_letter_arrives_whole_under_a_name_made_of_its_key(settings):
    with server() as (settings.EMAIL_PORT, taken):
        names = [SmtpGateway().send(MAIL) for _twice in range(2)]

    mail = message_from_bytes(taken[0], policy=policy.default)
    assert mail["Subject"] == "免费检测"
    assert mail["To"] == "anna@example.com"
    assert mail["From"] == "Demo Motors <service@shop.example>"
    assert [mail["Message-ID"]] * 2 == names
    assert names[0].endswith("@shop.example>")
    assert mail.get_body().get_content().strip() == "请来店。"
    [letter] = mail.iter_attachments()
    assert (letter.get_filename(), letter.get_content()) == ("L-2025-000001.pdf", b"%PDF-1.7")


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"RCPT": "550 no such mailbox"}, Refused),
        ({"RCPT": "450 greylisted"}, NotNow),
        ({"MAIL": "452 full"}, NotNow),
        ({"MAIL": "553 who are you"}, Refused),
        ({"DATA": "554 no"}, Refused),
        ({"END": "451 try again"}, NotNow),
        ({"END": "552 too large"}, Refused),
        ({"END": None}, NoAnswer),
        ({"EHLO": "421 busy", "HELO": "421 busy"}, NotNow),
    ],
)
def test_what_the_server_says_is_what_becomes_of_it(settings, answers, outcome):
    with server(**answers) as (settings.EMAIL_PORT, _taken), pytest.raises(outcome):
        SmtpGateway().send(MAIL)


def test_what_it_said_before_counts_not_how_it_parted(settings):
    with server(QUIT=None) as (settings.EMAIL_PORT, taken):
        assert SmtpGateway().send(MAIL)
    assert len(taken) == 1


def test_without_a_server_nothing_was_sent(settings):
    with server() as (port, _taken):
        pass
    settings.EMAIL_PORT = port
    with pytest.raises(NotNow):
        SmtpGateway().send(MAIL)


def test_no_line_gets_into_the_head_of_a_mail(settings):
    with pytest.raises(Refused):
        SmtpGateway().send(Outgoing("k", "a@example.com", "Hi\nBcc: b@example.com", "text"))


def test_the_settings_choose_and_a_channel_may_have_none(settings):
    none = {"kind": "", "url": "", "token": ""}
    settings.GATEWAYS = {"email": none | {"kind": "smtp"}, "sms": none}

    assert gateways.open_gateways().keys() == {"email"}
    assert isinstance(gateways.open_gateways()["email"], SmtpGateway)
