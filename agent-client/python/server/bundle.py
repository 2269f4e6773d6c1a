"""Puts the server's jars into the wheel: those on the class path that bin/macenv of the checkout starts with."""

from __future__ import annotations

import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CHECKOUT = Path(__file__).resolve().parents[3]
# The time in every entry: the same sources give the same bytes.
EPOCH = (1980, 1, 1, 0, 0, 0)


class Jars(BuildHookInterface):  # type: ignore[type-arg]
    """Found by hatchling."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds the server and has its jars included."""
        if version == "editable":
            raise RuntimeError("macenv-server cannot be installed editable (use bin/macenv of the checkout)")
        subprocess.run([CHECKOUT / "bin" / "macenv", "--version"], check=True, stdout=subprocess.DEVNULL)
        class_path = (CHECKOUT / "target" / "bin" / "macenv" / "class-path").read_text().strip()
        jars = Path(self.directory).resolve().parent / "target" / "jars"
        jars.mkdir(parents=True, exist_ok=True)
        for entry in map(Path, class_path.split(os.pathsep)):
            jar = entry
            if entry.is_dir():
                jar = jars / f"macenv-{entry.name}.jar"
                write_jar(entry, jar)
            build_data["force_include"][str(jar)] = f"macenv_server/jars/{jar.name}"


def write_jar(classes: Path, jar: Path) -> None:
    """Writes a directory of classes and resources as a jar."""
    with zipfile.ZipFile(jar, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(classes.rglob("*")):
            if file.is_file():
                entry = zipfile.ZipInfo(file.relative_to(classes).as_posix(), EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, file.read_bytes())
