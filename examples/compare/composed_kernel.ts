import * as tf from '@tensorflow/tfjs';

/** Calls a kernel of the wasm backend. Its output need not be disposed. */
export type RunKernel = (
  name: string,
  inputs: tf.NamedTensorInfoMap,
  attrs: object,
) => tf.TensorInfo;

/**
 * Gives the wasm backend a kernel that is composed of others, in place of its own if it has one.
 *
 * @param compose Makes the output of the kernel; all else that `run` makes on the way is disposed.
 * The kernel that is replaced runs by its name.
 * @returns A function that brings back what was there.
 */
export function composeKernel<Inputs extends tf.NamedTensorInfoMap, Attributes>(
  name: string,
  compose: (inputs: Inputs, attrs: Attributes, run: RunKernel) => tf.TensorInfo,
): () => void {
  const replaced = tf.getKernel(name, 'wasm');
  const kernelFunc: KernelFunc = ({inputs, attrs, backend}) => {
    const made: tf.TensorInfo[] = [];
    const run: RunKernel = (called, ofCalled, attrsOfCalled) => {
      const kernel = called === name ? replaced : tf.getKernel(called, 'wasm');
      if (kernel === undefined) throw new Error(missing(called));
      const output = kernel.kernelFunc({
        inputs: ofCalled,
        attrs: attrsOfCalled as tf.NamedAttrMap,
        backend,
      }) as tf.TensorInfo;
      made.push(output);
      return output;
    };
    let output: tf.TensorInfo | null = null;
    try {
      output = compose(inputs as Inputs, attrs as Attributes, run);
      return output;
    } finally {
      for (const temporary of made) {
        if (temporary !== output) (backend as WasmBackend).disposeData(temporary.dataId);
      }
    }
  };
  register(name, {...replaced, kernelName: name, backendName: 'wasm', kernelFunc});
  return () => register(name, replaced);
}

type KernelFunc = tf.KernelConfig['kernelFunc'];

interface WasmBackend {
  disposeData(dataId: object): void;
}

function register(name: string, kernel: tf.KernelConfig | undefined): void {
  if (tf.getKernel(name, 'wasm') !== undefined) tf.unregisterKernel(name, 'wasm');
  if (kernel !== undefined) tf.registerKernel(kernel);
}

function missing(name: string): string {
  return (
    `composeKernel: the wasm backend has no kernel ${name}. Import ` +
    "'@tensorflow/tfjs-backend-wasm' first."
  );
}
