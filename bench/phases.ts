import type * as tf from '@tensorflow/tfjs';
import {engine} from '@tensorflow/tfjs';
import {DTPOptimizer} from 'tfjs-dtp';
import type {DecoderRun} from '../src/decoders/run';
import type {StepObserver} from '../src/step/step_observer';

/** The parts of a training step, in their order. */
export const phases = {
  forward: 'forward',
  outputGradient: 'output gradient',
  down: 'inversion or backward',
  update: 'update solve',
  apply: 'apply',
  decoders: 'decoders',
};

export type Phase = keyof typeof phases;

export interface PhaseWatch {
  /** Milliseconds in each phase so far, over all steps. */
  milliseconds: Record<Phase, number>;
  /** Leaves the optimizer and tfjs as they were. */
  stop(): void;
}

/**
 * Looks at the clock where the steps of an optimizer change over from one phase to the next.
 *
 *     forward         until the loss is known
 *     outputGradient  until the first target arrives at a paired layer       (DTPOptimizer only)
 *     down            until tfjs's backward pass is over: all inversions, or all gradients
 *     update          until all changes of weights are known                 (DTPOptimizer only)
 *     apply           the weights move; whatever else a step does
 *     decoders        their learning
 *
 * From outside: nothing in the optimizer knows of it. A clock tells of backends that compute where
 * they are called, cpu and wasm; on others a kernel only queues its work.
 */
export function watchPhases(optimizer: tf.Optimizer): PhaseWatch {
  const milliseconds = Object.fromEntries(
    Object.keys(phases).map((phase) => [phase, 0]),
  ) as PhaseWatch['milliseconds'];
  // tfjs makes every optimizer an instance of every class of optimizers.
  const dtp = optimizer.getClassName() === DTPOptimizer.className ? inside(optimizer) : null;
  let current: Phase | null = null;
  let since = 0;
  const enter = (phase: Phase | null) => {
    const now = performance.now();
    if (current !== null) milliseconds[current] += now - since;
    current = phase;
    since = now;
  };

  const restoreGradients = wrap(engine(), 'gradients', (gradients) => (loss, ...rest) => {
    const result = gradients(
      () => {
        const value = loss();
        enter(dtp ? 'outputGradient' : 'down');
        return value;
      },
      ...rest,
    );
    enter(dtp ? 'update' : 'apply');
    return result;
  });
  const restoreMinimize = wrap(optimizer, 'minimize', (minimize) => (...args) => {
    dtp?.observers.push(observer(enter));
    enter('forward');
    try {
      return minimize(...args);
    } finally {
      enter(null);
    }
  });
  const restoreLearn = dtp
    ? wrap(dtp.decoders, 'learn', (learn) => (...args) => {
        enter('decoders');
        learn(...args);
        enter('apply');
      })
    : () => {};
  return {
    milliseconds,
    stop: () => {
      restoreLearn();
      restoreMinimize();
      restoreGradients();
    },
  };
}

/** What a DTPOptimizer keeps to itself. */
function inside(optimizer: tf.Optimizer): {observers: StepObserver[]; decoders: DecoderRun} {
  return optimizer as unknown as ReturnType<typeof inside>;
}

function observer(enter: (phase: Phase) => void): StepObserver {
  return {
    recorded({records}) {
      let arrived = false;
      for (const record of records) {
        let difference = record.difference;
        Object.defineProperty(record, 'difference', {
          get: () => difference,
          set(value: tf.Tensor | null) {
            if (!arrived) enter('down');
            arrived = true;
            difference = value;
          },
        });
      }
    },
    determined: () => enter('apply'),
  };
}

/** Replaces a method of one object; the function returned brings the original back. */
function wrap<Owner, Name extends keyof Owner>(
  owner: Owner,
  name: Name,
  around: (original: Owner[Name]) => Owner[Name],
): () => void {
  const original = owner[name];
  const own = Object.hasOwn(owner as object, name);
  const bound = (original as unknown as (...args: unknown[]) => unknown).bind(owner);
  owner[name] = around(bound as unknown as Owner[Name]);
  return () => {
    if (own) owner[name] = original;
    else delete owner[name];
  };
}
