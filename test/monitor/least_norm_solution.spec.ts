import {leastNormSolution} from '../../src/monitor/least_norm_solution';
import {
  inverse,
  type Matrix,
  norm,
  product,
  randomMatrix,
  rightInverse,
  scaled,
  sum,
  transposed,
} from '../support/float64';

const solve = (j: Matrix, r: number[]) => [Array.from(leastNormSolution(j, r))];

function expectClose(actual: Matrix, expected: Matrix, tolerance = 1e-10): void {
  const deviation = norm(sum(actual, scaled(expected, -1)));
  expect(deviation).toBeLessThan(tolerance * Math.max(norm(expected), 1e-300));
}

describe('leastNormSolution', () => {
  const [r5, r3] = [randomMatrix(1, 5, 1)[0], randomMatrix(1, 3, 2)[0]];

  it('solves J d = r where J has an inverse', () => {
    const j = randomMatrix(5, 5, 3);
    expectClose(solve(j, r5), product([r5], transposed(inverse(j))));
  });

  it('is Jᵀ (J Jᵀ)⁻¹ r, the shortest solution, where J is wide', () => {
    const j = randomMatrix(3, 7, 4);
    expectClose(solve(j, r3), product([r3], transposed(rightInverse(j))));
  });

  it('is (Jᵀ J)⁻¹ Jᵀ r, the nearest, where J is tall', () => {
    const j = randomMatrix(5, 3, 5);
    expectClose(solve(j, r5), product([r5], rightInverse(transposed(j))));
  });

  for (const [shape, rows, columns] of [
    ['wide', 5, 8],
    ['tall', 8, 5],
  ] as const) {
    it(`is the shortest of the nearest where rows depend on each other: ${shape}`, () => {
      // Of rank 2: J = A B has J⁺ = B⁺ A⁺.
      const [a, b] = [randomMatrix(rows, 2, 6), randomMatrix(2, columns, 7)];
      const r = randomMatrix(1, rows, 8);
      const pseudoInverse = product(rightInverse(b), transposed(rightInverse(transposed(a))));
      expectClose(solve(product(a, b), r[0]), product(r, transposed(pseudoInverse)));
    });
  }

  it('leaves out directions that are rounding: below 2⁻¹⁶ of the largest', () => {
    const j = [
      [1, 0],
      [0, 2 ** -18],
    ];
    expect(solve(j, [1, 1])).toEqual([[1, 0]]);
    expect(
      solve(
        [
          [1, 0],
          [0, 2 ** -14],
        ],
        [1, 1],
      ),
    ).toEqual([[1, 2 ** 14]]);
  });

  it('is 0 where J is', () => {
    expect(solve([[0, 0]], [1])).toEqual([[0, 0]]);
  });

  it('comes to an end where J is not finite', () => {
    const [d] = solve(
      [
        [Number.NaN, 1],
        [1, 2],
      ],
      [1, 1],
    );
    expect(d.length).toBe(2);
  });
});
