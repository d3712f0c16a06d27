import * as tf from '@tensorflow/tfjs';
import {show} from '../messages/show';
import {alias} from '../tensors/alias';
import {choose, chooseExamples, surelyHolds} from '../tensors/choose';
import {squaredNorms} from '../tensors/per_example';
import {minus} from '../tensors/zeros';
import type {AutoEncoder, Inversion, Iterate} from './index';

/** A point whose image is known, where an inversion may start. */
export interface Start {
  /** `[batch, ...input]`. */
  x: tf.Tensor;
  /** f(x), `[batch, ...output]`. */
  y: tf.Tensor;
}

/** One layer of a chain that is inverted. */
export interface Link {
  /** f and g of the layer. */
  pair: AutoEncoder;
  /** null starts from g(τ). */
  start: Start | null;
  /**
   * Brings x within bounds, at a start from g(τ) and after every iteration; of the shape of x.
   */
  confine?(x: tf.Tensor): tf.Tensor;
}

/** How an inversion proceeds. */
export interface IterationOptions {
  /** Iterations of the scheme; a whole number ≥ 0. */
  iterations: number;
  /**
   * Stops early once ‖f(x) − τ‖ ≤ tolerance · ‖f(x_0) − τ‖ over the batch, in every link; ≥ 0. 0
   * never does; above 0 it reads one number an iteration but the last. @defaultValue 0
   */
  tolerance?: number;
  /**
   * Returns of every example the best x that was met, the start included; false returns the last.
   *
   * @defaultValue true
   */
  safeguard?: boolean;
  /** Whether to note the residual and the increment of every iteration. @defaultValue false */
  trace?: boolean;
  /**
   * Is shown after every iteration the x and f(x) that would be returned, for each link. They are
   * only lent.
   */
  onIteration?(found: Start[]): void;
}

/** What an inversion found; all tensors are the caller's to dispose. */
export interface Inverted extends Start {
  /** ‖f(x) − τ‖², `[batch]` each. */
  errors: {
    /** Of the start. */
    start: tf.Tensor1D;
    /** Of the last iterate. */
    last: tf.Tensor1D;
    /** Of the x returned. */
    kept: tf.Tensor1D;
  };
  /** For each iteration, `[batch]`; empty unless asked for. */
  trace: Array<{
    /** ‖f(x_t) − τ‖. */
    residual: tf.Tensor1D;
    /** ‖x_t − x_{t−1}‖, by which `contractionRate` is measured. */
    increment: tf.Tensor1D;
  }>;
}

/** What is found where nobody asks how near it comes. */
export interface Approached {
  /** `[batch, ...input]`. */
  x: tf.Tensor;
  y: null;
  errors: null;
}

/**
 * Finds x with f(x) = τ by a number of iterations of a scheme.           (Bengio 2020, §5, §6)
 *
 * Where an iteration leads away from τ (‖x_t − x_{t−1}‖ grows by α > 1), the best iterate is what
 * counts, for every example by itself: never a worse one than the start. `errors` tells.
 *
 * @param scheme One of `inversions`.
 * @param pair f and g.
 * @param target τ, `[batch, ...output]`.
 * @param options How to iterate; `iterations` is needed.
 * @param start The x to start from, with its image; null starts from g(τ), as `none` always does.
 * @returns x `[batch, ...input]`, f(x) and what is known of them; the caller's to dispose.
 * @throws TypeError if `scheme` is none; RangeError for iterations or a tolerance that are not valid.
 */
export function invert(
  scheme: Inversion,
  pair: AutoEncoder,
  target: tf.Tensor,
  options: IterationOptions,
  start: Start | null = null,
): Inverted {
  assertValid('dtp.invert', scheme, options);
  return relax(scheme, [{pair, start}], target, options)[0];
}

/**
 * Inverts a chain of layers at once: what a link finds is the target of the next.
 *
 *     ∀l:  τ_{l−1} ← τ_{l−1} + g_l(τ_l) − g_l(f_l(τ_{l−1}))        (Bengio 2020, §9, Algorithm)
 *
 * with `output`, or any other scheme: every link takes a step towards the target of the iteration
 * before. The starts without a known point follow one another down, τ_{l−1} = g_l(τ_l). A chain of
 * n links that starts at known points needs n iterations until the last one moves, and whenever it
 * is stopped the best targets so far are valid (§7: anytime). The fixed point is that of inverting
 * link after link.
 *
 * @param scheme One of `inversions`.
 * @param chain From the top.
 * @param target τ of the first link, `[batch, ...output]`.
 * @param options How to iterate; an iteration is a step of every link.
 * @returns For each link what it found; the caller's to dispose.
 * @throws TypeError if `scheme` is none; RangeError for iterations or a tolerance that are not valid.
 */
export function relax(
  scheme: Inversion,
  chain: Link[],
  target: tf.Tensor,
  options: IterationOptions,
): Inverted[] {
  assertValid('dtp.relax', scheme, options);
  return tf.tidy(() => {
    const distances = new Distances();
    const states = iterated(scheme, chain, target, options, distances);
    const found = settled(states, distances, options.safeguard ?? true);
    return found.map(({x, y}, l) => {
      const {at, first, trace} = states[l];
      const wanted = l === 0 ? target : found[l - 1].x;
      const errorOf = (image: tf.Tensor) => alias(distances.between(image, wanted));
      const errors = {start: errorOf(first.y), last: errorOf(at.y), kept: errorOf(y)};
      // What is returned is the caller's, and the start may be among it.
      return {x: alias(x), y: alias(y), errors, trace};
    }) as unknown as tf.TensorContainer;
  }) as unknown as Inverted[];
}

/**
 * The x of `relax` without safeguard, to the last bit, and nothing that is known of it: f is applied once
 * less.
 *
 * @returns For each link its x; the caller's to dispose.
 */
export function approach(
  scheme: Inversion,
  chain: Link[],
  target: tf.Tensor,
  options: Omit<IterationOptions, 'safeguard' | 'trace'>,
): tf.Tensor[] {
  return tf.tidy(() => {
    const bare = {...options, safeguard: false};
    const states = iterated(scheme, chain, target, bare, new Distances());
    return states.map(({at}) => alias(at.x));
  });
}

/**
 * Measures α, by which the last iteration changed the size of the increment; below 1 they converge.
 *
 *     ‖x_t − x_{t−1}‖ / ‖x_{t−1} − x_{t−2}‖                              (Bengio 2020, §5, §6)
 *
 * @param trace What `invert` or `relax` returned with `trace: true`.
 * @returns α of every example, `[batch]`, the caller's to dispose, 0 where the increment before was
 * 0; null with less than two iterations.
 */
export function contractionRate(trace: Inverted['trace']): tf.Tensor1D | null {
  const [before, last] = trace.slice(-2);
  return last === undefined ? null : (last.increment.divNoNan(before.increment) as tf.Tensor1D);
}

function assertValid(who: string, scheme: Inversion, options: IterationOptions): void {
  if (typeof scheme?.corrections !== 'function') {
    throw new TypeError(
      `${who}: scheme is ${show(scheme)}, expected one of dtp.inversions, such as dtp.inversions.output.`,
    );
  }
  const {iterations, tolerance = 0} = options ?? {};
  if (!Number.isSafeInteger(iterations) || iterations < 0) {
    throw new RangeError(
      `${who}: options.iterations is ${show(iterations)}, expected a whole number ≥ 0.`,
    );
  }
  if (!Number.isFinite(tolerance) || tolerance < 0) {
    throw new RangeError(`${who}: options.tolerance is ${show(tolerance)}, expected a number ≥ 0.`);
  }
}

/** Where the links of a chain stand after all iterations. For use within `tf.tidy`. */
function iterated(
  scheme: Inversion,
  chain: Link[],
  target: tf.Tensor,
  {iterations, tolerance = 0, safeguard = true, trace = false, onIteration}: IterationOptions,
  distances: Distances,
): LinkState[] {
  let wanted = target;
  const states = chain.map((link): LinkState => {
    const at = startOf(scheme, link, wanted);
    wanted = at.x;
    return {...link, at, first: at, best: at, trace: []};
  });
  const corrections = scheme.corrections(iterations);
  for (const [t, correct] of corrections.entries()) {
    const targets = targetsOf(states, target);
    for (const [l, state] of states.entries()) {
      // Spread, so that f(x) is found here and outlives whatever the correction tidies.
      const {u, x} = correct(state.pair, targets[l], {...state.at});
      advance(state, u, x, targets[l], distances, {safeguard, trace});
    }
    onIteration?.(settled(states, distances, safeguard));
    const isLast = t === corrections.length - 1;
    if (tolerance > 0 && !isLast && farthest(states, target) <= tolerance) break;
  }
  return states;
}

interface LinkState extends Link {
  at: Iterate;
  first: Start;
  best: Start;
  trace: Inverted['trace'];
}

function startOf({fromKnownPoint}: Inversion, link: Link, target: tf.Tensor): Iterate {
  const {pair, start, confine} = link;
  if (start !== null && fromKnownPoint) return {u: start.y, ...start};
  return pointOf(pair, target, confined(pair.decode(target), confine));
}

/** A point whose f(x) is found when it is first asked for. For use within one `tf.tidy`. */
function pointOf(pair: AutoEncoder, u: tf.Tensor, x: tf.Tensor): Iterate {
  let image: tf.Tensor | null = null;
  return {
    u,
    x,
    get y() {
      image ??= pair.encode(x);
      return image;
    },
  };
}

function confined(x: tf.Tensor, confine: Link['confine']): tf.Tensor {
  return confine === undefined ? x : confine(x);
}

/** What every link is to reach: the one above says. */
function targetsOf(states: LinkState[], target: tf.Tensor): tf.Tensor[] {
  return [target, ...states.slice(0, -1).map(({best}) => best.x)];
}

/** Goes on to the next x, and keeps for every example the better one. */
function advance(
  state: LinkState,
  u: tf.Tensor,
  unconfined: tf.Tensor,
  target: tf.Tensor,
  distances: Distances,
  {safeguard, trace}: {safeguard: boolean; trace: boolean},
): void {
  const {at, pair, confine, best} = state;
  const next = pointOf(pair, u, confined(unconfined, confine));
  state.at = next;
  if (trace) {
    const residual = distances.between(next.y, target).sqrt() as tf.Tensor1D;
    const increment = squaredNorms(next.x.sub(at.x)).sqrt() as tf.Tensor1D;
    state.trace.push({residual, increment});
  }
  state.best = safeguard ? distances.nearer(next, best, target) : next;
}

/** What the links have found, if they stop now: from the top, none is worse than its start. */
function settled(states: LinkState[], distances: Distances, safeguard: boolean): Start[] {
  const found: Start[] = [];
  for (const {best, first} of states) {
    const above = found.at(-1);
    // The target of a lower link has moved since its iterates were compared.
    const judged = above !== undefined && safeguard;
    found.push(judged ? distances.nearer(best, first, above.x) : best);
  }
  return found;
}

/** How far images are from targets; each is measured once. For use within `tf.tidy`. */
class Distances {
  private readonly known = new Map<tf.Tensor, Map<tf.Tensor, tf.Tensor1D>>();

  /** ‖y − τ‖² of every example, `[batch]`. */
  between(y: tf.Tensor, target: tf.Tensor): tf.Tensor1D {
    return this.known.get(target)?.get(y) ?? this.note(y, target, squaredNorms(minus(target, y)));
  }

  /** For every example the point whose image is nearer to the target. */
  nearer(one: Start, other: Start, target: tf.Tensor): Start {
    if (one === other) return one;
    const ofOne = this.between(one.y, target);
    const ofOther = this.between(other.y, target);
    const choice = ofOne.lessEqual(ofOther) as tf.Tensor1D;
    if (surelyHolds(choice)) return one;
    const y = chooseExamples(choice, one.y, other.y);
    this.note(y, target, choose(choice, ofOne, ofOther));
    return {x: chooseExamples(choice, one.x, other.x), y};
  }

  private note(y: tf.Tensor, target: tf.Tensor, distance: tf.Tensor1D): tf.Tensor1D {
    const ofTarget = this.known.get(target) ?? new Map<tf.Tensor, tf.Tensor1D>();
    this.known.set(target, ofTarget.set(y, distance));
    return distance;
  }
}

/** max ‖f(x) − τ‖ / ‖f(x_0) − τ‖ of the links; 0 where the start was the target. */
function farthest(states: LinkState[], target: tf.Tensor): number {
  const targets = targetsOf(states, target);
  // Found out here, as they are to outlive the tidy.
  const images = states.map(({first, best}) => [best.y, first.y]);
  return tf.tidy(() => {
    const ratios = images.map((ofLink, l) => {
      const [best, first] = ofLink.map((y) => y.sub(targets[l]).norm());
      return best.divNoNan(first);
    });
    return tf.stack(ratios).max().dataSync()[0];
  });
}
