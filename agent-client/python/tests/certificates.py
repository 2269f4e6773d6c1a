"""Certificates for the tests, made as docs/operations.md says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest


class Identity(NamedTuple):
    """A certificate with its key."""

    certificate: Path
    key: Path


class Authority:
    """Signs certificates. Its own is `certificate`."""

    def __init__(self, directory: Path, name: str) -> None:
        """Makes the key and the certificate, in files of that name."""
        self._directory = directory
        self._name = name
        self.certificate = directory / f"{name}.pem"
        self._key = directory / f"{name}.key"
        _openssl(
            *("req", "-x509", *_KEY, "-days", "2", "-subj", f"/CN={name}"),
            *("-keyout", self._key, "-out", self.certificate),
        )

    def identity(self, name: str, alternatives: str) -> Identity:
        """A certificate for `name`, good for what `alternatives` says as well, for example "DNS:localhost"."""
        stem = self._directory / f"{self._name}-{name}"
        request, own = stem.with_suffix(".csr"), Identity(stem.with_suffix(".pem"), stem.with_suffix(".key"))
        _openssl(
            *("req", *_KEY, "-subj", f"/CN={name}", "-addext", f"subjectAltName={alternatives}"),
            *("-keyout", own.key, "-out", request),
        )
        _openssl(
            *("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial"),
            *("-copy_extensions", "copy", "-days", "2", "-out", own.certificate),
        )
        return own


_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc")


def _openssl(*arguments: Path | str) -> None:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl to make certificates with (expected: OpenSSL 3)")
    done = subprocess.run([program, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]}: exit code {done.returncode} (expected: OpenSSL 3)\n{done.stderr}")
