"""Slash-separated paths, as Go's packages ``path`` and (on Linux) ``path/filepath``."""

from __future__ import annotations

from pyhelm.functions.registry import Function, table


def _base(path: str) -> str:
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


def _clean(path: str) -> str:
    """Return the shortest path that means the same: no ``.``, no ``x/..``, no double slashes (``path.Clean``)."""
    if not path:
        return "."
    rooted = path.startswith("/")
    kept: list[str] = []
    for part in path.split("/"):
        if part in {"", "."}:
            continue
        if part != "..":
            kept.append(part)
        elif kept and kept[-1] != "..":
            kept.pop()
        elif not rooted:
            kept.append(part)
    return ("/" if rooted else "") + "/".join(kept) or "."


def _dir(path: str) -> str:
    return _clean(path[: path.rfind("/") + 1])


def _ext(path: str) -> str:
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    return name[dot:] if dot >= 0 else ""


def _is_abs(path: str) -> bool:
    return path.startswith("/")


_ONE = ("string",)
FUNCTIONS = table(
    [
        Function("base", _base, _ONE, returns="string"),
        Function("clean", _clean, _ONE, returns="string"),
        Function("dir", _dir, _ONE, returns="string"),
        Function("ext", _ext, _ONE, returns="string"),
        Function("isAbs", _is_abs, _ONE, returns="bool"),
        Function("osBase", _base, _ONE, returns="string"),
        Function("osClean", _clean, _ONE, returns="string"),
        Function("osDir", _dir, _ONE, returns="string"),
        Function("osExt", _ext, _ONE, returns="string"),
        Function("osIsAbs", _is_abs, _ONE, returns="bool"),
    ]
)
