"""Versions and constraints, compared with the real Helm's semver functions."""

from __future__ import annotations

import json
import random
import subprocess

import pytest

from pyhelm.chart import semver
from pyhelm.errors import VersionError


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("1.2.3", "1.2.3", id="full"),
        pytest.param("v1.2.3", "1.2.3", id="v"),
        pytest.param("1", "1.0.0", id="major-only"),
        pytest.param("1.2", "1.2.0", id="no-patch"),
        pytest.param("01.02.03", "1.2.3", id="leading-zeros"),
        pytest.param("1.2.3-rc.1+b.7", "1.2.3-rc.1+b.7", id="prerelease-and-metadata"),
        pytest.param("1-rc", "1.0.0-rc", id="prerelease-of-a-major"),
    ],
)
def test_parse(text, shown):
    version = semver.parse(text)
    assert (str(version), version.original) == (shown, text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "invalid semantic version", id="empty"),
        pytest.param("x", "invalid semantic version", id="letters"),
        pytest.param("1.2.3.4", "invalid semantic version", id="four-numbers"),
        pytest.param("1.2.3\n", "invalid semantic version", id="trailing-newline"),
        pytest.param("1.2.3-01", "version segment starts with 0", id="leading-zero-in-prerelease"),
        pytest.param(
            "99999999999999999999",
            'error parsing version segment: strconv.ParseUint: parsing "99999999999999999999": value out of range',
            id="more-than-64-bits",
        ),
    ],
)
def test_parse_refuses(text, reason):
    with pytest.raises(VersionError) as caught:
        semver.parse(text)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", "version string empty", id="empty"),
        pytest.param("1.2", "invalid semantic version", id="two-numbers"),
        pytest.param("v1.2.3", "invalid characters in version", id="v"),
        pytest.param("1.02.3", "version segment starts with 0", id="leading-zero"),
        pytest.param("1.2.3-a..b", "invalid prerelease string", id="empty-identifier"),
        pytest.param("1.2.3+a_b", "invalid metadata string", id="metadata"),
    ],
)
def test_parse_strict_refuses(text, reason):
    with pytest.raises(VersionError) as caught:
        semver.parse_strict(text)
    assert caught.value.reason == reason


def test_precedence():
    ordered = ["1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta", "1.0.0", "1.0.1", "2"]
    versions = [semver.parse(text) for text in ordered]
    shuffled = versions[3:] + versions[:3]
    assert sorted(shuffled) == versions
    assert semver.parse("1.0.0+a") == semver.parse("1.0.0+b")
    assert hash(semver.parse("1.0.0+a")) == hash(semver.parse("1.0.0+b"))


@pytest.mark.parametrize(
    ("constraint", "yes", "no"),
    [
        pytest.param("^1.2.3", ["1.2.3", "1.9.0"], ["1.2.2", "2.0.0", "1.3.0-rc1"], id="caret"),
        pytest.param("^0.2.3", ["0.2.9"], ["0.3.0"], id="caret-below-1"),
        pytest.param("~1.2", ["1.2.9"], ["1.3.0"], id="tilde"),
        pytest.param("1.2", ["1.2.9"], ["1.3.0"], id="open-patch"),
        pytest.param(">=1.0.0-0", ["1.0.0-rc", "2.0.0-rc"], ["0.9.0"], id="prereleases-asked-for"),
        pytest.param("*", ["0.0.0", "3.4.5"], ["3.4.5-rc"], id="any"),
        pytest.param("1.0 - 2.0", ["1.0.0", "2.0.9"], ["2.1.0"], id="hyphen"),
        pytest.param(">1, <3 || 5", ["2.0.0", "5.1.0"], ["1.5.0", "4.0.0"], id="groups"),
        pytest.param("!=1.2.x", ["1.3.0"], ["1.2.7"], id="not-open"),
    ],
)
def test_constraint(constraint, yes, no):
    parsed = semver.parse_constraint(constraint)
    assert [text for text in yes if not parsed.check(semver.parse(text))] == []
    assert [text for text in no if parsed.check(semver.parse(text))] == []


def test_constraint_refused():
    with pytest.raises(VersionError) as caught:
        semver.parse_constraint("1.x || >> 2")
    assert caught.value.reason == 'improper constraint: " >> 2"'


def test_matches_is_false_for_nonsense():
    assert not semver.matches("", "1.0.0")
    assert not semver.matches("*", "one")
    assert semver.matches("1.x", "1.2.3")


def test_hostile_constraint_is_refused_quickly():
    with pytest.raises(VersionError):
        semver.parse_constraint("1" + "   1" * 5_000 + "&")


def test_agrees_with_helm(helm, tmp_path):
    dice = random.Random(20261123)
    cases = [{"c": _constraint(dice), "v": _version(dice)} for _ in range(600)]
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
    usable = []
    for case in cases:
        try:
            expected = semver.parse_constraint(case["c"]).check(semver.parse(case["v"]))
        except VersionError:
            continue
        usable.append((case, expected))
    assert len(usable) > 300
    template = "a: b\n{{ range .Values.x }}# {{ semverCompare .c .v }} {{ (semver .v).Prerelease }}\n{{ end }}"
    (tmp_path / "templates" / "t.yaml").write_text(template)
    (tmp_path / "values.yaml").write_text(json.dumps({"x": [case for case, _ in usable]}))
    shown = subprocess.run([helm, "template", "r", tmp_path], capture_output=True, text=True, check=True).stdout
    answers = [line.removeprefix("# ") for line in shown.splitlines() if line.startswith(("# true", "# false"))]
    ours = [f"{str(expected).lower()} {semver.parse(case['v']).prerelease}" for case, expected in usable]
    assert [pair for pair in zip(ours, answers, usable, strict=True) if pair[0] != pair[1]] == []


def _version(dice, *, wild=False):
    def number():
        return dice.choice("xX*") if wild and dice.random() < 0.2 else dice.choice(["0", "1", "2", "3", "10", "01"])

    text = dice.choice(["", "", "v"]) + ".".join(number() for _ in range(dice.choice([1, 2, 3, 3, 3])))
    if dice.random() < 0.35:
        text += "-" + ".".join(dice.choice(["alpha", "1", "rc", "10", "-1"]) for _ in range(dice.choice([1, 2])))
    return text + dice.choice(["", "", "+b.1"])


def _constraint(dice):
    def one():
        if dice.random() < 0.1:
            return f"{_version(dice, wild=True)} - {_version(dice, wild=True)}"
        operator = dice.choice(["", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^"])
        return operator + dice.choice(["", " "]) + _version(dice, wild=True)

    return dice.choice([" || ", "||"]).join(
        dice.choice([" ", ", ", ","]).join(one() for _ in range(dice.choice([1, 1, 2])))
        for _ in range(dice.choice([1, 1, 2]))
    )
