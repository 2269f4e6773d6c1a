"""Whom a protected server lets in, and what everybody else is told: encryption, client certificates, bearer tokens, and
Unix domain sockets. Plain and asyncio clients alike.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from certificates import Authority, Identity

import macenv
from macenv import ClientOptions, Tls

ALICE = "0123456789abcdef0123456789abcdef"
HASTY = ClientOptions(attempt_timeout=20, patience=0.3, step_timeout=20)


class Papers(NamedTuple):
    """Who vouches for whom: the laboratory for server and alice, another authority for mallory."""

    laboratory: Path
    elsewhere: Path
    server: Identity
    alice: Identity
    mallory: Identity


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    directory = tmp_path_factory.mktemp("certificates")
    laboratory, elsewhere = Authority(directory, "laboratory"), Authority(directory, "elsewhere")
    return Papers(
        laboratory.certificate,
        elsewhere.certificate,
        laboratory.identity("server", "DNS:sim.example.org,DNS:localhost,IP:127.0.0.1"),
        laboratory.identity("alice", "DNS:alice"),
        elsewhere.identity("mallory", "DNS:mallory"),
    )


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("tokens") / "tokens.txt"
    file.write_text(f"alice {ALICE}\n")
    file.chmod(0o600)
    return file


@pytest.fixture(scope="module")
def encrypted(papers: Papers) -> Iterator[str]:
    with macenv.serve("--tls-cert", str(papers.server.certificate), "--tls-key", str(papers.server.key)) as server:
        yield server.target


@pytest.fixture(scope="module")
def guarded(papers: Papers, tokens: Path) -> Iterator[str]:
    """Wants a certificate and a token."""
    with macenv.serve(
        *("--tls-cert", str(papers.server.certificate), "--tls-key", str(papers.server.key)),
        *("--tls-client-ca", str(papers.laboratory), "--tokens", str(tokens)),
    ) as server:
        yield server.target


def play(target: str, token: str | None = None, tls: Tls | None = None) -> int:
    with macenv.connect(target, token=token, tls=tls, options=HASTY) as client:
        with client.create_session("bp-10") as session:
            return session.step().rows


def play_asyncio(target: str, token: str | None = None, tls: Tls | None = None) -> int:
    async def play() -> int:
        async with macenv.aio.connect(target, token=token, tls=tls, options=HASTY) as client:
            async with await client.create_session("bp-10") as session:
                return (await session.step()).rows

    return asyncio.run(play())


Play = Callable[..., int]
both = pytest.mark.parametrize("play", [play, play_asyncio])


@both
def test_encryption_takes_the_authority_and_nothing_else(encrypted: str, papers: Papers, play: Play) -> None:
    assert play(encrypted, tls=Tls(trust=papers.laboratory)) == 1
    assert play(encrypted, tls=Tls(trust=papers.laboratory, server_name="sim.example.org")) == 1


@both
def test_a_certificate_and_a_token_open_a_guarded_server(guarded: str, papers: Papers, play: Play) -> None:
    assert play(guarded, token=ALICE, tls=Tls(papers.laboratory, *papers.alice)) == 1


NOT_LET_IN: dict[str, Callable[[Papers], Tls | None]] = {
    "plain text": lambda papers: None,
    "an authority that the server is not of": lambda papers: Tls(papers.elsewhere, *papers.alice),
    "the well-known authorities": lambda papers: Tls(None, *papers.alice),
    "a name that the server does not have": lambda papers: Tls(papers.laboratory, *papers.alice, "elsewhere.org"),
    "no certificate": lambda papers: Tls(papers.laboratory),
    "a certificate of another authority": lambda papers: Tls(papers.laboratory, *papers.mallory),
}


@both
@pytest.mark.parametrize("who", NOT_LET_IN)
def test_who_is_not_let_in_is_told_to_look_at_the_encryption(
    guarded: str, papers: Papers, who: str, play: Play
) -> None:
    begin = time.monotonic()
    with pytest.raises(macenv.ServerUnavailable, match=r"what to do: .* encryption and certificates \(tls=\)"):
        play(guarded, token=ALICE, tls=NOT_LET_IN[who](papers))
    assert time.monotonic() - begin < 30


@both
@pytest.mark.parametrize("token", [None, "wrong" * 8])
def test_a_missing_or_wrong_token_is_told_so(guarded: str, papers: Papers, token: str | None, play: Play) -> None:
    with pytest.raises(macenv.BadToken, match="what to do: check token=") as raised:
        play(guarded, token=token, tls=Tls(papers.laboratory, *papers.alice))
    assert raised.value.reason == "UNAUTHENTICATED"
    assert token is None or token not in str(raised.value)


@both
def test_a_unix_domain_socket_with_a_token(tmp_path: Path, tokens: Path, play: Play) -> None:
    socket = tmp_path / "macenv.sock"
    with macenv.serve("--uds", str(socket), "--tokens", str(tokens)) as server:
        assert server.target == f"unix:{socket}"
        for target in (f"unix:{socket}", f"unix://{socket}"):
            assert play(target, token=ALICE) == 1
            with pytest.raises(macenv.BadToken):
                play(target)


@both
def test_a_unix_domain_socket_that_does_not_exist_is_named(tmp_path: Path, play: Play) -> None:
    socket = tmp_path / "nowhere.sock"
    begin = time.monotonic()
    with pytest.raises(macenv.ServerUnavailable, match=r"nowhere\.sock(.|\n)*check that a server runs at this address"):
        play(f"unix:{socket}")
    assert time.monotonic() - begin < 30


def test_files_that_cannot_be_used_are_named_at_once(papers: Papers, tokens: Path) -> None:
    laboratory, alice = papers.laboratory, papers.alice
    for tls, complaint in {
        Tls(trust=tokens): "tls: trust: .*tokens.txt: .*expected: certificates",
        Tls(laboratory, tokens, alice.key): "tls: certificate: .*tokens.txt, .*expected: a certificate and its private",
        Tls(laboratory, alice.certificate, papers.mallory.key): "mallory.key: KEY_VALUES_MISMATCH",
        Tls(laboratory, alice.certificate): "both or neither",
    }.items():
        for connect in (macenv.connect, macenv.aio.connect):
            with pytest.raises(ValueError, match=complaint):
                connect("localhost:1", tls=tls)
    with pytest.raises(FileNotFoundError, match=r"nowhere\.pem"):
        macenv.connect("localhost:1", tls=Tls(trust=laboratory.with_name("nowhere.pem")))


def test_a_token_that_cannot_be_sent_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValueError, match="token: 9 characters") as raised:
        macenv.connect("localhost:1", token="two words")
    assert "two words" not in str(raised.value)


def test_the_key_is_not_shown(papers: Papers) -> None:
    assert str(papers.alice.key) not in repr(Tls(papers.laboratory, *papers.alice))
