"""The command line as a whole: the group that all commands belong to."""

from __future__ import annotations

from typing import Any

import rich_click as click

from complaints import __version__
from complaints.cli.checking import verify_command
from complaints.cli.customers import customer_group
from complaints.cli.database import db_group
from complaints.cli.demonstration import demo_command
from complaints.cli.describing import diagram_command, form_command
from complaints.cli.doing import do_command
from complaints.cli.due import due_command
from complaints.cli.eligibility import eligibility_command
from complaints.cli.exit_codes import EXIT_CODES
from complaints.cli.feed import feed_command
from complaints.cli.figures import figures_group
from complaints.cli.importing import import_command
from complaints.cli.lifecycles import lifecycle_group
from complaints.cli.listing import list_command
from complaints.cli.policies import policy_group
from complaints.cli.reading import explain_command, show_command
from complaints.cli.serving import web_command
from complaints.cli.settings import given_settings, settings_options
from complaints.cli.similar import similar_command
from complaints.cli.simulating import simulate_command
from complaints.cli.spoken import spoken_group
from complaints.cli.ticking import tick_command, worker_command
from complaints.cli.work import candidates_command, work_command
from complaints.locale import label


def application(language: str) -> click.Group:
    """The command ``complaints``, speaking *language*."""

    @spoken_group(language, "complaints", text=label("screen", "help.complaints", language), epilog=_epilog(language))
    @settings_options(language, with_environment=True)
    @click.version_option(__version__, "--version", help=label("screen", "option.version", language))
    @click.pass_context
    def complaints(ctx: click.Context, /, **params: Any) -> None:
        ctx.obj = given_settings(ctx, params, language=language)

    for make in (
        demo_command,
        list_command,
        show_command,
        work_command,
        candidates_command,
        web_command,
        do_command,
        explain_command,
        tick_command,
        worker_command,
        similar_command,
        feed_command,
        verify_command,
        diagram_command,
        form_command,
        due_command,
        policy_group,
        simulate_command,
        lifecycle_group,
        customer_group,
        eligibility_command,
        figures_group,
        import_command,
        db_group,
    ):
        complaints.add_command(make(language))
    return complaints


_EXAMPLES = (
    "complaints demo",
    "complaints list --state judgment --db complaints-demo.db",
    "complaints show SH01-2026-000001",
    "complaints do Receive --as li --role specialist --dealer SH01",
    "complaints do AddNote --complaint SH01-2026-000001 --set text=… --as li --role specialist",
)


def _epilog(language: str) -> str:
    def says(code: str) -> str:
        return label("screen", code, language)

    codes = (f"{code:>5}  {says(meaning)}" for code, meaning in EXIT_CODES.items())
    examples = (f"  {example}" for example in _EXAMPLES)
    lines = [says("help.who_reads"), "", says("help.example"), *examples, "", says("help.exit_codes"), *codes]
    return "\n".join(lines)


__all__ = ["application"]
