import {
  diagonal,
  identity,
  inverse,
  type Matrix,
  norm,
  product,
  randomMatrix,
  scaled,
  spectralRadius,
  sum,
  transposed,
} from './float64';

describe('float64', () => {
  const a = randomMatrix(5, 5, 1);
  const distance = (b: Matrix, c: Matrix) => norm(sum(b, scaled(c, -1)));

  it('inverts: A A⁻¹ = I, also where the first pivot is zero', () => {
    const swap = [
      [0, 2],
      [1, 0],
    ];

    expect(distance(product(a, inverse(a)), identity(5))).toBeLessThan(1e-12);
    expect(inverse(swap)).toEqual([
      [0, 1],
      [0.5, 0],
    ]);
  });

  it('transposes products in reverse: (A B)ᵀ = Bᵀ Aᵀ', () => {
    const b = randomMatrix(5, 3, 2);

    expect(transposed(product(a, b))).toEqual(product(transposed(b), transposed(a)));
  });

  it('finds spectral radii, also of complex eigenvalues and of defective matrices', () => {
    const similar = product(a, diagonal([1, -3, 0.5, 2, 0]), inverse(a));

    expect(spectralRadius(similar)).toBeCloseTo(3, 4);
    expect(
      spectralRadius([
        [0, -4],
        [1, 0],
      ]),
    ).toBeCloseTo(2, 4);
    expect(
      spectralRadius([
        [0.5, 100],
        [0, 0.5],
      ]),
    ).toBeCloseTo(0.5, 4);
  });

  it('draws normal numbers, the same for the same seed', () => {
    const [drawn] = randomMatrix(1, 10_000, 3);
    const mean = drawn.reduce((total, x) => total + x, 0) / drawn.length;

    // Within some four standard errors.
    expect(Math.abs(mean)).toBeLessThan(0.04);
    expect(Math.abs(norm([drawn]) ** 2 / drawn.length - 1)).toBeLessThan(0.06);
    expect(randomMatrix(1, 10_000, 3)[0]).toEqual(drawn);
    expect(randomMatrix(1, 10_000, 4)[0]).not.toEqual(drawn);
  });
});
