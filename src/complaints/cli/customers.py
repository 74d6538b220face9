"""``complaints customer``: everything held on one customer, written to a file, and its erasure."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import msgspec
import rich_click as click

from complaints.cli.arguments import Codes
from complaints.cli.exit_codes import DONE, NOT_FOUND, exit_code_of
from complaints.cli.listing import external_ref
from complaints.cli.screen import error_data, show, show_error, show_json, show_lines, tell
from complaints.cli.settings import Decorator, Settings, given_settings, settings_options, with_settings
from complaints.cli.spoken import spoken_command, spoken_group
from complaints.customers import Redaction, complaints_of
from complaints.errors import ComplaintError, Fault, InvalidCommandError, StoreError
from complaints.forms.layout import visible
from complaints.forms.words import named
from complaints.locale import label
from complaints.model.people import Actor, ExternalRef
from complaints.model.words import PersonalData

if TYPE_CHECKING:
    from complaints.desk import Desk

_YES = frozenset({"y", "yes", "是", "对"})


def customer_group(language: str) -> click.Group:
    """The group of commands about one customer."""

    @spoken_group(language, "customer", text=label("screen", "help.customer", language), epilog="")
    @settings_options(language, with_environment=False, visible=())
    @click.pass_context
    def customer(ctx: click.Context, /, **params: Any) -> None:
        ctx.find_root().obj = given_settings(ctx, params, language=language)

    for make in (_export, _redact):
        customer.add_command(make(language))
    return customer


def _option(language: str, *names: str, **more: Any) -> Decorator:
    return click.option(*names, help=label("screen", f"option.customer.{names[0].strip('-')}", language), **more)


def _export(language: str) -> click.Command:
    @spoken_command(
        language,
        "customer.export",
        "customer export 13800000000 --to customer.json --as qian --role manager --dealer SH01",
        "customer export --ref dms:customer:C-77 --to customer.json",
    )
    @click.argument("who", metavar="[WHO]", required=False)
    @_option(language, "--ref", metavar="SYSTEM:KIND:ID")
    @_option(language, "--to", "file", type=click.Path(path_type=Path), metavar="FILE", required=True)
    @with_settings(language, "database", "actor", "roles", "dealer", "is_json")
    @click.pass_context
    def export(ctx: click.Context, settings: Settings, who: str | None, ref: str | None, file: Path) -> None:
        customer = _customer(who, ref, settings)
        with settings.desk() as desk:
            held = desk.export_customer(customer, by=settings.reader(dealer=settings.dealer))
        files = held["complaints"]
        if not isinstance(files, list) or not files:
            ctx.exit(_nobody(settings))
        _write(file, held)
        if settings.is_json:
            show_json({"export": str(file), "complaints": [one["reference"] for one in files]})
        else:
            show(f"{settings.says('customer.exported')} {file} ({len(files)})")

    return export


def _redact(language: str) -> click.Command:
    @spoken_command(
        language,
        "customer.redact",
        "customer redact 13800000000 --reason … --as qian --role manager --dealer SH01",
        "customer redact 13800000000 --what names,contacts --reason … --yes --as qian --role manager --dealer SH01",
    )
    @click.argument("who", metavar="[WHO]", required=False)
    @_option(language, "--ref", metavar="SYSTEM:KIND:ID")
    @_option(language, "--reason", metavar="TEXT", required=True)
    @_option(language, "--what", type=Codes(PersonalData, language), metavar="GROUP[,GROUP]", default=())
    @_option(language, "--include-vehicle", is_flag=True)
    @_option(language, "--yes", "is_sure", is_flag=True)
    @with_settings(language, "database", "actor", "roles", "dealer", "house", "is_json")
    @click.pass_context
    def redact(ctx: click.Context, /, settings: Settings, who: str | None, ref: str | None, **given: Any) -> None:
        wanted = Wanted(customer=_customer(who, ref, settings), **given)
        # a mistyped path is no wish for a new database
        with settings.desk(is_read_only=not settings.is_there) as desk:
            ctx.exit(_erase(desk, wanted, settings))

    return redact


@attrs.frozen(kw_only=True)
class Wanted:
    """
    What was typed after ``customer redact``.

    Attributes:
        is_sure: Nobody is asked whether it is meant.
    """

    customer: ExternalRef | str
    reason: str
    what: tuple[PersonalData, ...]
    include_vehicle: bool
    is_sure: bool


def _customer(who: str | None, ref: str | None, settings: Settings) -> ExternalRef | str:
    if (who is None) == (ref is None):
        raise click.UsageError(settings.says("usage.one_customer"))
    # one of the two is there
    return external_ref(ref) or who or ""


def _nobody(settings: Settings) -> int:
    if settings.is_json:
        show_json({"complaints": []})
    else:
        show(settings.says("customer.none"))
    return NOT_FOUND


def _erase(desk: Desk, wanted: Wanted, settings: Settings) -> int:
    by = _who(settings)
    found = [one.reference for one in complaints_of(desk, wanted.customer, by=by)]
    if not found:
        return _nobody(settings)
    if not wanted.is_sure:
        _ask(found, settings)
    results = desk.redact_customer(
        wanted.customer, by=by, reason=wanted.reason, fields=wanted.what, include_vehicle=wanted.include_vehicle
    )
    _tell(results, settings)
    if not _is_wiped(desk):
        tell(settings.says("customer.owed"))
    errors = [one.outcome for one in results if isinstance(one.outcome, ComplaintError)]
    return exit_code_of(errors[0]) if errors else DONE


def _who(settings: Settings) -> Actor:
    """Who acts: nobody's name is guessed, since it stands in the history for good."""
    if settings.who(dealer=None) is None:
        raise click.UsageError(settings.says("usage.who_acts"))
    return settings.reader(dealer=settings.dealer)


def _ask(references: Sequence[str], settings: Settings) -> None:
    """It cannot be undone, so somebody says yes; a script says so beforehand."""
    if not sys.stdin.isatty():
        raise click.UsageError(settings.says("usage.not_sure"))
    show_lines([settings.says("customer.found"), *(f"  {reference}" for reference in references)])
    if input(visible(f"{settings.says('customer.sure')} [y/N] ")).strip().casefold() not in _YES:
        raise click.Abort


def _tell(results: Sequence[Redaction], settings: Settings) -> None:
    if settings.is_json:
        show_json({"complaints": [_data(one, settings) for one in results]})
        return
    for one in results:
        if isinstance(one.outcome, ComplaintError):
            show(f"✗ {one.reference}")
            show_error(one.outcome, settings.language, is_json=False)
        else:
            show(f"✓ {named(one.reference, settings.says('customer.erased'), settings.language)}")


def _data(one: Redaction, settings: Settings) -> dict[str, object]:
    if isinstance(one.outcome, ComplaintError):
        return {"reference": one.reference, "is_erased": False, **error_data(one.outcome, settings.language)}
    return {"reference": one.reference, "is_erased": True, "version": one.outcome.version}


def _is_wiped(desk: Desk) -> bool:
    from complaints.stores.sql import SqlStore

    return not isinstance(desk.store, SqlStore) or desk.store.wipe()


def _write(path: Path, held: dict[str, object]) -> None:
    """All of it or no file, for nobody else to read; what is there already is not overwritten."""
    name = str(path)
    text = msgspec.json.format(msgspec.json.encode(held), indent=1)
    try:
        if path.exists():
            raise StoreError("exists", file=name)
        descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text + b"\n")
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(path)
        finally:
            Path(draft).unlink(missing_ok=True)
    except (OSError, ValueError):
        raise InvalidCommandError(name, [Fault(name, "unwritable_file")]) from None


__all__ = ["customer_group"]
