import * as tf from '@tensorflow/tfjs';
import {onEveryBackend} from './backends';

onEveryBackend('onEveryBackend', (backend) => {
  it('makes the backend it names the active one', () => {
    expect(tf.getBackend()).toBe(backend);
  });

  it('computes n·i·j as the product of row indices and column indices', async () => {
    const [rows, n, columns] = [5, 7, 3];
    const product = tf.tidy(() => {
      const rowIndices = tf.range(0, rows).expandDims(1).tile([1, n]);
      const columnIndices = tf.range(0, columns).expandDims(0).tile([n, 1]);
      return rowIndices.matMul(columnIndices) as tf.Tensor2D;
    });

    expect(await product.array()).toEqual([
      [0, 0, 0],
      [0, 7, 14],
      [0, 14, 28],
      [0, 21, 42],
      [0, 28, 56],
    ]);
    product.dispose();
  });

  it('computes in 32-bit floats, whose spacing above 1 is 2⁻²³', async () => {
    const spacing = 2 ** -23;
    const difference = tf.tidy(() => tf.scalar(1).add(spacing).sub(1));

    expect(await difference.array()).toBe(spacing);
    difference.dispose();
  });

  if (backend === 'webgl') {
    it('runs on WebGL 2', () => {
      const {gpgpu} = tf.backend() as unknown as {gpgpu: {gl: unknown}};

      expect(gpgpu.gl).toBeInstanceOf(WebGL2RenderingContext);
    });
  }
});
