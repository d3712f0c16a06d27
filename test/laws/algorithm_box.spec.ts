import {onEveryBackend} from '../support/backends';
import {norm, product, scaled, transposed} from '../support/float64';
import {
  beta,
  type Change,
  changed,
  difference,
  expectClose,
  inputs,
  inversion,
  invertibleNet,
  LAYERS,
  outputChange,
  preActivations,
  takeStep,
  wanted,
  x,
} from './invertible_net';

onEveryBackend('The algorithm (Bengio 2020, §9)', () => {
  // As there, without a bias, which would add 1 to ‖σ‖².
  const net = invertibleNet('tanh', {useBias: false});
  const examples = x.slice(0, 1);

  for (const rule of ['example', 'minibatch'] as const) {
    it(`needs n = σ/‖σ‖² to move h to τ; its n = σ/‖σ‖ misses by the factor ‖σ‖: '${rule}'`, () => {
      const update = {rule, damping: 0};
      const config = {beta, inversion, influence: 'none', update} as const;
      const {changes, differences} = takeStep(net, config, {examples});

      for (let l = 0; l < LAYERS; l++) {
        const sigma = inputs(net, examples)[l];
        const length = norm(sigma);
        const ofTheBox = {
          kernel: product(transposed(scaled(sigma, 1 / length)), differences[l]),
          bias: null,
        };
        const moved = (change: Change) => {
          const after = changed(net, Array(LAYERS).fill(change), l);
          const [h, moved] = [net, after].map((at) => preActivations(at, examples)[l]);
          return {layer: difference(moved, h), output: outputChange(net, after, examples)};
        };

        expect(Math.abs(length - 1)).toBeGreaterThan(0.1);
        expectClose(moved(changes[l]).layer, differences[l]);
        expectClose(moved(ofTheBox).layer, scaled(differences[l], length));
        // And so at the output.
        expectClose(moved(changes[l]).output, scaled([wanted[0]], beta));
        expectClose(moved(ofTheBox).output, scaled([wanted[0]], beta * length));
      }
    });
  }
});
