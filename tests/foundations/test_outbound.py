"""Addresses that engineers register never lead inside, whatever they look like (ASVS 1.3.6, SSRF)."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from convergences.foundations import outbound
from convergences.foundations.outbound import Forbidden, Unreachable


def open_networks(settings: Settings, *networks: str) -> None:
    settings.CONFIGURATION = settings.CONFIGURATION.model_copy(update={"outbound_networks": list(networks)})


class Listener:
    """Somebody inside who answers the first bytes that come by what it was told to say."""

    def __init__(self, said: bytes, pause: float = 0.0) -> None:
        self.heard: list[bytes] = []
        self._said, self._pause = said, pause
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                visitor, _ = self._socket.accept()
            except OSError:
                return
            with visitor:
                self.heard.append(self._request(visitor))
                try:
                    for byte in [self._said] if not self._pause else [bytes([each]) for each in self._said]:
                        visitor.sendall(byte)
                        time.sleep(self._pause)
                except OSError:
                    pass

    @staticmethod
    def _request(visitor: socket.socket) -> bytes:
        heard = visitor.recv(65536)
        if heard.startswith(b"POST") and heard.endswith(b"\r\n\r\n"):
            heard += visitor.recv(65536)  # the body comes in a packet of its own
        return heard

    def close(self) -> None:
        # A thread that accepts keeps the socket alive: wake it.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def inside() -> Iterator[Listener]:
    listener = Listener(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")
    yield listener
    listener.close()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0.0.0.0",
        "0",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "localhost",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[2002:7f00:1::]",
        "[64:ff9b::7f00:1]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "169.254.169.254",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
    ],
)
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_nothing_inside_is_reached_by_any_of_its_names(inside: Listener, host: str, scheme: str) -> None:
    with pytest.raises((Forbidden, Unreachable)) as refused:
        outbound.post_form(f"{scheme}://{host}:{inside.port}/", {"logout_token": "x"})
    # What the system does not even read as an address is not reached either.
    assert isinstance(refused.value, Forbidden) or "not known" in str(refused.value)
    assert not inside.heard


@pytest.mark.parametrize(
    "url",
    [
        "ftp://bip.example/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "https:///x",
        "https://bip.example@127.0.0.1/",
        "https://bip.example:99999/",
        "https://bip.example/\r\nHost: x",
        "https://[::1",
        "https://bip.examplé/",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(Forbidden):
        outbound.get(url)


def test_an_outside_address_is_open_and_only_by_https(settings: Settings) -> None:
    assert outbound.is_open("93.184.216.34")
    assert outbound.is_open("2606:2800:220:1::1")
    assert not outbound.is_open("93.184.216.34", only_listed=True)
    assert not outbound.is_open("not an address")


def test_an_operator_opens_a_network_and_no_more(settings: Settings, inside: Listener) -> None:
    open_networks(settings, "127.0.0.0/8")
    answer = outbound.post_form(f"http://127.0.0.1:{inside.port}/out?x=1", {"logout_token": "a b"})
    assert (answer.status, answer.body) == (200, b"secret")
    assert inside.heard[0].startswith(b"POST /out?x=1 HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{inside.port}\r\n".encode() in inside.heard[0]
    assert inside.heard[0].endswith(b"logout_token=a+b")
    for closed in ("169.254.169.254", "10.0.0.1", "::1"):
        assert not outbound.is_open(closed)


def test_a_name_that_changes_after_the_check_is_asked_once(
    settings: Settings, inside: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the second answer would be another address."""
    open_networks(settings, "127.0.0.1/32")
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    monkeypatch.setattr(outbound, "resolve", lambda _host, _port: next(answers))
    assert outbound.get(f"http://rebinding.example:{inside.port}/").status == 200
    assert f"Host: rebinding.example:{inside.port}".encode() in inside.heard[0]
    with pytest.raises(Forbidden):
        outbound.get(f"http://rebinding.example:{inside.port}/")


def test_of_several_addresses_only_those_that_are_open_are_tried(
    inside: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "resolve", lambda _host, _port: ["10.0.0.1", "127.0.0.1", "::1"])
    with pytest.raises(Forbidden):
        outbound.get(f"https://mixed.example:{inside.port}/")
    assert not inside.heard


def test_a_redirection_to_the_inside_is_not_followed(settings: Settings, inside: Listener) -> None:
    open_networks(settings, "127.0.0.0/8")
    said = f"HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:{inside.port}/\r\nContent-Length: 0\r\n\r\n"
    turning = Listener(said.encode())
    assert outbound.get(f"http://127.0.0.1:{turning.port}/").status == 307
    assert not inside.heard
    turning.close()


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (outbound.LARGEST_ANSWER + 1),
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"nothing of the kind\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        b"",
    ],
)
def test_an_answer_without_end_or_sense_is_no_answer(settings: Settings, said: bytes) -> None:
    open_networks(settings, "127.0.0.0/8")
    odd = Listener(said)
    with pytest.raises(Unreachable):
        outbound.get(f"http://127.0.0.1:{odd.port}/")
    odd.close()


def test_an_answer_by_drops_is_cut(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    open_networks(settings, "127.0.0.0/8")
    monkeypatch.setattr(outbound, "WHOLE_SECONDS", 0.3)
    dripping = Listener(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + b"x" * 999, pause=0.02)
    started = time.monotonic()
    with pytest.raises(Unreachable):
        outbound.get(f"http://127.0.0.1:{dripping.port}/")
    assert time.monotonic() - started < 15
    dripping.close()


def test_a_certificate_is_checked(settings: Settings, inside: Listener) -> None:
    """A listener that speaks no TLS, or under another name, is not the application."""
    open_networks(settings, "127.0.0.0/8")
    with pytest.raises(Unreachable):
        outbound.get(f"https://127.0.0.1:{inside.port}/")


def test_an_unknown_name_and_a_closed_port_are_unreachable(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    open_networks(settings, "127.0.0.0/8")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(Unreachable):
        outbound.get(f"http://127.0.0.1:{port}/")

    def unknown(_host: str, _port: int) -> list[str]:
        raise OSError

    monkeypatch.setattr(outbound, "resolve", unknown)
    with pytest.raises(Unreachable):
        outbound.get("https://nowhere.example/")
