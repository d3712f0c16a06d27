import type {DecoderArchitectureName, DTPOptimizerConfig} from 'tfjs-dtp';
import type {MethodName} from '../../compare/methods';
import type {ActivationName, NetworkName} from '../../compare/networks';
import {InputError} from '../../input_error';

export type BackendName = 'cpu' | 'wasm' | 'webgl' | 'webgpu';

/** Where the images come from: those that are bundled, those drawn on the page, or files. */
export type Source = 'digits' | 'drawings' | 'both' | 'files';

/** What DTP is compared with. */
export type RivalName = Extract<MethodName, 'adam' | 'sgd' | 'bp'>;

/** All that a run depends on besides the visitor's drawings and files; plain JSON. */
export interface Settings {
  source: Source;
  /** At most so many images to train on. */
  limit: number;
  network: Extract<NetworkName, 'mlp' | 'deep' | 'conv'>;
  /** Hidden units; null for the network's own. */
  hidden: number[] | null;
  /** Null for the network's own. */
  activation: ActivationName | null;
  batch: number;
  /** How many of them until training pauses by itself. */
  epochs: number;
  seed: number;
  backend: BackendName;
  dtp: DTPOptimizerConfig;
  decoder: DecoderArchitectureName;
  rival: RivalName;
  rate: number;
}

/** What the page starts with. */
export const defaultSettings: Settings = {
  source: 'digits',
  limit: 10_000,
  network: 'mlp',
  hidden: null,
  activation: null,
  batch: 64,
  epochs: 12,
  seed: 1,
  backend: 'wasm',
  dtp: {},
  decoder: 'linear',
  rival: 'adam',
  rate: 0.01,
};

/**
 * Checks the numbers that the optimizers do not check themselves.
 *
 * @throws InputError that names the setting, what was given and what is valid.
 */
export function assertSettings(settings: Settings): void {
  const {limit, batch, epochs, hidden, seed, rate} = settings;
  const whole: Array<[name: string, value: number, least: number]> = [
    ['At most (images)', limit, 1],
    ['Mini-batch', batch, 1],
    ['Epochs', epochs, 1],
    ['Seed', seed, 0],
    ...(hidden ?? []).map((units): [string, number, number] => ['Hidden units', units, 1]),
  ];
  for (const [name, value, least] of whole) {
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new InputError(`${name}: is ${value}, expected a whole number ≥ ${least}.`);
  }
  if (Number.isFinite(rate) && rate > 0) return;
  throw new InputError(`Learning rate of the other method: is ${rate}, expected a number above 0.`);
}
