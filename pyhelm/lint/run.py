"""Lint charts: all rules over each, in Helm's order (``pkg/action/lint.go``, ``pkg/chart/v2/lint/lint.go``)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyhelm.chart.folder import describe
from pyhelm.errors import PyhelmError
from pyhelm.lint.messages import Linter, LintResult, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyhelm.template.objects import KubeVersion

_ARCHIVES = (".tgz", ".tar.gz")


@dataclass(frozen=True, slots=True)
class LintOptions:
    """How to lint.

    Attributes:
        values: What the user gave, merged.
        namespace: What templates see as the release's.
        strict: Warnings fail the chart too.
        kube_version: What templates see, and what deprecations are judged by; None is the default.
        skip_schema: Do not check values against schemas.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    namespace: str = "default"
    strict: bool = False
    kube_version: KubeVersion | None = None
    skip_schema: bool = False


def lint(path: str | os.PathLike[str], options: LintOptions | None = None) -> LintResult:
    """Return what is wrong with the chart at ``path``, a folder or a packed chart; nothing is raised for a bad one."""
    options = options or LintOptions()
    name = os.fspath(path)
    if name.endswith(_ARCHIVES):
        return _lint_archive(name, options)
    return _lint_folder(name, name, options)


def subcharts(path: str | os.PathLike[str]) -> Iterator[str]:
    """Yield the paths of all charts under ``charts/`` of the chart at ``path``, in the order of ``filepath.Walk``."""
    base = Path(path, "charts")
    if not base.is_dir() or base.is_symlink():
        return
    for entry in sorted(base.iterdir(), key=lambda entry: os.fsencode(entry.name)):
        yield from _charts_in(entry)


def _charts_in(path: Path) -> Iterator[str]:
    if path.name == "Chart.yaml":
        yield str(path.parent)
    elif path.name.endswith(_ARCHIVES):
        yield str(path)
    if path.is_dir() and not path.is_symlink():
        for entry in sorted(path.iterdir(), key=lambda entry: os.fsencode(entry.name)):
            yield from _charts_in(entry)


def _lint_archive(name: str, options: LintOptions) -> LintResult:
    import tempfile

    from pyhelm.chart.archive import expand

    try:
        data = Path(name).read_bytes()
    except OSError as error:
        return _no_chart(name, f"unable to open tarball: {describe('open', name, error)}")
    with tempfile.TemporaryDirectory(prefix="pyhelm-lint-") as scratch:
        try:
            folder = expand(data, scratch)
        except PyhelmError as error:
            return _no_chart(name, f"unable to extract tarball: {error}")
        return _lint_folder(name, str(folder), options)


def _lint_folder(name: str, folder: str, options: LintOptions) -> LintResult:
    from pyhelm.lint import chartfile, crds, dependencies, templates, values

    chart_file = os.path.normpath(Path(folder, "Chart.yaml"))
    try:
        Path(chart_file).stat()
    except OSError as error:
        return _no_chart(name, f"unable to check Chart.yaml file in chart: {describe('stat', chart_file, error)}")
    linter = Linter(os.path.abspath(folder))  # noqa: PTH100 - Go's filepath.Abs: links are kept
    chartfile.check(linter)
    values.check(linter, options.values, skip_schema=options.skip_schema)
    templates.check(linter, options)
    dependencies.check(linter)
    crds.check(linter)
    bad = Severity.WARNING if options.strict else Severity.ERROR
    failures = tuple(message.text for message in linter.messages if message.severity >= bad)
    return LintResult(name, tuple(linter.messages), failures)


def _no_chart(name: str, reason: str) -> LintResult:
    return LintResult(name, (), (reason,), linted=False)
