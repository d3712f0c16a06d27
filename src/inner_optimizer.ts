import * as tf from '@tensorflow/tfjs';
import {deserializeOptimizer, type SerializedOptimizer} from './config';

/** The state of an optimizer, as tfjs saves it. */
export type NamedTensors = Parameters<tf.Optimizer['setWeights']>[0];

/** A tfjs optimizer that takes part in the steps of another one. */
export interface InnerOptimizer {
  /** One step along these gradients; what has none keeps its value and its state. */
  applyGradients(gradients: Array<{name: string; tensor: tf.Tensor | null}>): void;
  /** All that it needs to go on exactly. The tensors may be its own. */
  getWeights(): Promise<NamedTensors>;
  /** Takes over what `getWeights` of another one gave. The tensors are borrowed. */
  setWeights(weights: NamedTensors): Promise<void>;
  dispose(): void;
}

/**
 * A tfjs optimizer whose state belongs to variables, whichever of them take part in a step.
 *
 * tfjs's own optimizers keep their state by the place of a variable in the list of gradients: where a
 * layer is frozen, the next one would get its momentum. Here every variable keeps the place that it
 * first had. And they restore running powers (Adam's β^t) by a formula that rounds otherwise: here
 * these are saved and restored themselves, so that a run is continued to the last bit.
 *
 * @param role What it is to the user, for messages.
 */
export function innerOptimizer(role: string, serialized: SerializedOptimizer): InnerOptimizer {
  const optimizer = deserializeOptimizer(serialized);
  const own = Object.entries(optimizer).filter(([, value]) => value instanceof tf.Tensor);
  // It may be made inside a tidy, which would dispose of them.
  for (const [, tensor] of own) tf.keep(tensor);
  const scalars = own.filter(([, tensor]) => tensor instanceof tf.Variable);
  const places = new Set<string>();
  /** Shapes of the state that was restored and has not been used yet. */
  let restored: number[][] = [];

  return {
    applyGradients(gradients) {
      for (const {name} of gradients) places.add(name);
      if (restored.length > 0) assertFits(role, restored, [...places]);
      restored = [];
      const given = new Map(gradients.map(({name, tensor}) => [name, tensor]));
      const inPlace = [...places].map((name) => ({name, tensor: given.get(name) ?? null}));
      optimizer.applyGradients(inPlace as NamedTensors);
    },
    async getWeights() {
      return [
        ...(await optimizer.getWeights()),
        ...scalars.map(([name, tensor]) => ({name: SCALAR + name, tensor})),
      ];
    },
    async setWeights(weights) {
      const isScalar = ({name}: {name: string}) => name.startsWith(SCALAR);
      await optimizer.setWeights(weights.filter((weight) => !isScalar(weight)));
      for (const {name, tensor} of weights.filter(isScalar)) {
        const [, variable] = scalars.find(([key]) => SCALAR + key === name) ?? [];
        variable?.assign(tensor);
      }
      const [, ...state] = weights.filter((weight) => !isScalar(weight));
      restored = state.map(({tensor}) => tensor.shape);
    },
    dispose: () => optimizer.dispose(),
  };
}

/** Marks a scalar of the optimizer itself among what belongs to variables. */
const SCALAR = 'scalar/';

/** Optimizers keep a tensor of a variable's shape for each, or several such lists. */
function assertFits(role: string, restored: number[][], names: string[]): void {
  const shapes = names.map((name) => tf.engine().registeredVariables[name].shape);
  const fits = (shape: number[], i: number) => String(shape) === String(shapes[i % shapes.length]);
  if (restored.length % shapes.length === 0 && restored.every(fits)) return;
  const list = (of: number[][]) => of.map((shape) => `[${shape}]`).join(', ');
  throw new Error(
    `DTPOptimizer: the state loaded for ${role} is of tensors of the shapes ${list(restored)}, but the ` +
      `weights to train have ${list(shapes)}. It was saved with another model, or with other layers ` +
      'frozen. Train the layers that were trained then, or compile with a new DTPOptimizer.',
  );
}
