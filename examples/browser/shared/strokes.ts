/** A line drawn without lifting the pen: points x, y, as they came. */
export type Stroke = Array<[x: number, y: number]>;

/**
 * A drawing as an image in the manner of the data: as large as its digits are, in the middle, in
 * white on black, with as thick a pen.
 *
 * A pixel is the share of 4×4 points in it that the pen has covered, as in the bundled digits. Images
 * of up to 16 rows fill their frame as these do; larger ones leave a border, and have the centre of
 * their ink in the middle, as MNIST's.
 *
 * @returns `[rows · columns]`, each in [0, 1].
 */
export function rasterise(strokes: Stroke[], rows: number, columns: number): Float32Array {
  const points = strokes.flat();
  if (points.length === 0) return new Float32Array(rows * columns);
  const {fill, pen, centre} = rows <= 16 ? styles.small : styles.large;
  const [height, width] = [rows * FINE, columns * FINE];
  const radius = pen * Math.min(height, width);
  const fitted = fit(strokes, fill * height - 2 * radius, fill * width - 2 * radius);
  const drawn = paint(placed(fitted, boxCentre(fitted), height, width), radius, height, width);
  if (centre === 'box') return averaged(drawn, rows, columns);
  const mass = inkCentre(drawn, width);
  const [dx, dy] = [width / 2 - mass[0], height / 2 - mass[1]];
  const shifted = placed(fitted, boxCentre(fitted), height, width).map((stroke) =>
    stroke.map(([x, y]): [number, number] => [x + dx, y + dy]),
  );
  return averaged(paint(shifted, radius, height, width), rows, columns);
}

const FINE = 4;

const styles = {
  small: {fill: 1, pen: 0.08, centre: 'box'},
  large: {fill: 20 / 28, pen: 0.045, centre: 'ink'},
} as const;

/** The strokes so large that they just fit into a box, with their proportions. */
function fit(strokes: Stroke[], height: number, width: number): Stroke[] {
  const [left, top, right, bottom] = boundsOf(strokes);
  // A dot has no size.
  const scale = Math.min(
    width / Math.max(right - left, 1e-6),
    height / Math.max(bottom - top, 1e-6),
    Math.max(width, height) / Math.max(right - left, bottom - top, 1e-3),
  );
  return strokes.map((stroke) => stroke.map(([x, y]) => [x * scale, y * scale]));
}

function boundsOf(strokes: Stroke[]): [left: number, top: number, right: number, bottom: number] {
  const xs = strokes.flatMap((stroke) => stroke.map(([x]) => x));
  const ys = strokes.flatMap((stroke) => stroke.map(([, y]) => y));
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function boxCentre(strokes: Stroke[]): [number, number] {
  const [left, top, right, bottom] = boundsOf(strokes);
  return [(left + right) / 2, (top + bottom) / 2];
}

/** With a point of theirs in the middle of a frame. */
function placed(strokes: Stroke[], [x0, y0]: [number, number], height: number, width: number) {
  return strokes.map((stroke) =>
    stroke.map(([x, y]): [number, number] => [x - x0 + width / 2, y - y0 + height / 2]),
  );
}

/** 1 where the pen has been. */
function paint(strokes: Stroke[], radius: number, height: number, width: number): Uint8Array {
  const drawn = new Uint8Array(height * width);
  const segments = strokes.flatMap((stroke) =>
    stroke.map((point, i): [number, number, number, number] => [
      ...stroke[Math.max(0, i - 1)],
      ...point,
    ]),
  );
  for (const [x0, y0, x1, y1] of segments) {
    const low = Math.max(0, Math.floor(Math.min(y0, y1) - radius));
    const high = Math.min(height - 1, Math.ceil(Math.max(y0, y1) + radius));
    const left = Math.max(0, Math.floor(Math.min(x0, x1) - radius));
    const right = Math.min(width - 1, Math.ceil(Math.max(x0, x1) + radius));
    for (let y = low; y <= high; y++) {
      for (let x = left; x <= right; x++) {
        const near = distance(x + 0.5, y + 0.5, x0, y0, x1, y1) <= radius;
        if (near) drawn[y * width + x] = 1;
      }
    }
  }
  return drawn;
}

/** Of a point from a segment. */
function distance(x: number, y: number, x0: number, y0: number, x1: number, y1: number): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((x - x0) * dx + (y - y0) * dy) / length;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
}

function inkCentre(drawn: Uint8Array, width: number): [number, number] {
  let [x, y, ink] = [0, 0, 0];
  for (const [i, on] of drawn.entries()) {
    if (on === 0) continue;
    x += (i % width) + 0.5;
    y += Math.floor(i / width) + 0.5;
    ink++;
  }
  return [x / ink, y / ink];
}

function averaged(drawn: Uint8Array, rows: number, columns: number): Float32Array {
  const pixels = new Float32Array(rows * columns);
  const width = columns * FINE;
  for (const [i, on] of drawn.entries()) {
    const [row, column] = [Math.floor(i / width / FINE), Math.floor((i % width) / FINE)];
    pixels[row * columns + column] += on / FINE ** 2;
  }
  return pixels;
}
