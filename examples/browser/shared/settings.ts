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

const whole = (name: string, least: number) => ({
  name,
  expected: `a whole number ≥ ${least}`,
  holds: (value: number) => Number.isSafeInteger(value) && value >= least,
});

/** The numbers that the optimizers do not check themselves. */
const numbers = {
  limit: whole('At most (images)', 1),
  batch: whole('Mini-batch', 1),
  epochs: whole('Epochs', 1),
  seed: whole('Seed', 0),
  hidden: whole('Hidden units', 1),
  rate: {
    name: 'Learning rate of the other method',
    expected: 'a number above 0, such as 0.01',
    holds: (value: number) => Number.isFinite(value) && value > 0,
  },
};

export type NumberSetting = keyof typeof numbers;

/**
 * What is wrong with a number; null if nothing is.
 *
 * @param given What was typed for it.
 */
export function faultOf(
  setting: NumberSetting,
  value: number,
  given = String(value),
): string | null {
  const {name, expected, holds} = numbers[setting];
  return holds(value) ? null : `${name}: is ${given}, expected ${expected}.`;
}

/** @throws InputError that names the setting, what was given and what is valid. */
export function assertSettings(settings: Settings): void {
  for (const setting of Object.keys(numbers) as NumberSetting[]) {
    for (const value of [settings[setting] ?? []].flat()) {
      const fault = faultOf(setting, value);
      if (fault !== null) throw new InputError(fault);
    }
  }
}
