"""``xlsc``: the command line. Commands are loaded when they are called, so that help and short commands start fast."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Mapping, Sequence

import click

import xlsc
from xlsc.errors import UsageError, XlscError, next_step

#: Command → module and name of its click object, in the order in which help lists them.
COMMANDS: Mapping[str, str] = {
    "demo": "xlsc.cli.demo:demo",
    "serve": "xlsc.cli.serve:serve",
    "login": "xlsc.cli.login:login",
    "logout": "xlsc.cli.login:logout",
    "whoami": "xlsc.cli.login:whoami",
    "processes": "xlsc.cli.listing:processes",
    "columns": "xlsc.cli.listing:columns",
    "headers": "xlsc.cli.sheets:headers",
    "check": "xlsc.cli.sheets:check",
    "send": "xlsc.cli.send:send",
    "fix": "xlsc.cli.sheets:fix",
    "clear": "xlsc.cli.sheets:clear",
    "settle": "xlsc.cli.outbox:settle",
    "outbox": "xlsc.cli.outbox:outbox",
    "log": "xlsc.cli.outbox:log",
    "template": "xlsc.cli.template:template",
    "data": "xlsc.cli.data:data",
    "refresh": "xlsc.cli.refresh:refresh",
    "run": "xlsc.cli.data:run",
    "history": "xlsc.cli.listing:history",
    "errors": "xlsc.cli.listing:errors",
    "outputs": "xlsc.cli.listing:outputs",
    "settings": "xlsc.cli.login:settings",
    "service": "xlsc.cli.service:service",
    "process": "xlsc.cli.process:process",
    "addin": "xlsc.cli.addin:addin",
}
#: A person pressed Ctrl+C; the number that shells expect.
EXIT_INTERRUPTED = 130
#: The program that our output was piped into has ended; the number that shells expect.
EXIT_NOBODY_READS = 141


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(importlib.import_module(module), name)
        assert isinstance(found, click.Command)
        return found


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(xlsc.__version__, prog_name="xlsc")
def cli() -> None:
    """Send sheet rows to SmartConnect processes, and see every wrong row where it stands.

    Start with: xlsc demo. Exit codes: 0 all is well, 1 rows were rejected, 2 usage, 3 service, 4 workbook,
    5 outcome unknown.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: Sequence[str]) -> int:
    """Run the command line; every error a person can act on becomes a line and an exit code."""
    try:
        code = cli.main(list(arguments), prog_name="xlsc", standalone_mode=False, obj=tuple(arguments))
    except XlscError as error:
        _show_error(error, as_json="--json" in arguments)
        return error.exit_code
    except click.ClickException as error:
        return _show_usage(error, as_json="--json" in arguments)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on; say nothing more
        return EXIT_NOBODY_READS
    except OSError as error:
        _show_error(_of_file(error), as_json="--json" in arguments)
        return UsageError.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return EXIT_INTERRUPTED
    return code if isinstance(code, int) else 0


def _show_usage(error: click.ClickException, *, as_json: bool) -> int:
    """A wrong argument, as click words it; its own exit code 1 would say that rows were rejected."""
    if as_json:
        context = error.ctx if isinstance(error, click.UsageError) else None
        hint = f"See: {context.command_path if context else 'xlsc'} --help."
        _show_error(UsageError(error.format_message(), hint), as_json=True)
    else:
        error.show()
    return UsageError.exit_code


def _of_file(error: OSError) -> UsageError:
    """A file or folder that cannot be used, of which nobody nearer knew what it was for."""
    names = [str(name) for name in (error.filename, error.filename2) if name]
    reason = error.strerror or type(error).__name__
    return UsageError(f"{' and '.join(names) or 'A file'} cannot be used: {reason}.", next_step(error))


def _show_error(error: XlscError, *, as_json: bool) -> None:
    if as_json:
        text = {"error": type(error).__name__, "message": error.message, "hint": error.hint}
        click.echo(json.dumps(text, ensure_ascii=False))
        return
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {error.message}", err=True)
    click.echo(f"  {error.hint}", err=True)
