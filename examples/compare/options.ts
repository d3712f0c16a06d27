import {Command, Option} from 'commander';
import {
  type DecoderArchitectureName,
  type DTPOptimizerConfig,
  decoderArchitectures,
} from 'tfjs-dtp';
import {dtpConfig} from './dtp_config';
import {type MethodName, methods} from './methods';
import {type ActivationName, activations, type NetworkName, networks} from './networks';
import {
  namesOf,
  part,
  positiveNumbers,
  readOptions,
  wholeNumber,
  wholeNumbers,
} from './option_values';

/** What the command line asks for. */
export interface Options {
  /** 'digits' or a folder. */
  data: string;
  dataLimit?: number;
  /** The part of the training labels to draw anew. */
  labelNoise: number;
  model: NetworkName;
  layers?: number[];
  activation?: ActivationName;
  backend: 'cpu' | 'wasm';
  epochs?: number;
  batch?: number;
  seeds: number;
  methods?: MethodName[];
  /** Learning rates to try instead of a method's own. */
  rates: Partial<Record<MethodName, number[]>>;
  /** The configuration of the DTP optimizer. */
  dtp: DTPOptimizerConfig;
  /** Of dense layers. */
  decoder: DecoderArchitectureName;
  json?: string;
  /** The chart without its ending. */
  out: string;
}

/** What commander makes of the command line. */
interface CommandLine extends Omit<Options, 'rates' | 'dtp'> {
  rates?: number[];
  sgdRates?: number[];
  bpRates?: number[];
  config?: string;
  dtp?: string[];
}

/**
 * Reads the command line. A wrong option ends the process with one line that says what is wrong.
 *
 * @throws InputError for words that belong to no option, or a wrong configuration of the optimizer.
 */
export function parseOptions(argv: string[]): Options {
  const {
    config,
    dtp = [],
    rates,
    sgdRates,
    bpRates,
    out,
    ...options
  } = readOptions<CommandLine>(command(), argv, 'npm start -- --epochs 3');
  return {
    ...options,
    out: out.replace(/\.(svg|png)$/, ''),
    rates: {adam: rates, sgd: sgdRates, bp: bpRates},
    dtp: dtpConfig(config, dtp),
  };
}

function command(): Command {
  return new Command('compare')
    .description(
      'Trains the same network by differential target propagation and by back-propagation, from the ' +
        'same initial weights on the same mini-batches, and reports loss, accuracy, time and memory.',
    )
    .option('--data <digits|folder>', 'bundled digits, or a folder of MNIST files', 'digits')
    .option('--data-limit <n>', 'use only the first n training and n test images', wholeNumber)
    .option('--label-noise <part>', 'draw this part of the training labels anew, as 0.2', part, 0)
    .addOption(choice('--model <name>', 'network to train', networks).default('mlp'))
    .option('--layers <sizes>', "hidden units instead of the model's own, as 256,256", wholeNumbers)
    .addOption(new Option('--activation <name>', "instead of the model's own").choices(activations))
    .addOption(
      new Option('--backend <name>', 'TensorFlow.js backend')
        .choices(['cpu', 'wasm'])
        .default('wasm'),
    )
    .option(
      '--epochs <n>',
      'passes over the training images (default: 12; 5 in a folder)',
      wholeNumber,
    )
    .option(
      '--batch <n>',
      'images in a mini-batch (default: 64; 100 for deep, autoencoder)',
      wholeNumber,
    )
    .option('--seeds <n>', 'repeat with n seeds; reports mean ± standard deviation', wholeNumber, 1)
    .option('--methods <names>', `some of ${METHOD_NAMES} (default: all)`, namesOf(methods))
    .option('--rates <list>', 'learning rates to try for Adam, as 1e-3,3e-3', positiveNumbers)
    .option('--sgd-rates <list>', 'the same for SGD with momentum', positiveNumbers)
    .option(
      '--bp-rates <list>',
      'the same for back-propagation with the update of DTP',
      positiveNumbers,
    )
    .option('--config <file>', 'JSON file with the configuration of DTPOptimizer')
    .option('--dtp <key=value>', 'one field of it; repeatable, dots reach inside', append)
    .addOption(
      choice(
        '--decoder <name>',
        "architecture of DTP's decoders of dense layers",
        decoderArchitectures,
      ).default('linear'),
    )
    .option('--json <file>', 'also write all results to this file')
    .option('--out <file>', 'chart to write, as FILE.svg and FILE.png', 'out/compare')
    .addHelpText('after', EXAMPLES);
}

const METHOD_NAMES = Object.keys(methods).join(',');

const EXAMPLES = `
Examples:
  npm start
  npm start -- --seeds 3 --epochs 20 --json out/results.json
  npm start -- --model deep --methods dtp,adam --rates 1e-3,3e-3
  npm start -- --model autoencoder --dtp learningRate=0.3 --dtp update.damping=1
  npm start -- --dtp inversion.iterations=2 --dtp update.rule=example
  npm start -- --model conv --data path/to/mnist --epochs 3
  npm start -- --data path/to/mnist --data-limit 10000 --layers 256,256
`;

function choice(flags: string, description: string, table: object): Option {
  return new Option(flags, description).choices(Object.keys(table));
}

function append(item: string, items: string[] = []): string[] {
  return [...items, item];
}
