"""`gulou evaluate …`: what the house finds by itself, against what people have marked."""

import argparse
import sys

from gulou.imports.past import duplicates as repeated
from gulou.imports.past.mapping import read_mapping
from gulou.kit.errors import Refusal
from gulou.photos import evaluate


def covers(asked: argparse.Namespace) -> int:
    """Recall and false alarms of faces and plates on a folder of pictures with boxes."""
    try:
        tally = evaluate.evaluate(asked.folder, asked.boxes, progress=_progress)
    except evaluate.BadBoxes as error:
        print(f"gulou: {error}", file=sys.stderr)
        return 2
    print("\r" + "\n".join(evaluate.told(tally)), flush=True)
    return 0


def duplicates(asked: argparse.Namespace) -> int:
    """Precision and recall of suggested duplicates on a file in which they are flagged."""
    curves = []
    try:
        mapping = read_mapping(asked.mapping)
        for metres in dict.fromkeys((0.0, asked.scatter)):
            curve = repeated.evaluate(
                asked.file, mapping, since=asked.since, before=asked.before, scatter_m=metres,
                progress=_progress,
            )  # fmt: skip
            name = f"places moved by {metres:g} m" if metres else "as in the file"
            curves.append((name, curve))
    except Refusal as refusal:
        print(f"gulou: {refusal.message}", file=sys.stderr)
        return 1
    for name, curve in curves:
        print(f"\r{name}: " + "\n".join(repeated.sentences(curve, mapping)) + "\n", flush=True)
    if asked.svg:
        asked.svg.write_text(repeated.drawing(curves), encoding="utf-8")
    return 0


def _progress(at: int, of: int) -> None:
    print(f"\r{at} / {of} ", end="", file=sys.stderr, flush=True)
