import pytest

from pyhelm.errors import ReleaseNameError
from pyhelm.release import names

RULE = (
    r"invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ "
    "and the length must not be longer than 53"
)


@pytest.mark.parametrize("name", ["a", "web", "web-1", "a.b-c.d", "0", "x" * 53])
def test_legal_names(name):
    assert names.problem_of(name) == ""
    names.validate(name)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        pytest.param("", "no name provided", id="empty"),
        pytest.param("Web", RULE, id="capital"),
        pytest.param("-web", RULE, id="dash-first"),
        pytest.param("web-", RULE, id="dash-last"),
        pytest.param("a..b", RULE, id="two-dots"),
        pytest.param("web\n", RULE, id="newline-last"),
        pytest.param("ü", RULE, id="umlaut"),
        pytest.param("x" * 54, RULE, id="too-long"),
    ],
)
def test_illegal_names(name, problem):
    assert names.problem_of(name) == problem
    with pytest.raises(ReleaseNameError) as caught:
        names.validate(name, message='release name "{name}": {reason}')
    assert str(caught.value) == f'release name "{name}": {problem}'


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        pytest.param("charts/web", "web-1700000000", id="folder"),
        pytest.param("charts/web/", "web-1700000000", id="trailing-slash"),
        pytest.param("repo/web", "web-1700000000", id="repository"),
        pytest.param("web-1.2.3.tgz", "web-1-1700000000", id="archive"),
        pytest.param(".", "chart-1700000000", id="here"),
        pytest.param("", "chart-1700000000", id="nothing"),
    ],
)
def test_generated_names(reference, name):
    assert names.generate(reference, 1_700_000_000) == name
