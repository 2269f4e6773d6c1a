"""What a channel needs, whichever way it waits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import grpc

from macenv._calls import CHANNEL_OPTIONS
from macenv.options import Tls

Metadata = tuple[tuple[str, str], ...]


def channel_arguments(tls: Tls | None) -> tuple[grpc.ChannelCredentials | None, list[tuple[str, Any]]]:
    """Credentials, None for plain text, and options."""
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
    return credentials, options


def call_metadata(token: str | None) -> Metadata:
    """What every call carries."""
    if token is None:
        return ()
    if not token or not all("!" <= c <= "~" for c in token):
        raise ValueError(
            f"token: {len(token)} characters, some of which cannot be sent (expected: printable ASCII without spaces)"
        )
    return (("authorization", f"Bearer {token}"),)


def _content(file: Path | str | None) -> bytes | None:
    return None if file is None else Path(file).read_bytes()
