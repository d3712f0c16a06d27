import {
  type DecoderArchitectureName,
  type DTPOptimizerConfig,
  decoderArchitectures,
} from 'tfjs-dtp';
import {dtpConfig} from '../../examples/compare/dtp_config';
import {InputError} from '../../examples/input_error';

/** A configuration of the optimizer, and of the decoders of the layers. */
export interface Configuration {
  dtp: DTPOptimizerConfig;
  decoder: DecoderArchitectureName;
}

/**
 * The configuration that a line of settings stands for; what it does not name has its default.
 *
 *     inversion.scheme=input inversion.iterations=4     as --dtp of examples/compare
 *     decoder=mirror                                    as --decoder
 *     decoders.optimizer=adam(1e-3)                     an optimizer, by its rate
 *
 * @throws InputError that names the setting and what is valid.
 */
export function configuration(settings: string): Configuration {
  const words = settings.split(' ').filter((word) => word !== '');
  const optimizers = words.filter((word) => word.startsWith(OPTIMIZER));
  const architectures = words.filter((word) => word.startsWith(ARCHITECTURE));
  const others = words.filter((word) => ![...optimizers, ...architectures].includes(word));
  return {
    dtp: dtpConfig(undefined, [...others, ...optimizers.map(optimizerSetting)]),
    decoder: architectures.map(architecture).at(-1) ?? 'linear',
  };
}

const ARCHITECTURE = 'decoder=';
const OPTIMIZER = 'decoders.optimizer=';

function architecture(word: string): DecoderArchitectureName {
  const name = word.slice(ARCHITECTURE.length);
  if (Object.hasOwn(decoderArchitectures, name)) return name as DecoderArchitectureName;
  throw new InputError(`${word}: expected one of ${Object.keys(decoderArchitectures).join(', ')}.`);
}

function optimizerSetting(word: string): string {
  const rate = Number(/^adam\((.+)\)$/.exec(word.slice(OPTIMIZER.length))?.[1]);
  if (!(rate > 0)) throw new InputError(`${word}: expected adam(rate), as adam(1e-3).`);
  const config = {learningRate: rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-7};
  return OPTIMIZER + JSON.stringify({className: 'Adam', config});
}
