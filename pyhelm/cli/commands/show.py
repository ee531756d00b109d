"""``pyhelm show``: what a chart is."""

from __future__ import annotations

from typing import Any

import click

from pyhelm.cli.dialect import Command, Group
from pyhelm.cli.options import chart_options, check_chart_options, locate_chart

_MODULE = "pyhelm.cli.commands.show"
_PARTS = {
    "all": "show everything about a chart",
    "chart": "show a chart's definition",
    "crds": "show a chart's custom resource definitions",
    "readme": "show a chart's README",
    "values": "show a chart's values",
}


def _command(part: str, text: str) -> Command:
    def run(*, args: tuple[str, ...], **flags: Any) -> None:
        from pyhelm.action.show import ShowPart
        from pyhelm.action.show import show as show_part
        from pyhelm.chart import load

        check_chart_options(flags)
        chart = load(locate_chart(args[0]), detect=False)
        click.echo(show_part(chart, ShowPart(part)), nl=False)

    return Command(
        part,
        callback=run,
        arity=(1, 1),
        synopsis="[CHART]",
        params=chart_options(),
        help=f"{text[:1].upper()}{text[1:]}.",
    )


all_ = _command("all", _PARTS["all"])
chart = _command("chart", _PARTS["chart"])
crds = _command("crds", _PARTS["crds"])
readme = _command("readme", _PARTS["readme"])
values = _command("values", _PARTS["values"])

show = Group(
    name="show",
    commands={part: (_MODULE, "all_" if part == "all" else part, text) for part, text in _PARTS.items()},
    help="Show what a chart is.",
)
