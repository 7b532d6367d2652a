"""Click groups whose first word may be left out: `narrate echo-chamber` is `narrate make echo-chamber`."""

from __future__ import annotations

import errno
import io
import os
import sys

import click

from audiobook.cli.console import print_error
from audiobook.errors import NarrateError, UsageError


class DefaultGroup(click.Group):
    """A group that runs its `default_command` where none is named."""

    default_command = "make"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command in front of arguments that name none."""
        own_options = {name for p in self.get_params(ctx) for name in (*p.opts, *p.secondary_opts)}
        if not args or (args[0] not in self.commands and args[0] not in own_options):
            args = [self.default_command, *args]
        return super().parse_args(ctx, args)


class MainGroup(DefaultGroup):
    """The program itself: it reports errors as one message."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a `NarrateError` becomes one message and exit status 1 (2: usage)."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            # A terminal that can't show an arrow shows its number, instead of ending the program.
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            return super().invoke(ctx)
        except NarrateError as error:
            print_error(str(error))
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
