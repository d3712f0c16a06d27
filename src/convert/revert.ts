import type * as tf from '@tensorflow/tfjs';
import {DTPBranch} from '../layers/branch';
import {assertModel} from './assert_model';
import {described} from './copy_layer';
import {stockOf} from './pairs';
import {rebuild} from './rebuild';

/**
 * Makes a model of stock layers from one with paired layers, for use where this package is not
 * installed: the same weights and, to the last bit, the same predictions, without decoders and
 * branches.
 *
 * The model given is only read, and the copy has variables of its own. Names, trainable flags and
 * metadata are kept; what `compile` has set is not. A model without paired layers is copied as it
 * is.
 *
 * @example
 * await dtp.revert(model).save('downloads://model');
 *
 * @param model Borrowed.
 * @returns A model of the same kind (`tf.Sequential`, `tf.LayersModel`), the caller's to dispose.
 * @throws TypeError if `model` is no layers model; Error if it is disposed, two of its layers have
 * one name, or a class is not registered or does not take its configuration. No tensor is left
 * behind then.
 */
export function revert<Model extends tf.LayersModel>(model: Model): Model {
  assertModel('dtp.revert', model);
  return rebuild(model, {
    who: 'dtp.revert',
    describe: (layer) => {
      const {className, config} = described(layer);
      // Its settings of a decoder mean nothing to the stock class, which does not keep them.
      return {className: stockOf(className) ?? className, config};
    },
    leavesOut: (layer) => layer.getClassName() === DTPBranch.className,
    mergeAt: () => null,
  }) as Model;
}
