"""Commands in kubectl's dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cli.dialect import Command
from pyhelm.errors import UsageError

if TYPE_CHECKING:
    import click


class Verb(Command):
    """A command that says where its help is when its flags are wrong, as kubectl's do."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, with kubectl's words."""
        try:
            return super().parse_args(ctx, args)
        except UsageError as error:
            raise UsageError(f"{error}\nSee '{ctx.command_path} --help' for usage.") from None
