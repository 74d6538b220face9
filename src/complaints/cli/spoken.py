"""Commands whose help speaks the chosen language, and the usage errors of our own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import rich_click as click
from rich_click import RichCommand, RichGroup, RichHelpConfiguration

from complaints.cli.arguments import likely
from complaints.forms.words import named
from complaints.locale import label

Function = Callable[..., Any]


class UnknownNameError(click.UsageError):
    """
    A name that is none of ours.

    Args:
        code: What kind of name, as a code of the screen.
        near: What may have been meant, or everything there is.
    """

    def __init__(self, code: str, name: str, near: tuple[str, ...], language: str) -> None:
        joint = "、" if language == "zh_CN" else ", "
        parts = [named(label("screen", code, language), name, language)]
        if near:
            parts.append(named(label("screen", "usage.perhaps", language), joint.join(near), language))
        super().__init__("\n".join(parts))
        self.name = name
        self.near = near


class _Spoken:
    """What speaks: the line of usage and the help for ``--help``."""

    language: str

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the line of usage."""
        pieces = self.collect_usage_pieces(ctx)  # type: ignore[attr-defined]  # a click command has it
        formatter.write_usage(ctx.command_path, " ".join(pieces), label("screen", "help.usage", self.language))

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write examples and tables line by line, as they stand."""
        from rich.padding import Padding
        from rich.text import Text

        epilog: str | None = self.epilog  # type: ignore[attr-defined]  # a click command has it
        if epilog:
            formatter.write(Padding(Text(epilog), (0, 1, 1, 1)))

    def get_help_option(self, ctx: Any) -> click.Option | None:
        """The option that shows the help."""
        option: click.Option | None = super().get_help_option(ctx)  # type: ignore[misc]  # a click command has it
        if option is not None:
            option.help = label("screen", "option.help", self.language)
        return option


class SpokenCommand(_Spoken, RichCommand):
    """A command in one language."""

    def __init__(self, *args: Any, language: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.language = language


class SpokenGroup(_Spoken, RichGroup):  # type: ignore[misc]  # rich-click's own clash with click
    """A group of commands in one language."""

    def __init__(self, *args: Any, language: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.language = language

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which one needs them."""
        return list(self.commands)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """The command that is meant, or what may have been."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            known: dict[str, tuple[str, ...]] = dict.fromkeys(self.list_commands(ctx), ())
            raise UnknownNameError("usage.no_command", name, likely(name, known) or tuple(known), self.language)
        return super().resolve_command(ctx, args)


def spoken_command(language: str, name: str, *examples: str) -> Callable[[Function], click.Command]:
    """Make a function a command; its help is the screen's ``help.<name>``, followed by *examples*."""
    return click.command(
        name=name.rpartition(".")[2],
        cls=SpokenCommand,
        language=language,
        help=label("screen", f"help.{name}", language),
        epilog=_examples(language, examples),
        context_settings=help_settings(language),
        options_metavar=label("screen", "help.options_metavar", language),
    )


def spoken_group(language: str, name: str, *, text: str, epilog: str) -> Callable[[Function], click.Group]:
    """Make a function a group of commands."""
    return click.group(
        name=name,
        cls=SpokenGroup,
        language=language,
        help=text,
        epilog=epilog,
        context_settings=help_settings(language),
        options_metavar=label("screen", "help.options_metavar", language),
        subcommand_metavar=label("screen", "help.command_metavar", language),
        no_args_is_help=True,
    )


def _examples(language: str, examples: tuple[str, ...]) -> str:
    lines = [f"  complaints {example}" for example in examples]
    more = label("screen", "help.common_options", language)
    return "\n".join([label("screen", "help.example", language), *lines, "", more]) if lines else more


def help_settings(language: str) -> dict[str, Any]:
    """How click shows the help."""

    def says(code: str) -> str:
        return label("screen", f"help.{code}", language)

    return {
        "help_option_names": ["--help", "-h"],
        "rich_help_config": RichHelpConfiguration(
            arguments_panel_title=says("arguments"),
            options_panel_title=says("options"),
            commands_panel_title=says("commands"),
            required_long_string=_in_brackets(says("required"), language),
            default_string=_in_brackets(f"{says('default')} {{}}", language),
            envvar_string=_in_brackets(f"{says('environment')} {{}}", language),
        ),
    }


def _in_brackets(text: str, language: str) -> str:
    return f"（{text}）" if language == "zh_CN" else f"({text})"


__all__ = ["SpokenCommand", "SpokenGroup", "UnknownNameError", "help_settings", "spoken_command", "spoken_group"]
