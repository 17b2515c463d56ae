// What a finger draws on a photo: arrow, circle, cover. In shares of the picture, so any size fits.
export type Tool = "arrow" | "circle" | "cover";
export interface Mark {
  tool: Tool;
  from: [number, number];
  to: [number, number];
}

const RED = "#e03524";
const COVER = "#1a1d20";

/** Draw the marks on a canvas of this size. */
export function draw(
  pen: CanvasRenderingContext2D,
  marks: Mark[],
  width: number,
  height: number,
): void {
  const thick = Math.max(4, Math.round(Math.max(width, height) / 160));
  for (const { tool, from, to } of marks) {
    const [ax, ay, bx, by] = [from[0] * width, from[1] * height, to[0] * width, to[1] * height];
    if (tool === "cover") {
      pen.fillStyle = COVER;
      pen.fillRect(Math.min(ax, bx), Math.min(ay, by), Math.abs(bx - ax), Math.abs(by - ay));
      continue;
    }
    const path = tool === "circle" ? ellipse(ax, ay, bx, by) : arrow(ax, ay, bx, by, thick * 5);
    pen.lineCap = "round";
    pen.lineJoin = "round";
    for (const [colour, width] of [
      ["#ffffff", thick * 2],
      [RED, thick],
    ] as const) {
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.stroke(path);
    }
  }
}

/** Whether it is more than a slip of the finger. */
export function isMeant({ from, to }: Mark): boolean {
  return Math.hypot(to[0] - from[0], to[1] - from[1]) > 0.02;
}

function ellipse(ax: number, ay: number, bx: number, by: number): Path2D {
  const path = new Path2D();
  path.ellipse((ax + bx) / 2, (ay + by) / 2, Math.abs(bx - ax) / 2, Math.abs(by - ay) / 2, 0, 0, 7);
  return path;
}

function arrow(ax: number, ay: number, bx: number, by: number, head: number): Path2D {
  const path = new Path2D();
  const turn = Math.atan2(by - ay, bx - ax);
  path.moveTo(ax, ay);
  path.lineTo(bx, by);
  for (const side of [0.5, -0.5]) {
    path.moveTo(bx, by);
    path.lineTo(bx - head * Math.cos(turn + side), by - head * Math.sin(turn + side));
  }
  return path;
}
