"""The command line. Each module beside this one is one command: it defines `command`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence

import click

LONGEST_NAME = 12
WIDTH_MAX = 100


# The list of commands by what a person is about; each command is in one of these.
SECTIONS: Mapping[str, Sequence[str]] = {
    "Every day": ("status", "import", "sync", "report", "resync", "tie-out", "export"),
    "Looking ahead and back": (
        "going-live",
        "rehearse",
        "dry-run",
        "preview",
        "runs",
        "undo",
        "pause",
        "resume",
    ),
    "Deciding about records": (
        "skip",
        "handled",
        "link",
        "unlink",
        "keep",
        "write-again",
        "take-up",
    ),
    "Setting up": ("mapping", "profiles", "operators", "people", "audit"),
    "Running it": ("demo", "web", "worker", "migrate"),
}


class Commands(click.Group):
    """A group that finds its commands: `unitledger tie-out` is `cli/tie_out.py`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        modules = (module.name for module in pkgutil.iter_modules(__path__))
        return sorted(_command(name) for name in modules if not name.startswith("_"))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """By section; what no section names comes last, so that nothing is hidden."""
        named = {name for names in SECTIONS.values() for name in names}
        others = [name for name in self.list_commands(ctx) if name not in named]
        for title, names in {**SECTIONS, "Others": others}.items():
            found = [(name, self.get_command(ctx, name)) for name in names]
            room = formatter.width - LONGEST_NAME - 6
            lines = [(name, each.get_short_help_str(room)) for name, each in found if each]
            if lines:
                with formatter.section(title):
                    formatter.write_dl(lines, col_max=LONGEST_NAME)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        names = (module.name for module in pkgutil.iter_modules(__path__))
        name = next(name for name in names if _command(name) == cmd_name)
        return importlib.import_module(f"{__name__}.{name}").command


def _command(module: str) -> str:
    """A command that is a word of Python has an underscore behind it: `import_`."""
    return module.rstrip("_").replace("_", "-")


SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": WIDTH_MAX}


@click.group(cls=Commands, context_settings=SETTINGS)
@click.version_option(package_name="unitledger")
def group() -> None:
    """Keeps a self-storage operator's billing and its Xero books in agreement.

    \b
    Exit status: 0 all well, 1 an error, 2 wrong use, 3 something waits for a person,
    4 interrupted or out of quota.
    """
