"""Click groups whose first word may be left out: `narrate echo-chamber` is `narrate make echo-chamber`."""

from __future__ import annotations

import errno
import os
import re
import sys
import textwrap
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from audiobook.cli.command_list import COMMANDS, COMMON_OPTIONS, GROUPS
from audiobook.cli.console import print_error, show_whatever_can_be
from audiobook.errors import NarrateError, SettingsError, UsageError


class DefaultGroup(click.Group):
    """A group that runs its `default_command` where none is named."""

    default_command = "make"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command in front of arguments that name none."""
        own_options = {name for p in self.get_params(ctx) for name in (*p.opts, *p.secondary_opts)}
        if not args or (args[0] not in self.list_commands(ctx) and args[0] not in own_options):
            self.refuse_misspelled(ctx, args)
            args = [self.default_command, *args]
        return super().parse_args(ctx, args)

    def refuse_misspelled(self, ctx: click.Context, args: Sequence[str]) -> None:
        """Raise `click.UsageError` where the first word can only be a command that is misspelled."""


class MainGroup(DefaultGroup):
    """The program itself: it reports errors as one message.

    A command is loaded when it is run (https://click.palletsprojects.com/en/stable/complex/): a list of all,
    and each but the one that is run, takes no more than its line in `command_list.COMMANDS`.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, whose help may hold what the terminal can't show."""
        show_whatever_can_be(sys.stdout)
        show_whatever_can_be(sys.stderr)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a command; None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].place.partition(":")
        command: click.Command = getattr(import_module(f"audiobook.cli.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands by what they are for, without loading them."""
        longest = max(map(len, COMMANDS))
        for group, commands in GROUPS.items():
            with formatter.section(group):
                formatter.write_dl([(name.ljust(longest), each.summary) for name, each in commands.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write what a run is often told besides."""
        formatter.write_paragraph()
        words = f"Of a run: {', '.join(COMMON_OPTIONS)} (narrate make --help has all)."
        formatter.write(textwrap.fill(words, formatter.width, break_on_hyphens=False) + "\n")

    def refuse_misspelled(self, ctx: click.Context, args: Sequence[str]) -> None:
        """Take a word that is like a command's, and no story's, for a mistake: nothing is made by one."""
        word = args[0] if args else ""
        if not re.fullmatch(r"[A-Za-z-]+", word) or word.startswith("-"):
            return
        if Path(word).exists() or any(Path("texts").glob(f"{word}.*")):
            return
        from audiobook.suggesting import did_you_mean

        hint = did_you_mean(word, self.list_commands(ctx), cutoff=0.75, ignores_case=True)
        if hint:
            raise click.UsageError(f"no command and no story is called {word!r}{hint}", ctx)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a `NarrateError` becomes one message and exit status 1 (2: usage)."""
        try:
            return super().invoke(ctx)
        except NarrateError as error:
            for message in str(error).splitlines() if isinstance(error, SettingsError) else (str(error),):
                print_error(message)
            ctx.exit(2 if isinstance(error, UsageError) else 1)
        except KeyboardInterrupt:
            click.echo("interrupted; what is finished stays, and the next run makes the rest", err=True)
            ctx.exit(130)
        except BrokenPipeError:
            # The reader (head, less) has seen enough; point stdout elsewhere so that the exit is quiet.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(141)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            click.echo(f"error: the disk is full: {error}", err=True)
            ctx.exit(1)
