import {rasterise, type Stroke} from '../../examples/browser/shared/strokes';

/** A three, roughly: neither symmetric nor in the middle. */
const three: Stroke[] = [
  [
    [0.3, 0.2],
    [0.55, 0.15],
    [0.6, 0.3],
    [0.42, 0.45],
  ],
  [
    [0.42, 0.45],
    [0.66, 0.6],
    [0.5, 0.8],
    [0.28, 0.7],
  ],
];

const sizes: Array<[rows: number, columns: number]> = [
  [8, 8],
  [28, 28],
  [5, 4],
  [20, 30],
];

describe('A drawing as an image', () => {
  for (const [rows, columns] of sizes) {
    const image = rasterise(three, rows, columns);

    it(`has ${rows}×${columns} shares of 16 points, and some ink`, () => {
      expect(image.length).toBe(rows * columns);
      for (const value of image) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        expect(16 * value).toBe(Math.round(16 * value));
      }
      expect(Math.max(...image)).toBeGreaterThan(0.5);
    });

    it(`is the same wherever and however large it was drawn, for ${rows}×${columns}`, () => {
      // Powers of two keep every digit.
      const moved = mapped(three, ([x, y]) => [x / 4 + 0.5, y / 4 + 0.125]);
      expect(differing(rasterise(moved, rows, columns), image)).toBeLessThan(0.02);
    });

    it(`does not depend on the order and the direction of strokes, for ${rows}×${columns}`, () => {
      const backwards = [...three].reverse().map((stroke) => [...stroke].reverse());
      expect(differing(rasterise(backwards, rows, columns), image)).toBeLessThan(0.02);
    });

    it(`does not depend on how many points a straight line has, for ${rows}×${columns}`, () => {
      const finer = three.map((stroke) =>
        stroke.flatMap(([x, y], i): Stroke => {
          const [x0, y0] = stroke[Math.max(0, i - 1)];
          return [
            [(x0 + x) / 2, (y0 + y) / 2],
            [x, y],
          ];
        }),
      );
      expect(differing(rasterise(finer, rows, columns), image)).toBeLessThan(0.02);
    });

    it(`is mirrored if the drawing is, for ${rows}×${columns}`, () => {
      const mirrored = rasterise(
        mapped(three, ([x, y]) => [-x, y]),
        rows,
        columns,
      );
      const back = image.map(
        (_, i) => mirrored[columns * Math.floor(i / columns) + columns - 1 - (i % columns)],
      );
      expect(differing(back, image)).toBeLessThan(0.02);
    });
  }

  it('of nothing is black', () => {
    expect(rasterise([], 8, 8)).toEqual(new Float32Array(64));
    expect(rasterise([[]], 28, 28)).toEqual(new Float32Array(784));
  });

  it('of a point is a dot in the middle, as large as the pen', () => {
    for (const [rows, pen] of [
      [16, 0.08],
      [28, 0.045],
    ]) {
      const image = rasterise([[[0.9, 0.1]]], rows, rows);
      const ink = image.reduce((sum, value) => sum + value, 0);
      expect(ink / (Math.PI * (pen * rows) ** 2)).toBeCloseTo(1, 0);
      const [x, y] = centreOf(image, rows, rows);
      expect(x).toBeCloseTo(rows / 2, 1);
      expect(y).toBeCloseTo(rows / 2, 1);
    }
  });

  it('fills small frames from edge to edge, as the bundled digits do', () => {
    const {top, bottom} = extentOf(rasterise(three, 8, 8), 8, 8);
    expect([top, bottom]).toEqual([0, 7]);
    const wide = extentOf(
      rasterise(
        [
          [
            [0, 0.5],
            [1, 0.5],
          ],
        ],
        8,
        8,
      ),
      8,
      8,
    );
    expect([wide.left, wide.right]).toEqual([0, 7]);
  });

  it('is 20 rows high in 28, and its ink is centred, as those of MNIST', () => {
    const image = rasterise(three, 28, 28);
    const {top, bottom} = extentOf(image, 28, 28);
    expect(Math.abs(bottom - top + 1 - 20)).toBeLessThanOrEqual(1);
    const [x, y] = centreOf(image, 28, 28);
    expect(Math.abs(x - 14)).toBeLessThan(0.2);
    expect(Math.abs(y - 14)).toBeLessThan(0.2);
  });
});

function mapped(strokes: Stroke[], to: (point: [number, number]) => [number, number]): Stroke[] {
  return strokes.map((stroke) => stroke.map(to));
}

/** Mean difference of the pixels: a point on the very edge of the pen may be rounded either way. */
function differing(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, i) => sum + Math.abs(value - other[i]), 0) / one.length;
}

function centreOf(image: Float32Array, rows: number, columns: number): [x: number, y: number] {
  let [x, y, ink] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = image[row * columns + column];
      x += value * (column + 0.5);
      y += value * (row + 0.5);
      ink += value;
    }
  }
  return [x / ink, y / ink];
}

function extentOf(image: Float32Array, rows: number, columns: number) {
  const hasInk = (index: (row: number, column: number) => boolean) =>
    [...image.keys()].some((i) => image[i] > 0 && index(Math.floor(i / columns), i % columns));
  const inked = [...Array(rows).keys()].filter((at) => hasInk((row) => row === at));
  const across = [...Array(columns).keys()].filter((at) => hasInk((_, column) => column === at));
  return {
    top: inked[0],
    bottom: inked[inked.length - 1],
    left: across[0],
    right: across[across.length - 1],
  };
}
