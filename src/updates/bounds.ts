/**
 * How much of its change a layer may take so that the layers above still know its outputs.
 *
 *     min(1, limit / shift),   shift = ‖Δh_l‖ / ‖h_l‖ over the batch
 *
 * Units that a long step throws out of reach (relu) do not come back.
 *                                         (after Bengio 2020, §10.4: bounding the maximum deviation)
 *
 * Outputs that are all 0 have no size to be compared with, and take the whole, as those do on which no
 * layer builds.
 *
 * @param squaredMove ‖Δh_l‖².
 * @param squaredOutput ‖h_l‖²; 0 where no layer builds on them.
 */
export function shiftPart(
  limit: number | null,
  squaredMove: number,
  squaredOutput: number,
): number {
  return partWithin(limit, squaredMove, squaredOutput);
}

/**
 * How much of its change a kernel may take so that it stays near what it was.
 *
 *     min(1, limit · ‖W‖ / ‖ΔW‖)
 *
 * A kernel of zeros has no size to be compared with, and takes the whole.
 *                            (Bengio 2020, §10.4: bounding the maximum change in the synaptic weights)
 *
 * @param squaredChange ‖ΔW‖².
 * @param squaredNorm ‖W‖².
 */
export function weightsPart(
  limit: number | null,
  squaredChange: number,
  squaredNorm: number,
): number {
  return partWithin(limit, squaredChange, squaredNorm);
}

/**
 * How far a kernel may go in a step, relative to its size, so that mini-batches do not toss it about.
 *
 *     limit · (1 + 60 / (t + 1)) / p²
 *
 * What few examples of a mini-batch still lack (small p) can be fitted, whatever the others say. What all
 * of them lack alike is, sooner or later, what the network cannot fit: then a fit of one mini-batch is
 * noise to the next, and only small steps find the mean. The first steps, from random weights, are free
 * to be large. A heuristic of ours; its constants were measured on the tasks of `bench/`.
 *
 * @param limit Relative change in the long run where all examples lack alike; null for no limit.
 * @param participation p, in (0, 1]; see `participation`.
 * @param iteration t, the number of steps before this one.
 * @returns A limit of `weightsPart`.
 */
export function noiseLimit(
  limit: number | null,
  participation: number,
  iteration: number,
): number | null {
  return limit === null ? null : (limit * (1 + SETTLING / (iteration + 1))) / participation ** 2;
}

/** Steps in which the first, large changes settle. */
const SETTLING = 60;

/**
 * How much of a step to take so that it predicts no more than a loss can lose.
 *
 *     min(1, limit · L / decrease)
 *
 * `decrease` is the decrease of the loss that the whole step predicts to first order. At the minimum
 * of a quadratic that is 0 there, it is 2 L; a step that predicts more overshoots, and from 4 L on makes
 * the loss larger. (The limit 1 is Polyak's step size.) A loss that is not above 0 has no such bound,
 * and the whole step is taken.
 */
export function decreasePart(limit: number | null, loss: number, decrease: number): number {
  if (limit === null || loss <= 0 || decrease <= 0) return 1;
  return Math.min(1, (limit * loss) / decrease);
}

/**
 * The limit of `decreasePart` for layers that take their steps together.
 *
 *     limit · min(Σ_l φ_l, p^(−¼)),   φ_l = ⟨D_l, M_l⟩ / ‖D_l‖²
 *
 * φ_l is how much of the change D_l that is wanted of a layer its weights can make, M_l, on the
 * mini-batch. Where it is small, few features serve many examples: what is changed for some changes for
 * all, those of other mini-batches, too. Layers that do make it add up, as far as few examples lack
 * something (small p): these may overshoot, as the others stay; where all lack alike a loss soon grows
 * for it. A heuristic of ours, measured on the tasks of `bench/`.
 *
 * @param fits φ_l of each layer, in [0, 1].
 * @param participation p, in (0, 1]; see `participation`.
 */
export function decreaseLimit(
  limit: number | null,
  fits: number[],
  participation: number,
): number | null {
  if (limit === null) return null;
  const together = fits.reduce((sum, fit) => sum + fit, 0);
  return limit * Math.min(together, participation ** -0.25);
}

/** min(1, limit · size / change); 1 where there is no limit, or nothing to compare with. */
function partWithin(limit: number | null, squaredChange: number, squaredSize: number): number {
  if (limit === null || squaredSize === 0 || squaredChange <= limit ** 2 * squaredSize) return 1;
  return limit * Math.sqrt(squaredSize / squaredChange);
}
