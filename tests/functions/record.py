"""Record what real Helm makes of calls of every function: ``python -m tests.functions.record HELM``."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.functions.arguments import FIXED, random_calls
from tests.functions.expressions import outcomes_in_helm, to_json

GOLDEN = Path(__file__).parent / "golden" / "helm.json"
PER_FUNCTION = 10
AT_ONCE = 200


def main() -> None:
    helm = Path(sys.argv[1])
    version = subprocess.run([helm, "version", "--short"], capture_output=True, check=True, text=True).stdout.strip()
    calls = [*FIXED, *random_calls(random.Random(2024), PER_FUNCTION)]
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(calls), AT_ONCE):
            part = calls[start : start + AT_ONCE]
            for made, outcome in zip(part, outcomes_in_helm(helm, Path(folder), part), strict=True):
                if not outcome.text.startswith("REFUSED"):
                    lines.append(json.dumps([*to_json(made)["call"], outcome.type, outcome.text]))
    head = json.dumps({"recorded_from": f"helm {version}"})[:-1]
    GOLDEN.write_text(f'{head}, "cases": [\n' + ",\n".join(lines) + "\n]}\n")


if __name__ == "__main__":
    main()
