"""`gulou cover`: look for faces and plates in every photo that nobody has looked at yet."""

from gulou.photos import jobs


def cover() -> int:
    """Do it; to be stopped and started again at will."""
    done = jobs.look_at_all(lambda at, of: print(f"\r{at} / {of}", end="", flush=True))
    print(f"\nLooked at {done}.", flush=True)
    return 0
