import {canTrain, type MethodName, methods} from '../examples/compare/methods';
import type {WasmKernels} from '../examples/compare/wasm_kernels';
import type {StepCase} from './step_cost';

/**
 * A case for every method; on wasm two, one on its kernels mended and one on them as they are, if those
 * can train the network.
 */
export function stepCases(
  names: MethodName[],
  {network, batch}: Pick<StepCase, 'network' | 'batch'>,
  backend: string,
): StepCase[] {
  const kinds = (method: MethodName): WasmKernels[] =>
    backend === 'wasm' ? ['fixed', 'stock'] : [methods[method].wasmKernels];
  return names.flatMap((method) =>
    kinds(method)
      .filter((kernels) => canTrain(method, network, backend, kernels))
      .map((kernels) => ({method, kernels, network, batch, dtp: {}})),
  );
}
