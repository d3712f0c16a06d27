import {measureInChrome} from '../../bench/chrome';
import type {PageRequest} from '../../bench/page';
import type {BenchTaskName} from '../../bench/tasks';
import {loadData} from '../../examples/data/load_data';

const request = (task: BenchTaskName): PageRequest => ({
  task,
  shape: {features: 64, classes: 10},
  methods: ['bp', 'adam'],
  backend: 'wasm-threads',
  rounds: {warmUp: 1, rounds: 1, steps: 2},
});

describe('Steps in Chrome', () => {
  it('are measured with the threads of wasm, also after a page that failed', async () => {
    const digits = await loadData('digits');
    const missing = request('E' as BenchTaskName);
    const {answers, info} = await measureInChrome(
      [missing, request('A')],
      digits.train,
      {gpu: false},
      () => {},
    );
    expect(answers[0]).toBeNull();
    expect(info.failures.map((failure) => failure.split(':')[0])).toEqual([
      'E, Chrome wasm-threads',
    ]);
    const costs = answers[1]?.costs ?? [];
    expect(costs.map(({backend, method, kernels}) => `${backend} ${method} ${kernels}`)).toEqual([
      'Chrome wasm-threads bp fixed',
      'Chrome wasm-threads bp stock',
      'Chrome wasm-threads adam fixed',
      'Chrome wasm-threads adam stock',
    ]);
    for (const {phases} of costs) expect(phases).not.toBeNull();
  }, 300_000);
});
