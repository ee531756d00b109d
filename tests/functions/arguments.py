"""Arguments worth trying, by Go type and by function, and random calls made of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pyhelm.functions import lookup, names
from pyhelm.functions.gotypes import Int
from tests.functions.expressions import Call, call

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

TEXTS = [
    "", "a", "abc", "hello world", " x ", "HelloWorld", "foo_bar-baz qux", "h\u00e9llo w\u00f6rld",
    "\u65e5\u672c\u8a9e\u30c6\u30ad\u30b9\u30c8", "\u00df", "\u01c6", "\u0130I", "a\nb\n", "\t\n", "123", "1.0", "-5",
    "0x1F", "010", "08", "1e3", "true", "a,b,c", "/a/b/../c.txt", "\udcff\udcfe", "%s", "\U0001f600x", "1h30m",
    "HTTPServer2xx", "the quick brown fox jumps over the lazy dog", "a.b.c.", "  multiple   spaces  ",
    "\u00c0\u00c9 \u00f1", "1_000", "9223372036854775808", "xX1 yY2", "\x85\xa0a b", "\u0391\u03a3", "\ufb03",
    "a\"b'c\\d<>&\u2028", "null", ".5", "5.", "+5", "Inf", "\U0001fae8",
]  # fmt: skip
INTS = [Int(number) for number in (-3, -1, 0, 1, 2, 3, 5, 10, 100)]
INT64S = [0, 1, -1, 7, 2**62, -(2**63), 2**63 - 1]
FLOATS = [0.0, 1.0, -1.5, 0.5, 2.5, 1e6, 1e21, 1e-7, 123456789.125, math.nan, math.inf, -math.inf, -0.0, 1e300, 2.0**63]
LISTS: list[Any] = [
    [], [Int(1), Int(2), Int(3)], ["a", "b", "a"], [1.0, Int(1), 1, True, "1"], [None, "", 0.0, False, []],
    [["a"], {"a": Int(1)}, ["a"]], ["b", None, "a"], ["\u00e9", "z"],
]  # fmt: skip
MAPS: list[dict[str, Any]] = [
    {}, {"a": Int(1)}, {"a": {"b": {"c": "x"}}, "z": [Int(1)]}, {"b": "", "a": None, "c": False, "d": {}},
    {"k y": "v", "1": 2.5},
]  # fmt: skip
RFC3339 = "2006-01-02T15:04:05Z07:00"
TIME = call("toDate", RFC3339, "2020-02-29T10:11:12.0500+02:00")
ZERO_TIME = call("toDate", RFC3339, "x")
AUTHORITY = call("genCAWithKey", "c", Int(1), call("genPrivateKey", "ecdsa"))
DURATION = call("mustToDuration", "1h2m3.5s")
VERSION = call("semver", "v1.2.3-a+b")
OBJECTS = [
    call("splitList", ",", "b,a,b"), call("until", Int(3)), call("split", ",", "x,y"), VERSION, TIME, DURATION,
    call("rest", []), call("regexFindAll", "x", "y", Int(-1)), call("chunk", Int(2), ["a", "b", "c"]),
]  # fmt: skip
ANYTHING = [*TEXTS[:20], *INTS, *INT64S, *FLOATS, *LISTS, *MAPS, *OBJECTS, None, True, False]
NUMBERS = [
    *INTS, *INT64S, *FLOATS, "5", "1.5", "-3", "abc", "", "1e3", "0x10", "08", "1.0", "1.50", "1_0",
    None, True, [], DURATION,
]  # fmt: skip
KEYS = ["a", "b", "z", "", "k y", "nope"]
PATTERNS = [
    "a", "(", "a+", "[a-z]+", "(?i)HELLO", "x*", "^a|b$", "(a)(b)?", "\\bfoo", "(?P<n>\\w+)-(?P<m>\\w+)", "\\d{2,3}",
    "[", "a{1001}", "*a", "a**", "\\", "(?<x>a)", ".", "\u00e9", "[^a]", "$", "\\pL+", "\\Qa.b\\E", "(?s).+", "|",
    "[z-a]", "\\8", "(?z)", "\\C", "(?:a|ab)(?:c|bcd)", "\\s+", "", "(a*)+", "(|a)*", ")", "\\B",
]  # fmt: skip
MATCHED = [
    "", "a", "hello", "HELLO foo-bar", "aaa bbb", "abcd", "a\nb", "\u00e9a\u65e5\u672c", "foo.bar a.b", "123 4567",
    "xaxbxc", "ab-axxb-", "baaac", "foo foobar", "  ",
]  # fmt: skip
REPLACEMENTS = [
    "", "x", "$1", "${1}W", "$1W", "${n}-$m", "$$", "$", "${", "${1", "$0!", "\\1", "$\u00e9", "$2", "$99", "$01",
]  # fmt: skip
VERSIONS = [
    "1.2.3", "v1.2.3", "1.2", "1", "1.2.3-alpha.1", "1.2.3+meta", "", "a", "1.2.3.4", "01.2.3", "1.0.0-0a",
    "v2.0.0-rc.1+b.2", "18446744073709551616.0.0", "1.2.beta", " 1.2.3",
]  # fmt: skip
CONSTRAINTS = [
    "^1.2", "~1.2.3", ">=1.0 <2.0", ">=1.0.0-0", "*", "1.x", "1.2 - 1.4", "!=1.2.3", "1.2.3 || 2.x", ">1.2",
    "<1.2.3-beta", "=1.2.3", "", "bad", ">= 1.20-0", "~0", "^0.0.3", "<=1.2",
]  # fmt: skip
LAYOUTS = [
    "2006-01-02", RFC3339, "Mon Jan _2 15:04:05 MST 2006", "02/01/06 3:04PM", "Monday, 2 January 2006",
    "15h4m5s .000 .999 ,000000000", "2006-002 __2", "-0700 -07 -07:00:00 Z0700 Z07 -070000 Z070000 Z07:00:00",
    "pm 03 3 1 01", "Jan Janet January Mono Monday", "", "20060102150405", "_2006",
    "2006-01-02 15:04:05.999999999 -0700 MST", "005 0 00 000 .00x .0001",
]  # fmt: skip
DATES = [
    "2020-02-29", "2020-02-30", "2020-02-29T10:11:12Z", "2020-02-29T10:11:12+05:30",
    "2020-02-29T10:11:12.123456789-08:00", "Sat Feb 29 10:11:12 UTC 2020", "Sat Feb  9 10:11:12 PST 2020",
    "Sat feb 9 10:11:12 GMT+3 2020", "29/02/20 3:04PM", "29/02/69 13:04PM", "Saturday, 29 February 2020",
    "2020-060 060", "x", "", "20200229101112", "2020-02-29 10:11:12.5 +0200 CEST", "2020-13-01", "2020-01-01 x",
    "pm 12 12 2 02", "0000-01-01", "2020-02-29T24:00:00Z", "2020-02-29T10:11:12,5Z", "2021-366 366",
]  # fmt: skip
INSTANTS = [0, Int(1), 1582971072, -62135596801, 99999999999, 2**40, TIME, ZERO_TIME]
ZONES = [
    "UTC", "Local", "", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Nope/Zone", "../x", "/x",
    "Australia/Lord_Howe",
]  # fmt: skip
SPANS = [
    "1h", "1h30m", "-1.5h", "300ms", "1us", "1\u00b5s", "1ns", "", "x", "1", "1d", "1h2", "2562047h47m16.854775807s",
    "9999999999h", "0", "+5s", ".5s", "1.s", "1h 2m", "  90s ", "2.5", "1e3", "-0", "NaN", "24h", "8760h1s",
    "720h1ns", "0.000000001h",
]  # fmt: skip
SPAN_LIKE = [
    *SPANS, Int(90), Int(-90), 5400, 2**62, 1.5, -0.25, 1e30, None, True, [], {}, DURATION, math.nan, math.inf, VERSION,
]  # fmt: skip
BASE64 = [
    "aGVsbG8=", "aGVsbG8", "aGVs bG8=", "!!!!", "a", "YQ==", "YQ=", "YQ===", "YWJj\nZGVm", "//79", "_w==", "YR==",
    "YWJjZA==x", "YWJjZA==\n", "=", "aGVsbG8=aGVsbG8=", "YW\r\nJj=",
]  # fmt: skip
BASE32 = [
    "NBSWY3DP", "nbswy3dp", "NBSWY3D", "ME======", "MFRA====", "MFRGG===", "", "M", "ME=====", "ME======x",
    "NBSWY3DP\nNBSWY3DP", "1BSWY3DP", "MF======MF======",
]  # fmt: skip
JSONS = [
    '{"a":1}', "[1,2]", '"x"', "null", "true", "1.5", "", "{", '{"a":}', '{"a":1,}', "[1,]", '{"a" 1}', '{"a":1}x',
    "nul", "01", "1e999", '"\\u00e9\\ud83d\\ude00\\ud800"', '"\x01"', '{"a":{"b":[1,"2",null,true,1e3,-0]}}',
    ' {"z":1,"a":2} ', '{"a":1,"a":2}', '"\\q"', "-", "1.", "1e", '"abc', "{1:2}", "[NaN]", "Infinity",
    '{"big":12345678901234567890}', "[]", "{}", '"\udcff"', "tru", "\ufeff{}", '"\\u12"', '"\\u12zz"', "trux",
    '{"a":1 "b":2}', "[1 2]", '{"a"', '"\\',
]  # fmt: skip
YAMLS = [
    "a: 1", "- a\n- b", "a: [1, 2.5, true, ~, x]", "", "null", "x", "1", "a: 0x10\nb: 010\nc: 1e3\nd: yes\ne: 'q'",
    "a:\n  b: &x {c: 1}\n  d: *x", "a: 1\na: 2", "a: |\n  x\n  y\n", "a: 2020-01-01", "1: a\ntrue: b", "a: b: c", "\t",
]  # fmt: skip
TOMLS = [
    "a = 1", 'a = 1.5\nb = "x"\n[t]\nc = true\n[t.u]\nd = [1, 2]', "[[x]]\na = 1\n[[x]]\na = 2",
    "a = 1979-05-27T07:32:00Z", "a = 1979-05-27", "a = 07:32:00", "", 'a = [1, "x"]', "a = {b = 1}", "a.b.c = 1",
    "a = inf", "a = 0x10", "a = 'lit'\nb = \"\"\"m\nl\"\"\"", "a = 1979-05-27T07:32:00.5-07:00",
]  # fmt: skip
URLS = [
    "http://user:pass@host:8080/a/b?x=1&y=2#frag", "https://example.com", "mailto:a@b.c", "/path/only", "",
    "//host/p", "http://[::1]:80/", "http://[::1%25eth0]/", "http://host:port/", "http://ho st/", "http://h/%zz",
    "http://h/a%2Fb", "a:b", "a b", "http://h/a b?c d#e f", "*", ":x", "http://h?", "http://h/?a#", "1http://x",
    "http://h:80:90/", "ftp://h:80:90/", "http://u@h", "http://u:@h", "http://a@b@c/",
    "http://\u00e9.com/\u00e9?\u00e9#\u00e9", "http://h/\x01", "x/y:z", "x:y/z", "///a", "http:///a", "http:/a",
    "http://[fe80::1", "HTTP://H/", "http://u%40:p%3a@h/", "http://u ser@h/",
]  # fmt: skip
URL_PARTS: list[dict[str, Any]] = [
    {"scheme": "http", "host": "h", "path": "/p"},
    {"scheme": "http", "host": "h:80", "path": "p", "query": "a=b", "fragment": "f r", "userinfo": "u:p"},
    {}, {"path": "a:b"}, {"opaque": "o", "scheme": "s"}, {"host": "h"}, {"path": "/a b%"}, {"scheme": 1.0},
    {"userinfo": "u"}, {"userinfo": "a b"}, {"scheme": "x", "path": "//p"}, {"host": None}, {"path": "*"},
    {"scheme": "s", "path": "p"}, {"host": "\u00e9", "path": "\u00e9", "fragment": "\u00e9#"}, {"scheme": "s"},
]  # fmt: skip
PATHS = [
    "", "/", "a", "a/b", "a/b/", "/a/../b", "../a", "../../a", "/..", "./a", "a//b", "a/./b", "a/b/..", "a.txt", ".a",
    "a.b/c", "a.tar.gz", "/a.", "...", "a/", "//", "\u00e9/\u00fc.x",
]  # fmt: skip
TYPES = [
    "string", "int", "int64", "float64", "[]interface {}", "map[string]interface {}", "semver.Version",
    "*semver.Version", "bool", "<nil>", "time.Time",
]  # fmt: skip
KINDS = ["string", "int", "int64", "float64", "slice", "map", "ptr", "invalid", "bool", "struct"]

BY_TYPE: dict[str, list[Any]] = {
    "string": TEXTS,
    "int": INTS,
    "any": ANYTHING,
    "bool": [True, False],
    "float64": [0.5, 1.0, 0.0, -0.5, 0.9],
    "[]interface {}": LISTS,
    "map[string]interface {}": MAPS,
    "time.Time": [TIME, ZERO_TIME],
}


def _family(*functions: str, pools: list[list[Any]]) -> dict[str, list[list[Any]]]:
    return dict.fromkeys(functions, pools)


_PARTS = [["", "a", "h", " ", "\u00e9\u00df", "x d", "\n", "ad", "l"], TEXTS]
_ONE_NUMBER = ["add1", "add1f", "ceil", "floor", "int", "int64", "float64"]
_TWO_NUMBERS = [
    "sub",
    "div",
    "mod",
    "subf",
    "divf",
    "mul",
    "mulf",
    "max",
    "min",
    "biggest",
    "maxf",
    "minf",
    "add",
    "addf",
]
_SPAN_UNITS = ["Days", "Hours", "Microseconds", "Milliseconds", "Minutes", "Nanoseconds", "Seconds", "Weeks"]
# fmt: off
# Instead of what BY_TYPE has for the function's parameters.
BY_FUNCTION: dict[str, list[list[Any]]] = {
    **_family("regexMatch", "mustRegexMatch", "regexFind", "mustRegexFind", pools=[PATTERNS, MATCHED]),
    **_family(
        "regexFindAll", "mustRegexFindAll", "regexSplit", "mustRegexSplit",
        pools=[PATTERNS, MATCHED, [Int(-1), Int(0), Int(1), Int(2)]],
    ),
    **_family(
        "regexReplaceAll", "mustRegexReplaceAll", "regexReplaceAllLiteral", "mustRegexReplaceAllLiteral",
        pools=[PATTERNS, MATCHED, REPLACEMENTS],
    ),
    "semver": [VERSIONS],
    "semverCompare": [CONSTRAINTS, VERSIONS],
    **_family("toDate", "mustToDate", pools=[LAYOUTS, DATES]),
    "date": [LAYOUTS, INSTANTS],
    **_family("dateInZone", "date_in_zone", pools=[LAYOUTS, INSTANTS, ZONES]),
    "htmlDate": [INSTANTS],
    "htmlDateInZone": [INSTANTS, ZONES],
    **_family("dateModify", "date_modify", "mustDateModify", "must_date_modify", pools=[SPANS, [TIME, ZERO_TIME]]),
    "durationRound": [[*SPANS, 1, 10**18, -(10**15), Int(5), 1.5, None, True, DURATION]],
    "duration": [["1", "95", "-3600", "x", "", str(2**63 - 1), "99999999999999999999", 95, -1, 2**62, Int(5), 1.5]],
    **_family("mustToDuration", *[f"duration{unit}" for unit in _SPAN_UNITS], pools=[SPAN_LIKE]),
    **_family("durationRoundTo", "durationTruncateTo", pools=[SPAN_LIKE, ["1m", "1s", "1h", "0", "-1s", "x", Int(60)]]),
    "b64dec": [BASE64],
    "b32dec": [BASE32],
    **_family("fromJson", "mustFromJson", "fromJsonArray", pools=[JSONS]),
    **_family("fromYaml", "fromYamlArray", pools=[YAMLS]),
    "fromToml": [TOMLS],
    "urlParse": [URLS],
    "urlJoin": [URL_PARTS],
    **_family("base", "dir", "ext", "clean", "isAbs", "osBase", "osDir", "osExt", "osClean", "osIsAbs", pools=[PATHS]),
    "derivePassword": [[Int(1)], ["long", "maximum", "pin", "bad"], ["pw"], ["user", "\u00e9"], ["example.com"]],
    **_family(*_ONE_NUMBER, pools=[NUMBERS]),
    **_family(*_TWO_NUMBERS, pools=[NUMBERS, NUMBERS]),
    "round": [NUMBERS, [Int(places) for places in (-2, -1, 0, 1, 2, 5, 15, 308, 400, -400)]],
    "seq": [INTS, INTS],
    "substr": [INTS, INTS, TEXTS],
    "splitn": [[",", "", " ", "o"], INTS, TEXTS],
    **_family("split", "splitList", pools=[[",", "", " ", "l"], TEXTS]),
    **_family(
        "contains", "hasPrefix", "hasSuffix", "trimAll", "trimall", "trimPrefix", "trimSuffix", pools=_PARTS
    ),
    "replace": [["", "a", " ", "\u00e9", "o"], ["", "X", "\u00e9\u00e9"], TEXTS],
    **_family("get", "hasKey", "unset", "pick", "omit", pools=[MAPS, KEYS]),
    "pluck": [KEYS, MAPS, MAPS],
    "set": [MAPS, KEYS, ANYTHING],
    "wrapWith": [INTS, ["", "|", "\n\n"], TEXTS],
    **_family("typeIs", "typeIsLike", pools=[TYPES, ANYTHING]),
    "kindIs": [KINDS, ANYTHING],
    "decryptAES": [["key"], ["", "x", "YWJj", "MTIzNDU2Nzg5MDEyMzQ1Ng==",
        "MTIzNDU2Nzg5MDEyMzQ1NjEyMzQ1Njc4OTAxMjM0NTY="]],
}
# fmt: on

# What is random, or depends on the time, is called so that the answer is always the same.
# fmt: off
FIXED: list[Call] = [
    call("kindOf", call("now")),
    call("typeOf", call("now")),
    call("kindOf", call("ago", Int(0))),
    call("ago", call("now")),
    call("kindOf", call("uuidv4")),
    call("regexMatch", "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", call("uuidv4")),
    *[call(f"rand{kind}", Int(0)) for kind in ("Alpha", "AlphaNum", "Ascii", "Numeric", "Bytes")],
    *[call(f"rand{kind}", Int(-1)) for kind in ("Alpha", "AlphaNum", "Ascii", "Numeric", "Bytes")],
    *[
        call("regexMatch", f"^{chars}{{40}}$", call(f"rand{kind}", Int(40)))
        for kind, chars in [("Alpha", "[a-zA-Z]"), ("AlphaNum", "[a-zA-Z0-9]"), ("Ascii", "[ -~]"), ("Numeric",
            "[0-9]")]
    ],
    call("randInt", Int(5), Int(6)),
    call("typeOf", call("randInt", Int(5), Int(6))),
    call("randInt", Int(5), Int(5)),
    call("randInt", Int(5), Int(4)),
    call("shuffle", ""),
    call("shuffle", "aaa"),
    call("shuffle", "\udcff"),
    call("bcrypt", "x" * 73),
    call("regexMatch", "^\\$2a\\$10\\$[./A-Za-z0-9]{53}$", call("bcrypt", "x")),
    call("htpasswd", "a:b", "x"),
    call("htpasswd", "u", "x" * 73),
    call("regexMatch", "^u:\\$2a\\$10\\$[./A-Za-z0-9]{53}$", call("htpasswd", "u", "x")),
    call("encryptAES", "key", ""),
    call("decryptAES", "key", call("encryptAES", "key", "h\u00e9llo")),
    call("keys", {}),
    call("keys", {"a": Int(1)}),
    call("keys"),
    call("sortAlpha", call("keys", {"a": Int(1), "c": None}, {"b": Int(2)})),
    call("values", {}),
    call("values", {"a": Int(1)}),
    call("sortAlpha", call("values", {"a": "z", "b": "y"})),
    call("getHostByName", "localhost"),
    call("genPrivateKey", "nope"),
    call("regexMatch", "^-----BEGIN EC PRIVATE KEY-----\n", call("genPrivateKey", "ecdsa")),
    call("regexMatch", "^-----BEGIN PRIVATE KEY-----\n", call("genPrivateKey", "ed25519")),
    call("typeOf", call("genCAWithKey", "ca", Int(1), call("genPrivateKey", "ecdsa"))),
    call("kindOf", call("genSelfSignedCertWithKey", "", [], [], Int(1), call("genPrivateKey", "ed25519"))),
    call("genCAWithKey", "ca", Int(1), ""),
    call("genCAWithKey", "ca", Int(1), "-----BEGIN X-----\n\n-----END X-----\n"),
    call("genCAWithKey", "ca", Int(1), "-----BEGIN X PRIVATE KEY-----\n\n-----END X PRIVATE KEY-----\n"),
    call("kindOf", call("genCA", "ca", Int(-1))),
    call("genSelfSignedCert", "x", [Int(1)], [], Int(1)),
    call("genSelfSignedCert", "x", ["300.1.1.1"], [], Int(1)),
    call("genSelfSignedCert", "x", ["1.2.3.04"], [], Int(1)),
    call("genSelfSignedCert", "x", ["::1%eth0"], [], Int(1)),
    call("genSelfSignedCert", "x", [], [None], Int(1)),
    call("genSelfSignedCert", "x", [], ["\u00e9"], Int(1)),
    call("genSelfSignedCertWithKey", "x", [Int(1)], [], Int(1), ""),
    call("genSignedCert", "x", [], [True], Int(1), AUTHORITY),
    call("genSignedCertWithKey", "x", [], [], Int(1), AUTHORITY, "k"),
    call("buildCustomCert", "!", ""),
    call("buildCustomCert", "", "!"),
    call("buildCustomCert", "", ""),
    call("buildCustomCert", "eA==", "eA=="),
    call("dig"),
    call("dig", "a", {}),
    call("dig", "a", "d", {}),
    call("dig", "a", "b", "d", {"a": {"b": Int(1)}}),
    call("dig", "a", "b", "d", {"a": "x"}),
    call("dig", "a", "b", "d", {"a": None}),
    call("dig", Int(1), "d", {}),
    call("dig", "a", "d", "x"),
    call("dig", "a", "d", None),
    call("slice", ["a", "b", "c"], Int(1), Int(2)),
    call("slice", ["a", "b"], Int(2)),
    call("slice", ["a", "b"], Int(3)),
    call("slice", ["a", "b"], Int(-1)),
    call("round", 2.567, Int(1), 0.9),
    call("minf", -0.0, 0),
    call("minf", 0, -0.0),
    call("maxf", -0.0, 0),
    call("maxf", 0, -0.0),
    call("seq"),
    call("seq", Int(-2)),
    call("seq", Int(1), Int(2), Int(8)),
    call("seq", Int(8), Int(-3), Int(1)),
    call("seq", Int(8), Int(3), Int(1)),
    call("seq", Int(1), Int(2), Int(3), Int(4)),
]
# fmt: on

# Their arguments, made at random, would give answers that are never the same.
ONLY_FIXED = {
    "ago", "bcrypt", "buildCustomCert", "dig", "encryptAES", "genCA", "genCAWithKey", "genPrivateKey",
    "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey", "getHostByName",
    "htpasswd",
    "keys", "now", "randAlpha", "randAlphaNum", "randAscii", "randBytes", "randInt", "randNumeric", "shuffle", "uuidv4",
    "values",
}  # fmt: skip


def random_calls(random: Random, count: int) -> Iterator[Call]:
    """Yield up to ``count`` different calls of each function."""
    for name in sorted(names() - ONLY_FIXED):
        seen: set[str] = set()
        for _ in range(count * 4):
            made = random_call(random, name)
            if str(made) not in seen and len(seen) < count:
                seen.add(str(made))
                yield made


def random_call(random: Random, name: str) -> Call:
    function = lookup(name)
    pools = BY_FUNCTION.get(name)
    if pools is None:
        pools = [BY_TYPE[param] for param in function.params]
    if function.variadic:
        pools = [*pools[:-1], *[pools[-1]] * random.choice([0, 1, 1, 2])]
    return call(name, *[random.choice(pool) for pool in pools])
