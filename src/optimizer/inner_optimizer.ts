import * as tf from '@tensorflow/tfjs';
import {
  deserializeOptimizer,
  disposeOptimizer,
  type SerializedOptimizer,
} from './serialized_optimizer';

/** The state of an optimizer, as tfjs saves it. */
export type NamedTensors = Parameters<tf.Optimizer['setWeights']>[0];

/** A tfjs optimizer that takes part in the steps of another one. */
export interface InnerOptimizer {
  /** One step along these gradients; what has none keeps its value and its state. */
  applyGradients(gradients: Array<{name: string; tensor: tf.Tensor | null}>): void;
  /**
   * Remembers how far it has come; the function returned goes back to that, without the values of variables,
   * of which a snapshot of the step has those that there are.
   */
  mark(): () => void;
  /** All that it needs to go on exactly: variables of its own, and what was made for this call. */
  getWeights(): Promise<NamedTensors>;
  /**
   * Takes over what `getWeights` of another one gave. The tensors are borrowed.
   *
   * @throws Error if that was of another class.
   */
  setWeights(weights: NamedTensors): Promise<void>;
  dispose(): void;
}

/** The saved state of a variable that has not taken part since it was loaded. */
interface Unclaimed {
  /** Its place in the lists of the optimizer. */
  place: number;
  /** The name that the variable had when it was saved. */
  name: string;
  shapes: number[][];
}

/**
 * A tfjs optimizer whose state belongs to variables, whichever of them take part in a step.
 *
 * tfjs's own optimizers keep their state by the place of a variable in the list of gradients: where
 * a layer is frozen, the next one would get its momentum. Here every variable keeps the place that
 * it first had, in a saved and loaded run, too. And they restore running powers (Adam's β^t) by a
 * formula that rounds otherwise: here these are saved and restored themselves, so that a run is
 * continued to the last bit.
 *
 * @param role What it is to the user, for messages.
 */
export function innerOptimizer(role: string, serialized: SerializedOptimizer): InnerOptimizer {
  const optimizer = deserializeOptimizer(serialized);
  const is = optimizer.getClassName();
  const own = Object.entries(optimizer).filter(([, value]) => value instanceof tf.Tensor);
  // It may be made inside a tidy, which would dispose of them.
  for (const [, tensor] of own) tf.keep(tensor);
  const scalars = own.filter(([, tensor]) => tensor instanceof tf.Variable);
  let places: string[] = [];
  let unclaimed: Unclaimed[] = [];

  return {
    applyGradients(gradients) {
      const found = claimed(role, places, unclaimed, gradients);
      places = found.places;
      unclaimed = found.unclaimed;
      const given = new Map(gradients.map(({name, tensor}) => [name, tensor]));
      const inPlace = places.map((name) => ({name, tensor: given.get(name) ?? null}));
      optimizer.applyGradients(inPlace as NamedTensors);
    },
    mark() {
      const before = {places, unclaimed, iterations: optimizer.iterations};
      const lists = Object.values(optimizer).filter((value) => Array.isArray(value));
      const lengths = lists.map(({length}) => length);
      return () => {
        ({places, unclaimed} = before);
        (optimizer as unknown as {iterations_: number}).iterations_ = before.iterations;
        // The state of variables that took part for the first time.
        for (const [i, list] of lists.entries()) tf.dispose(list.splice(lengths[i]));
      };
    },
    async getWeights() {
      const names = [...places];
      for (const {place, name} of unclaimed) names[place] = name;
      return [
        ...(await optimizer.getWeights()),
        ...scalars.map(([name, tensor]) => ({name: SCALAR + name, tensor})),
        ...(names.length > 0
          ? [{name: `${PLACES}/${is}`, tensor: tf.tensor1d(names, 'string')}]
          : []),
      ];
    },
    async setWeights(weights) {
      const isScalar = ({name}: {name: string}) => name.startsWith(SCALAR);
      const list = placesIn(weights);
      const was = classIn(weights) ?? is;
      if (was !== is) refuseClass(role, was, is);
      const saved = weights.filter((weight) => !isScalar(weight) && weight !== list);
      await optimizer.setWeights(saved);
      for (const {name, tensor} of weights.filter(isScalar)) {
        const [, variable] = scalars.find(([key]) => SCALAR + key === name) ?? [];
        variable?.assign(tensor);
      }
      const names = Array.from((await list?.tensor.data<'string'>()) ?? []);
      const shapes = saved.slice(1).map(({tensor}) => tensor.shape);
      places = names.map(() => UNCLAIMED);
      unclaimed = names.map((name, place) => ({
        place,
        name,
        shapes: shapes.filter((_, i) => i % names.length === place),
      }));
    },
    dispose: () => disposeOptimizer(optimizer),
  };
}

/**
 * Has an optimizer take over saved state, if there is any for it.
 *
 * @param role What it is to the user, for messages.
 * @param optimizer Called if there is; null where the configuration has none.
 * @throws Error if it has none and there is state for one, or if that was of another class.
 */
export async function loadInto(
  role: string,
  optimizer: () => InnerOptimizer | null,
  weights: NamedTensors,
): Promise<void> {
  if (weights.length === 0) return;
  const into = optimizer();
  if (into !== null) return into.setWeights(weights);
  const was = classIn(weights) ?? 'tf.Optimizer';
  throw new Error(
    `DTPOptimizer: the state loaded has that of a ${was} for ${role}, expected none, as the configuration has no ` +
      `${role}. Compile with a new DTPOptimizer whose ${role} is a ${was}.`,
  );
}

/** The tensors with a name that begins so, by the rest of it. */
export function withoutPrefix(prefix: string, weights: NamedTensors): NamedTensors {
  return weights
    .filter(({name}) => name.startsWith(prefix))
    .map(({name, tensor}) => ({name: name.slice(prefix.length), tensor}));
}

/** The list of the variables that state belongs to: the only text in the state of an optimizer. */
function placesIn(weights: NamedTensors): NamedTensors[number] | undefined {
  return weights.find(({tensor}) => tensor.dtype === 'string');
}

/** The class of the optimizer that saved state is of, where it tells. */
function classIn(weights: NamedTensors): string | undefined {
  return placesIn(weights)?.name.split('/')[1];
}

/** Marks a scalar of the optimizer itself among what belongs to variables. */
const SCALAR = 'scalar/';
/** The name of the list of those variables, before a slash and the class of the optimizer. */
const PLACES = 'places';
/** What stands in the place of a variable that has not come back yet; no variable's name. */
const UNCLAIMED = '';

/**
 * The places once these variables have theirs.
 *
 * A weight has the name that it was saved with, and a number behind it where that was taken when it was made.
 *
 * @throws Error if the restored state is not for them.
 */
function claimed(
  role: string,
  before: string[],
  free: Unclaimed[],
  variables: Array<{name: string}>,
): {places: string[]; unclaimed: Unclaimed[]} {
  const places = [...before];
  let unclaimed = [...free];
  const newcomers = () => variables.map(({name}) => name).filter((name) => !places.includes(name));
  const claim = (saved: Unclaimed, name: string) => {
    const {shape} = tf.engine().registeredVariables[name];
    const other = saved.shapes.find((of) => String(of) !== String(shape));
    if (other !== undefined) refuse(role, `[${other}] for "${name}" of shape [${shape}]`);
    places[saved.place] = name;
    unclaimed = unclaimed.filter((each) => each !== saved);
  };
  // All that are numbered from one name, by other numbers than they were saved with: in their order.
  for (const base of new Set(newcomers().map(plain))) {
    const names = newcomers().filter((name) => plain(name) === base);
    const saved = unclaimed.filter(({name}) => plain(name) === base);
    const areTheSame = names.every((name) => saved.some((each) => each.name === name));
    if (areTheSame || names.length !== saved.length) continue;
    for (const [i, name] of names.entries()) claim(saved[i], name);
  }
  for (const isLike of likenesses) {
    for (const name of newcomers()) {
      const saved = unclaimed.find((each) => isLike(each.name, name));
      if (saved !== undefined) claim(saved, name);
    }
  }
  places.push(...newcomers());
  if (unclaimed.length > 0 && unclaimed.length === before.length) {
    refuse(role, `${unclaimed.map(({name}) => `"${name}"`).join(', ')}, none of them here`);
  }
  return {places, unclaimed};
}

/** How alike the names of a saved weight and of a variable are to be, from the surest. */
const likenesses: Array<(saved: string, name: string) => boolean> = [
  (saved, name) => saved === name,
  (saved, name) => isNumberedFrom(name, saved) || isNumberedFrom(saved, name),
  (saved, name) => plain(saved) === plain(name),
];

function isNumberedFrom(name: string, base: string): boolean {
  return name !== base && plain(name) === base;
}

/** A name without a number behind it. */
function plain(name: string): string {
  return name.replace(/_\d+$/, '');
}

function refuseClass(role: string, was: string, is: string): never {
  throw new Error(
    `DTPOptimizer: the state loaded for ${role} is of the class ${was}, expected ${is}, that of the ` +
      `configuration. Compile with a new DTPOptimizer whose ${role} is a ${was}, or go on without that state.`,
  );
}

function refuse(role: string, what: string): never {
  throw new Error(
    `DTPOptimizer: the state loaded for ${role} is of ${what}. It was saved with another model. Load ` +
      'it with its own model, or compile with a new DTPOptimizer.',
  );
}
