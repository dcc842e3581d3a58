"""The command line. Each module beside this one is one command: it defines `command`."""

from __future__ import annotations

import importlib
import pkgutil

import click


class Commands(click.Group):
    """A group that finds its commands: `unitledger tie-out` is `cli/tie_out.py`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        modules = (module.name for module in pkgutil.iter_modules(__path__))
        return sorted(_command(name) for name in modules if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        names = (module.name for module in pkgutil.iter_modules(__path__))
        name = next(name for name in names if _command(name) == cmd_name)
        return importlib.import_module(f"{__name__}.{name}").command


def _command(module: str) -> str:
    """A command that is a word of Python has an underscore behind it: `import_`."""
    return module.rstrip("_").replace("_", "-")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="unitledger")
def group() -> None:
    """Keeps a self-storage operator's billing and its Xero books in agreement.

    \b
    Exit status: 0 all well, 1 an error, 2 wrong use, 3 something waits for a person,
    4 interrupted or out of quota.
    """
