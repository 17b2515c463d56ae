"""The process that draws: a line on its input says which picture, its output is that picture."""

import struct
import sys
from dataclasses import dataclass

from .pictures import picture

LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Drawing:
    """Which picture (pictures.picture)."""

    kind: str
    scene: int
    stage: str
    dim: bool = False

    def line(self) -> bytes:
        """As the process is asked for it."""
        return f"{self.kind}\t{self.scene}\t{self.stage}\t{self.dim:d}\n".encode()

    @classmethod
    def read(cls, line: bytes) -> "Drawing":
        """The other way round."""
        kind, scene, stage, dim = line.decode().rstrip("\n").split("\t")
        return cls(kind, int(scene), stage, dim == "1")

    def draw(self) -> bytes:
        """A JPEG."""
        return picture(self.kind, self.scene, stage=self.stage, dim=self.dim)


def main() -> None:
    """Draw until nobody asks any more."""
    for line in sys.stdin.buffer:
        data = Drawing.read(line).draw()
        sys.stdout.buffer.write(LENGTH.pack(len(data)) + data)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
