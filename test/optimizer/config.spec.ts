import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';

const invalid: Array<[config: object, message: RegExp]> = [
  [{learningrate: 1}, /no field learningrate \(given 1\).*Valid fields: learningRate, beta/],
  [{inversion: {steps: 2}}, /no field inversion.steps.*Valid fields of inversion: scheme, iter/],
  [{inversion: 'output'}, /inversion is 'output', expected an object with fields scheme/],
  [{update: null}, /update is null, expected an object with fields rule, damping, gramRows/],
  [
    {learningRate: -1},
    /learningRate is -1, expected a number ≥ 0, a function of the step that returns one, or 'polyak'/,
  ],
  [{learningRate: Number.NaN}, /learningRate is NaN, expected a number ≥ 0/],
  [{learningRate: '1'}, /learningRate is '1', expected a number ≥ 0/],
  [{beta: 0}, /beta is 0, expected a number in \(0, 1\]/],
  [{beta: 2}, /beta is 2, expected a number in \(0, 1\]/],
  [{feedback: 'direct'}, /feedback is 'direct', expected one of 'layerwise', 'gradient'/],
  [
    {inversion: {scheme: 'inptu'}},
    /inversion.scheme is 'inptu', expected one of 'none', 'output', 'input'/,
  ],
  [{inversion: {tolerance: 1}}, /inversion.tolerance is 1, expected a number in \[0, 1\)/],
  [{inversion: {safeguard: 1}}, /inversion.safeguard is 1, expected true or false/],
  [{online: {decay: 1}}, /online.decay is 1, expected a number in \[0, 1\)/],
  [{online: {}}, /online updates with schedule 'sequential'.*Set schedule: 'parallel'/],
  [{schedule: 'at once'}, /schedule is 'at once', expected one of 'sequential', 'parallel'/],
  [{inversion: {iterations: 0}}, /inversion.iterations is 0, expected a whole number ≥ 1/],
  [{inversion: {iterations: 1.5}}, /inversion.iterations is 1.5, expected a whole number/],
  [{inversion: {start: 'zero'}}, /inversion.start is 'zero', expected one of 'activation'/],
  [{influence: 'Paper'}, /influence is 'Paper', expected one of 'measured', 'paper', 'convex'/],
  [{update: {rule: 'sgd'}}, /update.rule is 'sgd', expected one of 'minibatch', 'example'/],
  [{update: {damping: -1}}, /update.damping is -1, expected a number ≥ 0/],
  [{update: {balance: 1.5}}, /update.balance is 1.5, expected a number in \[0, 1\]/],
  [{update: {gramRows: 0}}, /update.gramRows is 0, expected a whole number ≥ 1, or null/],
  [{bounds: {together: 0}}, /bounds.together is 0, expected a number above 0, or null/],
  [{bounds: {decrease: 0}}, /bounds.decrease is 0, expected a number above 0, or null/],
  [{bounds: {shift: -1}}, /bounds.shift is -1, expected a number above 0, or null/],
  [
    {bounds: {decrease: 2}, influence: 'none'},
    /bounds.decrease is 2 with influence 'none'.*bounds.decrease: null/,
  ],
  [{bounds: {target: 0}}, /bounds.target is 0, expected a number above 0, or null/],
  [{bounds: {weights: '1'}}, /bounds.weights is '1', expected a number above 0, or null/],
  [{scaled: 1}, /scaled is 1, expected true or false, or null/],
  [
    {scaled: true, schedule: 'parallel'},
    /scaled is true with schedule 'parallel', .*expected 'sequential'.*or scaled: false/,
  ],
  [
    {scaled: true, feedback: 'gradient'},
    /feedback 'gradient' .*expected 'sequential', 'layerwise'/,
  ],
  [{scaled: true, bounds: {target: 1}}, /bounds.target 1, expected .* null/],
  [{decoders: {objective: 'mse'}}, /decoders.objective is 'mse', expected one of 'perturbation'/],
  [{decoders: {rule: 'adam'}}, /decoders.rule is 'adam', expected one of 'gram', 'delta'/],
  [{decoders: {optimizer: 'adam'}}, /decoders.optimizer is 'adam', expected an optimizer/],
  [{decoders: {noise: 0.1}}, /decoders.noise is 0.1, expected an object with fields input, output/],
  [{decoders: {noise: {input: -1}}}, /decoders.noise.input is -1, expected a number ≥ 0/],
  [
    {decoders: {noise: {output: 0.1}}},
    /decoders.noise.output is 0.1 with objective 'perturbation', which does not use it/,
  ],
  [
    {decoders: {objective: 'reverse', noise: {input: 0.1}}},
    /decoders.noise.input is 0.1 with objective 'reverse', which does not use it/,
  ],
  [{decoders: {learningRate: 2}}, /decoders.learningRate is 2, expected a number in \(0, 2\)/],
  [{decoders: {when: 'first'}}, /decoders.when is 'first', expected one of 'after', 'before'/],
  [{decoders: {every: 0}}, /decoders.every is 0, expected a whole number ≥ 1/],
  [{decoders: {drift: -1}}, /decoders.drift is -1, expected a number ≥ 0/],
  [{decoders: {warmupSteps: -1}}, /decoders.warmupSteps is -1, expected a whole number ≥ 0/],
  [{weightDecay: 1}, /weightDecay is 1, expected a number in \[0, 1\)/],
  [{weightDecay: -0.1}, /weightDecay is -0.1, expected a number in \[0, 1\)/],
  [{clipNorm: 0}, /clipNorm is 0, expected a number above 0, or null/],
  [
    {optimizer: 'adam'},
    /optimizer is 'adam', expected an optimizer such as tf\.train\.adam\(3e-3\), .* or {className, config}/,
  ],
  [{optimizer: {className: 'Adm', config: {}}}, /optimizer is .*Adm.*expected an optimizer/],
  [
    {optimizer: {className: 'Dense', config: {units: 3}}},
    /optimizer is .*Dense.*expected an optimizer/,
  ],
  [{optimizer: {className: 'Adam', config: null}}, /optimizer is .*Adam.*expected an optimizer/],
  [
    {optimizer: new dtp.DTPOptimizer()},
    /optimizer is an instance of DTPOptimizer, expected .*not a DTPOptimizer/,
  ],
  [
    {unpairedOptimizer: {className: 'Adam', config: {}}},
    /unpairedOptimizer is .*makes no optimizer/,
  ],
  [
    {decoders: {optimizer: {className: 'Adam', config: {}}}},
    /decoders.optimizer is .*makes no opt/,
  ],
  [{onNonFinite: 'ignore'}, /onNonFinite is 'ignore', expected one of 'throw', 'skip'/],
  [{seed: 0.5}, /seed is 0.5, expected a whole number/],
];

describe('DTPOptimizerConfig', () => {
  for (const [config, message] of invalid) {
    it(`rejects ${JSON.stringify(config)}, saying what is valid`, () => {
      expect(() => new dtp.DTPOptimizer(config as dtp.DTPOptimizerConfig)).toThrowError(
        new RegExp(`^DTPOptimizer: .*${message.source}`),
      );
    });
  }

  it('is taken over unchanged where nothing is given but undefined', () => {
    const config = {beta: undefined, inversion: {scheme: undefined}, decoders: undefined};
    expect(new dtp.DTPOptimizer(config).getConfig()).toEqual(new dtp.DTPOptimizer().getConfig());
  });

  it('makes decoders inverses for the influences that take them for such', () => {
    for (const name of Object.keys(dtp.influences) as dtp.InfluenceName[]) {
      const {decoders} = new dtp.DTPOptimizer({influence: name}).getConfig() as {
        decoders: {damping: number};
      };
      expect(decoders.damping).toBe(name === 'paper' || name === 'convex' ? 0.1 : 24);
    }
  });

  it('bounds what layers make together unless the influence shares it out', () => {
    for (const name of Object.keys(dtp.influences) as dtp.InfluenceName[]) {
      const {bounds} = new dtp.DTPOptimizer({influence: name}).getConfig() as {
        bounds: {together: number | null};
      };
      expect(bounds.together).toBe(name === 'convex' || name === 'uniform' ? null : 1);
    }
  });

  it('leaves differences as they are where they cannot be scaled, unless told to scale them', () => {
    const scaledOf = (config: dtp.DTPOptimizerConfig) =>
      new dtp.DTPOptimizer(config).getConfig().scaled;
    expect(scaledOf({})).toBeNull();
    for (const config of [
      {schedule: 'parallel'},
      {feedback: 'gradient'},
      {bounds: {target: 1}},
    ] as const) {
      expect(scaledOf(config)).toBeFalse();
      expect(scaledOf({...config, scaled: null})).toBeFalse();
    }
  });

  it('survives a round trip through JSON, inner optimizers included', () => {
    const optimizer = new dtp.DTPOptimizer({
      learningRate: 0.5,
      beta: 1e-2,
      inversion: {
        scheme: 'combined-iterative',
        iterations: 3,
        tolerance: 0.01,
        start: 'decoder',
        safeguard: false,
      },
      schedule: 'parallel',
      bounds: {together: 2, decrease: 1, shift: null, noise: null, target: 0.5, weights: 0.1},
      online: null,
      influence: 'paper',
      update: {rule: 'example', damping: 0, gramRows: null, balance: 0.5},
      decoders: {
        objective: 'autoencoder',
        rule: 'delta',
        damping: 0.1,
        ridge: 0.2,
        learningRate: 0.5,
        when: 'before',
        every: 2,
        drift: 0.1,
        noise: {input: 0.1},
        optimizer: tf.train.adam(0.01),
      },
      weightDecay: 0.01,
      clipNorm: 0.5,
      optimizer: tf.train.momentum(1, 0.9),
      unpairedOptimizer: tf.train.sgd(0.1),
      onNonFinite: 'skip',
      seed: 3,
    });
    const json = JSON.parse(JSON.stringify(optimizer.getConfig()));
    expect(new dtp.DTPOptimizer(json).getConfig()).toEqual(optimizer.getConfig());
    expect(json.optimizer.className).toBe('Momentum');
  });

  it('uses the ablation without influence, which its differences carry already', () => {
    const config = new dtp.DTPOptimizer({feedback: 'gradient'}).getConfig();
    expect(config.influence).toBe('none');
  });

  it('hands out a copy of itself: what is done to that changes no optimizer', () => {
    const optimizer = new dtp.DTPOptimizer();
    const before = JSON.stringify(optimizer.getConfig());
    type Config = {bounds: {shift: number}; unpairedOptimizer: {config: {learningRate: number}}};
    const given = optimizer.getConfig() as unknown as Config;
    given.bounds.shift = -3;
    given.unpairedOptimizer.config.learningRate = 99;
    expect(JSON.stringify(optimizer.getConfig())).toBe(before);
    expect(JSON.stringify(new dtp.DTPOptimizer().getConfig())).toBe(before);
  });

  it('names the class of an optimizer that could not be loaded again', () => {
    class Custom extends tf.SGDOptimizer {
      static override get className() {
        return 'Custom';
      }
    }
    for (const field of ['optimizer', 'unpairedOptimizer']) {
      expect(() => new dtp.DTPOptimizer({[field]: new Custom(1)})).toThrowError(
        RangeError,
        new RegExp(`^DTPOptimizer: ${field} is an instance of Custom, expected .*registerClass`),
      );
    }
  });

  it('saves the present value of a learning-rate schedule', () => {
    const optimizer = new dtp.DTPOptimizer({learningRate: (step) => 0.5 / (step + 1)});
    expect(optimizer.getConfig().learningRate).toBe(0.5);
  });

  it('names the step at which a learning-rate schedule returns no number', () => {
    const optimizer = new dtp.DTPOptimizer({learningRate: () => Number.NaN});
    expect(() => optimizer.learningRate).toThrowError(RangeError, /learningRate\(0\) returned NaN/);
  });

  it('takes a new learning rate, and rejects one that is not valid', () => {
    const optimizer = new dtp.DTPOptimizer();
    optimizer.setLearningRate(0.25);
    expect(optimizer.learningRate).toBe(0.25);
    expect(() => optimizer.setLearningRate(-1)).toThrowError(RangeError, /learningRate is -1/);
    const nothing = undefined as unknown as number;
    expect(() => optimizer.setLearningRate(nothing)).toThrowError(TypeError, /got undefined/);
    expect(optimizer.learningRate).toBe(0.25);
    optimizer.learningRate = 0.5;
    expect(() => {
      optimizer.learningRate = Number.NaN;
    }).toThrowError(RangeError, /learningRate is NaN/);
    expect(optimizer.learningRate).toBe(0.5);
  });

  const tables = {
    inversions: (name: string) => ({inversion: {scheme: name}}),
    influences: (name: string) => ({influence: name}),
    updates: (name: string) => ({update: {rule: name}}),
    decoderObjectives: (name: string) => ({decoders: {objective: name}}),
    decoderRules: (name: string) => ({decoders: {rule: name}}),
  };
  for (const [table, config] of Object.entries(tables)) {
    it(`takes a name that was added to dtp.${table}, saves it, and names it in messages`, () => {
      const all: Record<string, object> = {...dtp};
      const entries = all[table] as Record<string, unknown>;
      const make = (name: string) => new dtp.DTPOptimizer(config(name) as dtp.DTPOptimizerConfig);
      expect(() => make('mine')).toThrowError(RangeError, / is 'mine', expected one of /);
      entries.mine = Object.values(entries)[0];
      try {
        const json = JSON.parse(JSON.stringify(make('mine').getConfig()));
        expect(new dtp.DTPOptimizer(json).getConfig()).toEqual(make('mine').getConfig());
        expect(JSON.stringify(json)).toContain('"mine"');
        expect(() => make('yours')).toThrowError(RangeError, / is 'yours', .*'mine'/);
        // What every object has is no member.
        expect(() => make('toString')).toThrowError(RangeError, / is 'toString'/);
      } finally {
        delete entries.mine;
      }
    });
  }
});
