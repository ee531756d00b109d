"""Rules that say whether a chart is good, and why not; above ``template`` because they render.

Belongs here: the rules and what they report. Not here: how a report is printed.
"""

from pyhelm.lint.messages import LintResult, Message, Severity
from pyhelm.lint.run import LintOptions, lint, subcharts

__all__ = ["LintOptions", "LintResult", "Message", "Severity", "lint", "subcharts"]
