"""Go's fmt, strconv, strings, regexp, time and net/url, against answers recorded from Go (by ``asked_go.py``)."""

from __future__ import annotations

import json

import pytest

from tests.functions.asked_go import ANSWERS, GOLDEN, answer, decode

RECORDED = json.loads(GOLDEN.read_text())


@pytest.mark.parametrize("question", sorted(ANSWERS))
def test_answers_as_go_does(question):
    cases = [(args, said) for asked, args, said in RECORDED["cases"] if asked == question]
    wrong = [
        f"{args}\n  go:   {said!r}\n  here: {actual!r}"
        for args, said in (([decode(arg) for arg in encoded], said) for encoded, said in cases)
        if (actual := answer(question, args)) != said
    ]
    assert cases
    assert not wrong, "\n".join(wrong)
