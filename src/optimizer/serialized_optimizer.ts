import * as tf from '@tensorflow/tfjs';
import {isObject} from '../messages/is_object';
import {show} from '../messages/show';

/** A `tf.Optimizer` as plain JSON: its class name and its whole configuration, as tfjs saves it. */
export interface SerializedOptimizer {
  /** As tfjs has it registered: `'Adam'`, `'Momentum'`, ... */
  className: string;
  /** What its `getConfig()` returns. */
  config: tf.serialization.ConfigDict;
}

/** A new optimizer from its plain-JSON form. */
export function deserializeOptimizer({className, config}: SerializedOptimizer): tf.Optimizer {
  const [optimizerClass, fromConfig] = registered(className) as NonNullable<RegisteredClass>;
  return fromConfig(optimizerClass, config) as tf.Optimizer;
}

/** Releases all that an optimizer has made; of momentum tfjs 4.22 itself leaves the factor. */
export function disposeOptimizer(optimizer: tf.Optimizer): void {
  optimizer.dispose();
  const left = Object.values(optimizer).filter((value) => value instanceof tf.Tensor);
  tf.dispose(left.filter(({isDisposed}) => !isDisposed));
}

/**
 * The plain-JSON form of an optimizer, which TensorFlow.js can make one of again.
 *
 * @param field Of the configuration, for messages.
 * @throws RangeError if it cannot.
 */
export function serialized(
  field: string,
  optimizer: tf.Optimizer | SerializedOptimizer,
): SerializedOptimizer {
  const plain = isOptimizer(optimizer)
    ? {className: optimizer.getClassName(), config: optimizer.getConfig()}
    : optimizer;
  try {
    disposeOptimizer(deserializeOptimizer(plain));
  } catch (error) {
    throw new RangeError(
      `DTPOptimizer: ${field} is ${show(optimizer)}, of which TensorFlow.js makes no optimizer ` +
        `(${(error as Error).message}). Give it as {className: optimizer.getClassName(), config: ` +
        'optimizer.getConfig()}, or the optimizer itself.',
      {cause: error},
    );
  }
  return plain;
}

type RegisteredClass =
  | ReturnType<typeof tf.serialization.SerializationMap.getMap>['classNameMap'][string]
  | undefined;

function registered(className: string): RegisteredClass {
  return tf.serialization.SerializationMap.getMap().classNameMap[className];
}

/** Whether it is an optimizer, not what one is made of. */
export function isOptimizer(value: unknown): value is tf.Optimizer {
  return isObject(value) && value instanceof tf.Optimizer;
}

/** Whether it is the name of an optimizer that takes gradients. */
export function canBeInside(className: string): boolean {
  const prototype: unknown = registered(className)?.[0].prototype;
  // tfjs's test of an instance asks for its methods.
  return className !== 'DTPOptimizer' && isObject(prototype) && prototype instanceof tf.Optimizer;
}
