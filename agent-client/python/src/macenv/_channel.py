"""What a channel needs, whichever way it waits."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import grpc

from macenv._calls import CHANNEL_OPTIONS
from macenv.options import Tls

Metadata = tuple[tuple[str, str], ...]


def channel_arguments(tls: Tls | None) -> tuple[grpc.ChannelCredentials | None, list[tuple[str, Any]]]:
    """Credentials, None for plain text, and options.

    Raises:
        OSError: if a file cannot be read
        ValueError: if a file is not what it should be

    """
    options: list[tuple[str, Any]] = list(CHANNEL_OPTIONS)
    if tls is None:
        return None, options
    if (tls.certificate is None) != (tls.key is None):
        raise ValueError("tls: certificate or key alone (expected: both or neither)")
    if tls.server_name is not None:
        options.append(("grpc.ssl_target_name_override", tls.server_name))
    credentials = grpc.ssl_channel_credentials(
        root_certificates=_content(tls.trust),
        private_key=_content(tls.key),
        certificate_chain=_content(tls.certificate),
    )
    _require_usable(tls)
    return credentials, options


def checked_target(target: str) -> str:
    """The target, if it can be one. gRPC would look up anything else in vain, for as long as its user's patience lasts.

    Raises:
        ValueError: if it is a web address, or has no port

    """
    if target.startswith(("http:", "https:", "grpc:", "grpcs:")) or ":" not in target:
        raise ValueError(
            f"target: {target} (expected: host:port, such as localhost:50051, dns:///host:port or unix:/path)"
        )
    return target


def call_metadata(token: str | None) -> Metadata:
    """What every call carries."""
    if token is None:
        return ()
    if not token or not all("!" <= c <= "~" for c in token):
        raise ValueError(
            f"token: {len(token)} characters, some of which cannot be sent (expected: printable ASCII without spaces)"
        )
    return (("authorization", f"Bearer {token}"),)


def _require_usable(tls: Tls) -> None:
    """Since gRPC would take anything, and then try in vain for as long as its user's patience lasts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if tls.trust is not None:
        try:
            context.load_verify_locations(tls.trust)
        except ssl.SSLError as e:
            raise ValueError(f"tls: trust: {tls.trust}: {e.reason} (expected: certificates, PEM)") from None
    if tls.certificate is not None:
        try:
            context.load_cert_chain(tls.certificate, tls.key, password=lambda: "")
        except ssl.SSLError as e:
            raise ValueError(
                f"tls: certificate: {tls.certificate}, key: {tls.key}: {e.reason} "
                "(expected: a certificate and its private key, PEM, without a password)"
            ) from None


def _content(file: Path | str | None) -> bytes | None:
    return None if file is None else Path(file).read_bytes()
