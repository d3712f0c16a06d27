import type {DecoderArchitectureName} from 'tfjs-dtp';
import {type Network, networkFor} from '../../compare/networks';
import {InputError} from '../../input_error';
import type {Settings} from '../shared/settings';
import type {ImageSet} from './images';

/** The most weights of one copy: two of them, and what their optimizers keep, are to fit into a tab. */
const MOST_WEIGHTS = 10e6;

/**
 * The network that settings ask for.
 *
 * @throws InputError if it does not take such images, or is too large to be built.
 */
export function networkOf(
  {hidden, activation, network: name, decoder}: Settings,
  images: Pick<ImageSet, 'features' | 'classes' | 'rows' | 'columns'>,
): Network {
  const network = networkFor(images, name, {
    hidden: hidden ?? undefined,
    activation: activation ?? undefined,
  });
  const {rows, columns} = images;
  if (network.filters.length > 0 && (rows !== columns || rows < 4)) {
    throw new InputError(
      `The convolutional network takes square images of 4×4 pixels and more; these are ` +
        `${rows}×${columns}. Choose a dense network.`,
    );
  }
  const weights = weightsOf(network, decoder);
  if (weights <= MOST_WEIGHTS) return network;
  throw new InputError(
    `Hidden units: the network has ${millions(weights)} weights with its decoders, expected at most ` +
      `${millions(MOST_WEIGHTS)}. Give fewer units.`,
  );
}

/**
 * How many weights the fully connected layers have, W and b, and their decoders, V and c. Convolutions
 * are not the visitor's choice, and have some thousands.
 */
export function weightsOf(
  {filters, sizes: [pixels, ...units]}: Pick<Network, 'filters' | 'sizes'>,
  decoder: DecoderArchitectureName,
): number {
  // Every convolution is followed by pooling, which halves the sides.
  const side = Math.floor(Math.sqrt(pixels) / 2 ** filters.length);
  const features = filters.length === 0 ? pixels : side ** 2 * (filters.at(-1) as number);
  const affine = (from: number, to: number) => from * to + to;
  return units.reduce((total, outputs, i) => {
    const inputs = units[i - 1] ?? features;
    // The layer that the data feed has none.
    const isPaired = i > 0 || filters.length > 0;
    const wide = Math.max(inputs, outputs);
    const inverse =
      decoder === 'mlp' ? affine(outputs, wide) + affine(wide, inputs) : affine(outputs, inputs);
    return total + affine(inputs, outputs) + (isPaired ? inverse : 0);
  }, 0);
}

function millions(count: number): string {
  return `${(count / 1e6).toLocaleString('en', {maximumSignificantDigits: 3})} million`;
}
