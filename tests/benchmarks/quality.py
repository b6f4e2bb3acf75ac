"""Measures the search on the golden questions, and guards the recorded figures.

    uv run python -m tests.benchmarks.quality            # print the table
    uv run python -m tests.benchmarks.quality --check    # status 1 when a figure fell; CI runs this
    uv run python -m tests.benchmarks.quality --record   # after an improvement

Builds the index of the shipped corpus in data/index if it is not current; with embeddings that takes a few
minutes the first time.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from indexer import Index, Vectors, build
from indexer.embeddings import LocalE5
from tests.auxil.golden import FOLDER
from tests.auxil.quality import Quality, measure_all, table

RECORDED = FOLDER / "recorded.json"
#: Languages of the network's other countries, in which there are no briefs.
NEIGHBOURS = ("sv", "nb", "da", "is", "de", "pl", "uk")
_ROOT = Path(__file__).parents[2]


def main() -> int:
    """Measure, print, and record or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=_ROOT / "data" / "index")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    embedder = LocalE5()
    index = Index(build(_ROOT / "corpus", options.index, embedder).generation)

    def embed(text: str, lang: str) -> Vectors:
        return embedder.questions([index.spelled(text, lang)])[0]

    results = {}
    for name, given in (("fused", embed), ("bm25", None)):
        for held_back in (False, True):
            rows = measure_all(index, given, held_back=held_back)
            print(f"\n{name}, {'held-back' if held_back else 'tuning'} half\n\n{table(rows)}")
            if held_back:
                results[name] = rows
    rows = measure_all(index, embed, held_back=True, langs=NEIGHBOURS)
    print(f"\nfused, held-back half, languages without briefs: the right brief\n\n{table(rows)}")
    if options.record:
        data = {name: [asdict(row) for row in rows] for name, rows in results.items()}
        RECORDED.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    fallen = fell(results) if options.check else []
    for line in fallen:
        print(line)
    return 1 if fallen else 0


def fell(results: dict[str, list[Quality]]) -> list[str]:
    """A sentence for each figure that lies more than its interval below the recorded one."""
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    found = []
    for name, rows in results.items():
        before = {entry["lang"]: entry for entry in recorded[name]}
        for row in rows:
            was = before[row.lang]
            for number, key in enumerate(("success", "ndcg")):
                floor = was[key] - was["interval"][number]
                if getattr(row, key) < floor:
                    found.append(
                        f"{name} {row.lang}: {key} is {getattr(row, key):.3f}, recorded {was[key]:.3f}, "
                        f"floor {floor:.3f}. If this is meant, run this command with --record and say why."
                    )
            for key, sign in (("declined_in", 1), ("declined_out", -1)):
                if sign * (getattr(row, key) - was[key]) > 0.05:
                    found.append(f"{name} {row.lang}: {key} is {getattr(row, key):.1%}, recorded {was[key]:.1%}.")
    return found


if __name__ == "__main__":
    sys.exit(main())
