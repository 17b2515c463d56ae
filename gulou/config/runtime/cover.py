"""`gulou cover`: what older photos lack: fingerprints to be found by, and a look for faces and plates."""

from gulou.photos import jobs, likeness


def cover() -> int:
    """Do it; to be stopped and started again at will."""
    print(f"{likeness.note_all()} fingerprints.", flush=True)
    done = jobs.look_at_all(lambda at, of: print(f"\r{at} / {of}", end="", flush=True))
    print(f"\nLooked at {done}.", flush=True)
    return 0
