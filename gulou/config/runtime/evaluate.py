"""`gulou evaluate …`: what the house finds by itself, against what people have marked."""

import argparse
import sys

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


def _progress(at: int, of: int) -> None:
    print(f"\r{at} / {of} ", end="", file=sys.stderr, flush=True)
