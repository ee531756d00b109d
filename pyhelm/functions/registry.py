"""Find a template function by name, and know how Go declares it.

The engines check calls against ``params`` and so fail with text/template's own messages (number, types of arguments).
Each subject's module is imported when one of its functions is first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from random import Random


class Host(Protocol):
    """What impure functions get from whoever renders: time, randomness and the permission to resolve host names."""

    random: Random
    enable_dns: bool

    def now(self) -> datetime:
        """Return the time of rendering, in its local zone."""


@dataclass(frozen=True, slots=True)
class Function:
    """A template function and its Go signature.

    Attributes:
        params: Go types of the parameters (``string``, ``int``, ``[]string``, ``any``…); the last one repeats when
            ``variadic``.
        returns: The Go type of the result.
        impure: ``call`` takes a ``Host`` as first argument.
    """

    name: str
    call: Callable[..., Any]
    params: tuple[str, ...] = ()
    variadic: bool = False
    returns: str = "any"
    impure: bool = False


# Subject (a module of this package) -> the functions it has.
_INDEX = {
    "strings": """
        abbrev abbrevboth camelcase cat contains hasPrefix hasSuffix hello indent initials join kebabcase lower
        nindent nospace plural quote repeat replace snakecase sortAlpha split splitList splitn squote substr
        swapcase title toString toStrings trim trimAll trimPrefix trimSuffix trimall trunc untitle upper wrap
        wrapWith
    """,
    "defaults": "all any coalesce default empty ternary",
    "lists": """
        append chunk compact concat first has initial last list mustAppend mustChunk mustCompact mustFirst mustHas
        mustInitial mustLast mustPrepend mustPush mustRest mustReverse mustSlice mustUniq mustWithout prepend push
        rest reverse slice tuple uniq without
    """,
    "dicts": """
        deepCopy dict dig get hasKey keys merge mergeOverwrite mustDeepCopy mustMerge mustMergeOverwrite omit pick
        pluck set unset values
    """,
    "arithmetic": """
        add add1 add1f addf atoi biggest ceil div divf float64 floor int int64 max maxf min minf mod mul mulf round
        seq sub subf toDecimal until untilStep
    """,
    "reflection": "deepEqual kindIs kindOf typeIs typeIsLike typeOf",
    "encoding": "b32dec b32enc b64dec b64enc",
    "gojson": """
        fromJson fromJsonArray mustFromJson mustToJson mustToPrettyJson mustToRawJson toJson toPrettyJson toRawJson
    """,
    "goyaml": "fromYaml fromYamlArray mustToYaml toYaml toYamlPretty",
    "gotoml": "fromToml mustToToml toToml",
    "digests": "adler32sum sha1sum sha256sum sha512sum",
    "crypto": "bcrypt decryptAES derivePassword encryptAES htpasswd",
    "certificates": """
        buildCustomCert genCA genCAWithKey genPrivateKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert
        genSignedCertWithKey
    """,
    "randomness": "randAlpha randAlphaNum randAscii randBytes randInt randNumeric shuffle uuidv4",
    "dates": """
        ago date dateInZone dateModify date_in_zone date_modify htmlDate htmlDateInZone mustDateModify mustToDate
        must_date_modify now toDate unixEpoch
    """,
    "durations": """
        duration durationDays durationHours durationMicroseconds durationMilliseconds durationMinutes
        durationNanoseconds durationRound durationRoundTo durationSeconds durationTruncateTo durationWeeks
        mustToDuration
    """,
    "regex": """
        mustRegexFind mustRegexFindAll mustRegexMatch mustRegexReplaceAll mustRegexReplaceAllLiteral mustRegexSplit
        regexFind regexFindAll regexMatch regexQuoteMeta regexReplaceAll regexReplaceAllLiteral regexSplit
    """,
    "semver": "semver semverCompare",
    "paths": "base clean dir ext isAbs osBase osClean osDir osExt osIsAbs",
    "urls": "urlJoin urlParse",
    "network": "getHostByName",
}
_SUBJECT_OF = {name: subject for subject, functions in _INDEX.items() for name in functions.split()}
_loaded: dict[str, Function] = {}


def lookup(name: str) -> Function | None:
    """Return the function of that name, or ``None``; its subject's module is imported if it was not yet."""
    found = _loaded.get(name)
    if found is None and name in _SUBJECT_OF:
        module = import_module(f"pyhelm.functions.{_SUBJECT_OF[name]}")
        _loaded.update(module.FUNCTIONS)
        found = _loaded[name]
    return found


def names() -> frozenset[str]:
    """Return the names of all functions of this package."""
    return frozenset(_SUBJECT_OF)


def table(functions: Iterable[Function]) -> dict[str, Function]:
    """Return ``functions`` by name: what a subject's module exports as ``FUNCTIONS``."""
    return {function.name: function for function in functions}
