import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import {transposeBeforeMatMul} from '../../../examples/compare/wasm_transposed_matmul';
import {memory} from '../../support/memory';

/** Shapes before transposition: [..., rows, inner] and [..., inner, columns]. */
const shapes: Record<string, {a: number[]; b: number[]}> = {
  matrices: {a: [5, 7], b: [7, 3]},
  'a row and a column': {a: [1, 7], b: [7, 1]},
  batches: {a: [4, 5, 7], b: [4, 7, 3]},
  'one matrix and a batch': {a: [1, 5, 7], b: [4, 7, 3]},
  'batches of batches': {a: [2, 3, 5, 7], b: [2, 3, 7, 3]},
};

const transposes = [false, true].flatMap((a) => [false, true].map((b) => ({a, b})));

function random(shape: number[], transposed: boolean, seed: number): tf.Tensor {
  const [rows, columns] = shape.slice(-2);
  const stored = transposed ? [...shape.slice(0, -2), columns, rows] : shape;
  return tf.randomUniform(stored, -1, 1, 'float32', seed);
}

describe('transposeBeforeMatMul', () => {
  let restoreStock: () => void;
  beforeAll(() => tf.setBackend('wasm'));
  beforeEach(() => {
    tf.engine().startScope();
    restoreStock = transposeBeforeMatMul();
  });
  afterEach(() => {
    restoreStock();
    tf.engine().endScope();
  });
  afterAll(() => tf.setBackend('cpu'));

  for (const [what, shape] of Object.entries(shapes)) {
    for (const transpose of transposes) {
      it(`multiplies ${what} as the stock kernel does, ${JSON.stringify(transpose)}`, () => {
        const a = random(shape.a, transpose.a, 1);
        const b = random(shape.b, transpose.b, 2);
        const product = a.matMul(b, transpose.a, transpose.b);
        restoreStock();
        const stock = a.matMul(b, transpose.a, transpose.b);
        expect(product.shape).toEqual(stock.shape);
        const difference = product.sub(stock).abs().max().dataSync()[0];
        expect(difference).toBeLessThan(1e-5);
      });

      it(`keeps nothing but the product of ${what}, ${JSON.stringify(transpose)}`, () => {
        const a = random(shape.a, transpose.a, 1);
        const b = random(shape.b, transpose.b, 2);
        const before = memory();
        a.matMul(b, transpose.a, transpose.b).dispose();
        expect(memory()).toEqual(before);
      });
    }
  }

  it('keeps nothing if the product fails', () => {
    const a = tf.ones([2, 3], 'int32');
    const before = memory();
    expect(() => a.matMul(a, true, false)).toThrowError(/float32/);
    expect(memory()).toEqual(before);
  });

  it('gives the gradients of the stock kernel', () => {
    const x = random([5, 7], false, 1);
    const w = random([7, 3], false, 2);
    const gradients = tf.grads((x, w) => x.matMul(w).square().sum());
    const [dx, dw] = gradients([x, w]);
    restoreStock();
    const [stockDx, stockDw] = gradients([x, w]);
    expect(dx.sub(stockDx).abs().max().dataSync()[0]).toBeLessThan(1e-5);
    expect(dw.sub(stockDw).abs().max().dataSync()[0]).toBeLessThan(1e-5);
  });

  it('brings the very kernel back that it replaced', () => {
    const kernel = () => tf.getKernel('BatchMatMul', 'wasm')?.kernelFunc;
    const fixed = kernel();
    restoreStock();
    const stock = kernel();
    expect(stock).not.toBe(fixed);
    transposeBeforeMatMul()();
    expect(kernel()).toBe(stock);
  });
});
