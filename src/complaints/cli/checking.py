"""``complaints verify``: that nobody changed the histories, held against a checkpoint kept elsewhere."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import rich_click as click

from complaints.cli.cases import found
from complaints.cli.exit_codes import BROKEN, DONE
from complaints.cli.screen import error_data, show_error, show_json, show_lines
from complaints.cli.settings import Settings, with_settings
from complaints.cli.spoken import spoken_command
from complaints.errors import BrokenHistoryError, Fault, InvalidCommandError, UnknownDefinitionError
from complaints.forms.words import named
from complaints.history import Checkpoint
from complaints.locale import label

if TYPE_CHECKING:
    from complaints.desk import Desk

Verified = list[Checkpoint | BrokenHistoryError | UnknownDefinitionError]


class CheckpointFile(msgspec.Struct, kw_only=True):
    """Where every history stood, in a file to be kept where the database is not."""

    format: str = "complaints-checkpoint-1"
    checkpoints: tuple[Checkpoint, ...]


def verify_command(language: str) -> click.Command:
    """The command that checks histories."""

    @spoken_command(
        language,
        "verify",
        "verify",
        "verify SH01-2026-000001",
        "verify --write-checkpoint 2026-01-31.json",
        "verify --checkpoint 2026-01-31.json",
    )
    @click.argument("case", metavar="[CASE]", required=False)
    @click.option("--checkpoint", metavar="FILE", help=label("screen", "option.checkpoint", language))
    @click.option("--write-checkpoint", metavar="FILE", help=label("screen", "option.write_checkpoint", language))
    @with_settings(language, "database", "is_json")
    @click.pass_context
    def verify(
        ctx: click.Context, settings: Settings, case: str | None, checkpoint: str | None, write_checkpoint: str | None
    ) -> None:
        known = {} if checkpoint is None else _read(Path(checkpoint))
        with settings.desk() as desk:
            results = _verified(desk, case, known, settings)
        whole = [one for one in results if isinstance(one, Checkpoint)]
        if write_checkpoint is not None and len(whole) == len(results):
            _write(Path(write_checkpoint), whole)
        _tell(results, settings)
        ctx.exit(DONE if len(whole) == len(results) else BROKEN)

    return verify


def _verified(desk: Desk, case: str | None, known: Mapping[UUID, Checkpoint], settings: Settings) -> Verified:
    if case is None:
        return list(desk.verify_all(known.values()))
    complaint, _ = found(desk, case, settings)
    try:
        return [desk.verify(complaint.id, checkpoint=known.get(complaint.id))]
    except (BrokenHistoryError, UnknownDefinitionError) as error:
        return [error]


def _tell(results: Verified, settings: Settings) -> None:
    whole = [one for one in results if isinstance(one, Checkpoint)]
    broken = [one for one in results if not isinstance(one, Checkpoint)]
    if settings.is_json:
        faulty = [error_data(error, settings.language) for error in broken]
        show_json({"verified": [msgspec.to_builtins(one) for one in whole], "broken": faulty})
        return
    for error in broken:
        show_error(error, settings.language, is_json=False)
    events = sum(one.number for one in whole)
    counts = {"verify.whole": len(whole), "verify.events": events, "verify.broken": len(broken)}
    show_lines(named(settings.says(code), f"{count:,}", settings.language) for code, count in counts.items())


def _read(path: Path) -> Mapping[UUID, Checkpoint]:
    name = str(path)
    try:
        text = path.read_bytes()
    except OSError:
        raise InvalidCommandError(name, [Fault(name, "unreadable_file")]) from None
    try:
        file = msgspec.json.decode(text, type=CheckpointFile)
    except (msgspec.DecodeError, ValueError):
        raise InvalidCommandError(name, [Fault(name, "not_a_checkpoint")]) from None
    return {checkpoint.complaint: checkpoint for checkpoint in file.checkpoints}


def _write(path: Path, checkpoints: Iterable[Checkpoint]) -> None:
    """All of it or nothing: a half-written checkpoint would accuse whole histories."""
    name = str(path)
    text = msgspec.json.format(msgspec.json.encode(CheckpointFile(checkpoints=tuple(checkpoints))), indent=1)
    try:
        descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text + b"\n")
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except OSError:
        raise InvalidCommandError(name, [Fault(name, "unwritable_file")]) from None


__all__ = ["CheckpointFile", "verify_command"]
