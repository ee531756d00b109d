"""Charts that are wrong in one way each: what loading and lint say about them is compared with the real helm.

A chart is a map of file names to text; ``Chart.yaml`` is added where a case does not bring its own. A value may be
bytes, ``None`` (a folder), or a ``Link``.
"""

from __future__ import annotations

import gzip
import io
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "apiVersion: v2\nname: c\nversion: 1.0.0\n"


@dataclass(frozen=True)
class Link:
    target: str


Content = str | bytes | Link | None


def tgz(*members: tuple[str, str | bytes | Link], flat: bool = False) -> bytes:
    """A packed chart; names are used as they are."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            if isinstance(content, Link):
                info.type = tarfile.SYMTYPE
                info.linkname = content.target
                tar.addfile(info)
                continue
            data = content.encode() if isinstance(content, str) else content
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def write(folder: Path, files: dict[str, Content]) -> Path:
    """Lay a chart out in ``folder``."""
    for name, content in {"Chart.yaml": GOOD, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Link):
            path.symlink_to(content.target)
        elif content is None:
            path.mkdir(exist_ok=True)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def chart_yaml(text: str) -> dict[str, Content]:
    return {"Chart.yaml": text}


def more(text: str) -> dict[str, Content]:
    return {"Chart.yaml": GOOD + text}


SUBCHART = "apiVersion: v2\nname: sub\nversion: 0.1.0\n"

CASES: dict[str, dict[str, Content]] = {
    "good": {"templates/a.yaml": "a: b\n", "values.yaml": "x: 1\n"},
    "empty": chart_yaml(""),
    "only-comment": chart_yaml("# nothing\n"),
    "no-name": chart_yaml("apiVersion: v2\nversion: 1.0.0\n"),
    "no-version": chart_yaml("apiVersion: v2\nname: c\n"),
    "no-api-version": chart_yaml("name: c\nversion: 1.0.0\n"),
    "api-version-v4": chart_yaml("apiVersion: v4\nname: c\nversion: 1.0.0\n"),
    "api-version-number": chart_yaml("apiVersion: 2\nname: c\nversion: 1.0.0\n"),
    "api-version-list": chart_yaml("apiVersion: [v2]\nname: c\nversion: 1.0.0\n"),
    "name-null": chart_yaml("apiVersion: v2\nname: null\nversion: 1.0.0\n"),
    "name-dots": chart_yaml("apiVersion: v2\nname: ..\nversion: 1.0.0\n"),
    "name-dot": chart_yaml("apiVersion: v2\nname: .\nversion: 1.0.0\n"),
    "name-slash": chart_yaml("apiVersion: v2\nname: a/b\nversion: 1.0.0\n"),
    "name-trailing-slash": chart_yaml("apiVersion: v2\nname: a/\nversion: 1.0.0\n"),
    "name-list": chart_yaml("apiVersion: v2\nname: [a]\nversion: 1.0.0\n"),
    "name-upper-list": chart_yaml("apiVersion: v2\nNAME: [a]\nversion: 1.0.0\n"),
    "name-map": chart_yaml("apiVersion: v2\nname: {a: b}\nversion: 1.0.0\n"),
    "name-number": chart_yaml("apiVersion: v2\nname: 12\nversion: 1.0.0\n"),
    "name-tab": chart_yaml('apiVersion: v2\nname: "a\\tb\\u200bc"\nversion: 1.0.0\n'),
    "name-bool": chart_yaml("apiVersion: v2\nname: y\nversion: 1.0.0\n"),
    "version-word": chart_yaml("apiVersion: v2\nname: c\nversion: latest\n"),
    "version-number": chart_yaml("apiVersion: v2\nname: c\nversion: 1.10\n"),
    "version-integer": chart_yaml("apiVersion: v2\nname: c\nversion: 3\n"),
    "version-v": chart_yaml("apiVersion: v2\nname: c\nversion: v1.2.3\n"),
    "version-leading-zero": chart_yaml("apiVersion: v2\nname: c\nversion: 1.02.3\n"),
    "version-zero": chart_yaml("apiVersion: v2\nname: c\nversion: 0.0.0\n"),
    "version-zero-pre": chart_yaml("apiVersion: v2\nname: c\nversion: 0.0.0-alpha\n"),
    "version-zero-pre-0": chart_yaml("apiVersion: v2\nname: c\nversion: 0.0.0-0\n"),
    "version-pre-zero": chart_yaml("apiVersion: v2\nname: c\nversion: 1.0.0-01\n"),
    "version-meta": chart_yaml("apiVersion: v2\nname: c\nversion: 1.0.0+a.b\n"),
    "version-quotes": chart_yaml("apiVersion: v2\nname: c\nversion: 'a\"b'\n"),
    "version-huge": chart_yaml("apiVersion: v2\nname: c\nversion: 99999999999999999999.0.0\n"),
    "app-version-number": more("appVersion: 1.10\n"),
    "app-version-integer": more("appVersion: 10\n"),
    "app-version-exponent": more("appVersion: 12e4\n"),
    "app-version-big": more("appVersion: 12345678901234567890\n"),
    "app-version-bool": more("appVersion: yes\n"),
    "app-version-map": more("appVersion: {a: 1}\n"),
    "app-version-null": more("appVersion: null\n"),
    "type-unknown": more("type: other\n"),
    "type-library": more("type: library\n"),
    "type-v1": chart_yaml("apiVersion: v1\nname: c\nversion: 1.0.0\ntype: application\n"),
    "deprecated-text": more('deprecated: "yes"\n'),
    "deprecated-number": more("deprecated: 1\n"),
    "deprecated": more("deprecated: true\n"),
    "keywords-text": more("keywords: foo\n"),
    "keywords-mixed": more("keywords: [a, 1, 1.50, true, null]\n"),
    "keywords-nested": more("keywords: [a, [b]]\n"),
    "sources-bad": more("sources: [not a url]\n"),
    "sources-empty": more("sources: ['']\n"),
    "sources-good": more("sources: ['https://example.com/a', 'http://x', 'ftp://h/p']\n"),
    "icon-bad": more("icon: logo.png\n"),
    "icon-good": more("icon: https://example.com/logo.png\n"),
    "icon-data": more("icon: 'data:image/png;base64,AAAA'\n"),
    "maintainers-text": more("maintainers: foo\n"),
    "maintainers-strings": more("maintainers: [foo]\n"),
    "maintainers-null": more("maintainers: [null]\n"),
    "maintainers-null-2": more("maintainers: [{name: a}, null]\n"),
    "maintainers-name-list": more("maintainers: [{name: [a]}]\n"),
    "maintainers-no-name": more("maintainers: [{email: a@b.cc}]\n"),
    "maintainers-bad-email": more("maintainers: [{name: a, email: nobody}]\n"),
    "maintainers-bad-url": more("maintainers: [{name: a, url: 'ht tp://x'}]\n"),
    "maintainers-good": more("maintainers: [{name: a, email: a@example.com, url: https://example.com}]\n"),
    "annotations-list": more("annotations: [a]\n"),
    "annotations-nested": more("annotations: {a: {b: c}}\n"),
    "annotations-typed": more("annotations: {a: 1.50, 1: 2, c: , d: true}\n"),
    "annotations-null-key": more("annotations: {null: 2}\n"),
    "unknown-field": more("foo: bar\n"),
    "unknown-field-inside": more("maintainers: [{name: a, nick: b}]\n"),
    "upper-case-keys": chart_yaml("APIVERSION: v2\nName: c\nVersion: 1.0.0\n"),
    "duplicate-key": chart_yaml(GOOD + "name: d\n"),
    "duplicate-keys": chart_yaml(GOOD + "name: d\nversion: 1.0.1\nname: e\n"),
    "top-list": chart_yaml("[a]\n"),
    "top-text": chart_yaml("foo\n"),
    "template-left": chart_yaml("apiVersion: v2\nname: {{ x }}\nversion: 1.0.0\n"),
    "bad-indent": chart_yaml("apiVersion: v2\n  name: x\n"),
    "tab-indent": chart_yaml("apiVersion: v2\nmaintainers:\n\t- name: x\n"),
    "unclosed": chart_yaml('apiVersion: v2\nname: "c\nversion: 1.0.0\n'),
    "two-documents": chart_yaml(GOOD + "---\nname: d\n"),
    "bom": chart_yaml("\ufeff" + GOOD),
    "dependency-missing": more("dependencies: [{name: a, version: 1.0.0, repository: https://example.com}]\n"),
    "dependencies-missing": more("dependencies: [{name: a}, {name: b, alias: z}]\n"),
    "dependency-null": more("dependencies: [null]\n"),
    "dependency-twice": more("dependencies: [{name: a}, {name: a}]\n"),
    "dependency-alias-twice": more("dependencies: [{name: a, alias: x}, {name: b, alias: x}]\n"),
    "dependency-alias-twice-present": {
        **more("dependencies: [{name: sub, alias: x}, {name: sub}]\n"),
        "charts/sub/Chart.yaml": SUBCHART,
    },
    "dependency-alias-bad": more("dependencies: [{name: a, alias: a b}]\n"),
    "dependency-tags-text": more("dependencies: [{name: a, tags: x}]\n"),
    "dependency-import-text": more("dependencies: [{name: a, import-values: x}]\n"),
    "dependency-list": more("dependencies: [[a]]\n"),
    "dependencies-map": more("dependencies: {a: b}\n"),
    "dependencies-v1": chart_yaml("apiVersion: v1\nname: c\nversion: 1.0.0\ndependencies: [{name: a}]\n"),
    "dependency-undeclared": {"charts/sub/Chart.yaml": SUBCHART},
    "requirements-v1": {
        "Chart.yaml": "apiVersion: v1\nname: c\nversion: 1.0.0\n",
        "requirements.yaml": "dependencies: [{name: sub, version: 0.1.0, repository: ''}]\n",
        "charts/sub/Chart.yaml": SUBCHART,
    },
    "requirements-bad": {"requirements.yaml": "dependencies: 1\n", "Chart.yaml": GOOD.replace("v2", "v1")},
    "requirements-lock-bad": {"requirements.lock": "generated: x\n", "Chart.yaml": GOOD.replace("v2", "v1")},
    "lock-time-word": {"Chart.lock": "generated: x\n"},
    "lock-time-number": {"Chart.lock": "generated: 1\n"},
    "lock-time-date": {"Chart.lock": "generated: 2020-01-01\n"},
    "lock-time-month": {"Chart.lock": "generated: '2020-13-01T00:00:00Z'\n"},
    "lock-time-tail": {"Chart.lock": "generated: '2020-01-01T00:00:00Zx'\n"},
    "lock-list": {"Chart.lock": "[]\n"},
    "lock-empty": {"Chart.lock": ""},
    "lock-digest-list": {"Chart.lock": "digest: []\n"},
    "values-list": {"values.yaml": "- a\n"},
    "values-text": {"values.yaml": "foo\n"},
    "values-empty": {"values.yaml": ""},
    "values-syntax": {"values.yaml": "a: b\n c: d\n"},
    "values-unclosed": {"values.yaml": "a: [b\n"},
    "values-separator": {"values.yaml": "a: b\n--- c\nd: e\n"},
    "values-documents": {"values.yaml": "a: b\n---\nc: d\n", "templates/a.yaml": "a: {{ .Values.c }}\n"},
    "values-second-bad": {"values.yaml": "a: b\n---\n- d\n"},
    "values-null-key": {"values.yaml": "null: b\n"},
    "schema-fails": {
        "values.yaml": "port: 70000\n",
        "values.schema.json": '{"properties": {"port": {"maximum": 65535}}, "required": ["name"]}',
        "templates/a.yaml": "a: b\n",
    },
    "schema-no-json": {"values.yaml": "a: b\n", "values.schema.json": "{", "templates/a.yaml": "a: b\n"},
    "schema-empty": {"values.yaml": "a: b\n", "values.schema.json": "", "templates/a.yaml": "a: b\n"},
    "helmignore-stars": {".helmignore": "a\n**/b\n"},
    "helmignore-pattern": {".helmignore": "[\n"},
    "helmignore-not": {".helmignore": "!templates\n", "templates/a.yaml": "a: b\n"},
    "helmignore-chart": {".helmignore": "Chart.yaml\n"},
    "helmignore-templates": {".helmignore": "templates/\n", "templates/a.yaml": "{{ fail }}\n"},
    "subchart-without-chart-yaml": {"charts/sub/values.yaml": "a: b\n"},
    "subchart-bad": {"charts/sub/Chart.yaml": "name: [x]\n"},
    "subchart-no-version": {"charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\n"},
    "subchart-bad-values": {"charts/sub/Chart.yaml": SUBCHART, "charts/sub/values.yaml": "- a\n"},
    "subchart-of-subchart-bad": {
        "charts/sub/Chart.yaml": SUBCHART,
        "charts/sub/charts/deep/Chart.yaml": "name: deep\n",
    },
    "subchart-underscore": {"charts/_sub/Chart.yaml": "name: [x]\n"},
    "subchart-dot": {"charts/.sub/Chart.yaml": "name: [x]\n"},
    "subchart-file": {"charts/README.md": "hello\n"},
    "subchart-tgz": {"charts/sub-0.1.0.tgz": tgz(("sub/Chart.yaml", SUBCHART))},
    "subchart-tgz-no-gzip": {"charts/sub-0.1.0.tgz": "hello\n"},
    "subchart-tgz-empty": {"charts/sub-0.1.0.tgz": b""},
    "subchart-tgz-no-files": {"charts/sub-0.1.0.tgz": tgz()},
    "subchart-tgz-no-chart": {"charts/sub-0.1.0.tgz": tgz(("sub/values.yaml", "a: b"))},
    "subchart-tgz-folder": {"charts/sub.tgz/Chart.yaml": SUBCHART},
    "subchart-tgz-escape": {"charts/sub-0.1.0.tgz": tgz(("sub/../../x", "a"), ("sub/Chart.yaml", SUBCHART))},
    "subchart-tgz-absolute": {"charts/sub-0.1.0.tgz": tgz(("sub//etc/x", "a"), ("sub/Chart.yaml", SUBCHART))},
    "subchart-tgz-flat": {"charts/sub-0.1.0.tgz": tgz(("Chart.yaml", SUBCHART))},
    "subchart-tgz-flat-inside": {"charts/sub-0.1.0.tgz": tgz(("Chart.yaml/x", SUBCHART))},
    "subchart-tgz-drive": {"charts/sub-0.1.0.tgz": tgz(("sub\\c:\\x", "a"), ("sub/Chart.yaml", SUBCHART))},
    "subchart-tgz-link": {
        "charts/sub-0.1.0.tgz": tgz(("sub/Chart.yaml", SUBCHART), ("sub/templates/l.yaml", Link("/etc/passwd"))),
    },
    "subchart-tgz-truncated": {"charts/sub-0.1.0.tgz": tgz(("sub/Chart.yaml", SUBCHART * 100))[:60]},
    "subchart-prov": {"charts/sub-0.1.0.tgz.prov": "x"},
    "link-dangling": {"files/link": Link("nowhere")},
    "link-file": {"files/link": Link("../Chart.yaml")},
    "link-folder": {"files/link": Link("../templates"), "templates/a.yaml": "a: b\n"},
    "values-folder": {"values.yaml": None},
    "no-templates": {"values.yaml": "a: b\n"},
}
