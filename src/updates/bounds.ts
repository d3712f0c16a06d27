/**
 * How much of a change to take so that it is small beside what it changes.
 *
 *     min(1, limit · size / change)
 *
 * For the outputs of a layer on which others build, ‖Δh_l‖ beside ‖h_l‖ over the batch: layers above
 * still know them then, and no unit is thrown out of reach (relu), from where it does not come back.
 * For a kernel ‖ΔW‖ beside ‖W‖ (see `squaredKernelSize`).
 *     (after Bengio 2020, §10.4: bounding the maximum deviation, and change in the synaptic weights)
 *
 * What has no size has nothing to be compared with, and takes the whole.
 *
 * @param squaredChange ‖change‖².
 * @param squaredSize size².
 */
export function partWithin(
  limit: number | null,
  squaredChange: number,
  squaredSize: number,
): number {
  if (limit === null || squaredSize === 0 || squaredChange <= limit ** 2 * squaredSize) return 1;
  return limit * Math.sqrt(squaredSize / squaredChange);
}

/**
 * ‖W‖² as a change of a kernel is compared with it: at least a quarter of what Glorot's initial weights have.
 *
 *     max(‖W‖², ¼ · 2 in · out / (in + out))
 *
 * A kernel of less, as one of a single weight whose sign is to change, must be able to grow, and pass through 0: no
 * sequence of changes in proportion to ‖W‖ gets there.
 *
 * @param squaredNorm ‖W‖².
 * @param shape Of the kernel; the last two of its axes are what goes in and out (channels of a convolution).
 */
export function squaredKernelSize(squaredNorm: number, shape: number[]): number {
  const [ins, outs] = shape.slice(-2);
  return Math.max(squaredNorm, (ins * outs) / (ins + outs) / 2);
}

/**
 * How far a kernel may go in a step, relative to its size, so that mini-batches do not toss it about.
 *
 *     limit / (√(t + 1) p²)
 *
 * Where a few examples of a mini-batch have most of the error (small p), they can be fitted, whatever the
 * others say. An error that is spread evenly over the examples is, sooner or later, what the network cannot
 * fit: then a fit of one mini-batch is noise to the next, and the mean is found by steps that fall, as in
 * stochastic approximation. A heuristic of ours; its constant was measured on the tasks of `bench/`.
 *
 * @param limit Relative change of the first step where the error is spread evenly; null for no limit.
 * @param participation p, in (0, 1]; see `participation`.
 * @param iteration t, the number of steps before this one.
 * @returns A limit of `partWithin`.
 */
export function noiseLimit(
  limit: number | null,
  participation: number,
  iteration: number,
): number | null {
  return limit === null ? null : limit / (Math.sqrt(iteration + 1) * participation ** 2);
}

/**
 * How much of every change to take where a mini-batch has too few examples for p to tell anything.
 *
 *     min(1, 4 limit / √(1 + t B / 32))                    for B < 4, in place of `noiseLimit`
 *
 * Of one example p is always 1. And a limit on the length of each change would shorten that of an example which
 * is far off more than those of others: weights would come to rest where shortened changes cancel, not where
 * gradients do. The same part of all changes moves no such point. It falls as that of mini-batches of 32 would.
 * A heuristic of ours, after stochastic approximation (Robbins and Monro 1951).
 *
 * @param limit That of `noiseLimit`, 0.25 for the whole change at first; null for no limit.
 * @param examples B, at least 1.
 * @param iteration t, the number of steps before this one.
 * @returns In (0, 1]; null where there are enough examples.
 */
export function fewExamplesPart(
  limit: number | null,
  examples: number,
  iteration: number,
): number | null {
  if (examples >= ENOUGH) return null;
  return limit === null ? 1 : Math.min(1, (4 * limit) / Math.sqrt(1 + (iteration * examples) / 32));
}

/**
 * How much of its step a layer takes at most, as all layers step at once.
 *
 *     min(1, limit / Σ_l φ_l)
 *
 * Each layer alone aims at the whole wanted change of the outputs, and makes φ_l of it. All of them together
 * make Σ φ_l times it: one step of Jacobi's method, whose blocks know nothing of one another.
 *
 * @param fits φ_l of each layer, in [0, 1]; see `decreaseLimit`.
 */
export function togetherPart(limit: number | null, fits: number[]): number {
  const together = sumOfNumbers(fits);
  return limit === null || together <= limit ? 1 : limit / together;
}

/**
 * How much of a step to take so that it predicts no larger decrease of the loss than there can be.
 *
 *     min(1, limit · L / decrease)
 *
 * `decrease` is the decrease of the loss that the whole step predicts to first order. For a quadratic loss
 * with minimum 0, the step to the minimum predicts 2 L; a step that predicts more overshoots, and one that
 * predicts more than 4 L makes the loss larger. (The limit 1 is Polyak's step size.) A loss that is not above
 * 0 has no such bound, and the whole step is taken.
 */
export function decreasePart(limit: number | null, loss: number, decrease: number): number {
  if (limit === null || loss <= 0 || decrease <= 0) return 1;
  return Math.min(1, (limit * loss) / decrease);
}

/**
 * The limit of `decreasePart` for layers that take their steps together.
 *
 *     limit · p^(−⅙) · min(1, Σ_l φ_l) / r,   φ_l = ⟨D_l, M_l⟩ / ‖D_l‖²
 *
 * D_l is the change that is wanted of a layer's outputs on the mini-batch, M_l what its step, with balanced units,
 * makes of it, and φ_l the part that this is. Where all layers together make less than the whole, few features serve
 * many examples: what is changed for some changes for all, those of other mini-batches, too. Where a few
 * examples have most of the error (small p), these may overshoot, as the others stay; where the error is
 * spread evenly, a loss soon grows if they do. A heuristic of ours, measured on the tasks of `bench/`.
 *
 * @param fits φ_l of each layer, in [0, 1].
 * @param participation p, in (0, 1]; see `participation`.
 * @param restraint r; see `restraint`.
 */
export function decreaseLimit(
  limit: number | null,
  fits: number[],
  participation: number,
  restraint: number,
): number | null {
  if (limit === null) return null;
  return (limit * Math.min(1, sumOfNumbers(fits))) / participation ** (1 / 6) / restraint;
}

/**
 * How many times less a step is to predict while a moderate share of the examples keeps its error, as with labels
 * that are wrong: to fit those of one mini-batch takes from all others.
 *
 *     r = max(1, 2 u w)³,   u = 4 q (1 − q),   q = (p B − 1) / (B − 1),   w = min(1, (t + 1) / 200)
 *
 * q is near 0 where one of B examples has all the error, and 1 where p is; u is 1 in the middle, so that r is at
 * most 8. On the tasks of `bench/` labels are past the middle before t, the number of steps, lets r grow, so that at
 * the defaults it never acts there. Where the error stays spread evenly, `noiseLimit` is what bounds steps. Of one
 * or two entries of an output p cannot tell wrong labels from errors with heavy tails, and r is 1. A heuristic of
 * ours.
 *
 * @param participation p, in (0, 1]; see `participation`.
 * @param examples B, at least 1.
 * @param entries How many entries the output of an example has.
 * @param iteration t, from 0.
 */
export function restraint(
  participation: number,
  examples: number,
  entries: number,
  iteration: number,
): number {
  if (examples === 1 || entries < TELLING) return 1;
  const part = Math.max(0, (participation * examples - 1) / (examples - 1));
  const waited = Math.min(1, (iteration + 1) / PATIENCE);
  return Math.max(1, 8 * part * (1 - part) * waited) ** 3;
}

/** From so many entries on p tells what it is told by. */
const TELLING = 3;

/** Of so many examples p tells something. */
const ENOUGH = 4;

/** So many steps labels have to be learned in. */
const PATIENCE = 200;

function sumOfNumbers(numbers: number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
