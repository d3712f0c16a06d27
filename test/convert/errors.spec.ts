import * as tf from '@tensorflow/tfjs';
import * as dtp from 'tfjs-dtp';

const {dense} = tf.layers;

const small = (...more: tf.layers.Layer[]) =>
  tf.sequential({layers: [dense({units: 2, inputShape: [2], name: 'first'}), ...more]});

/** Of a class that tfjs has not been told of. */
class Unknown extends tf.layers.Layer {
  static readonly className = 'Unknown';
}

/** Does not say in its configuration how wide it is. */
class Forgetful extends tf.layers.Layer {
  static readonly className = 'TestForgetful';

  constructor(
    private readonly args: ConstructorParameters<typeof tf.layers.Layer>[0] & {width?: number},
  ) {
    super(args);
  }

  override build() {
    const {width = 3} = this.args;
    this.addWeight('w', [width], 'float32', tf.initializers.zeros());
    this.built = true;
  }
}
tf.serialization.registerClass(Forgetful);

/** Cannot be made from its configuration. */
class Demanding extends tf.layers.Layer {
  static readonly className = 'TestDemanding';

  constructor({size, ...args}: ConstructorParameters<typeof tf.layers.Layer>[0] & {size?: number}) {
    super(args);
    if (size === undefined) throw new Error('size is missing.');
  }
}
tf.serialization.registerClass(Demanding);

/** A model as another copy of tfjs would make it. */
class LayersModel {
  layers = [];
}

describe('dtp.convert, given what it cannot convert,', () => {
  const graphModel = Object.create(tf.GraphModel.prototype);
  const notModels: [unknown, RegExp][] = [
    [undefined, /got undefined, expected a tf\.LayersModel\. Make one by tf\.sequential/],
    [
      'model.json',
      /got 'model\.json', expected a tf\.LayersModel\. Load it: await tf\.loadLayersModel/,
    ],
    [tf.Sequential, /got a function, expected a tf\.LayersModel/],
    ['x'.repeat(1000), /got 'x{200}…', expected a tf\.LayersModel/],
    [{}, /got an Object, expected a tf\.LayersModel/],
    [dense({units: 1}), /got a Dense, expected a tf\.LayersModel/],
    [Promise.resolve(), /got a Promise.*[Aa]wait it: await tf\.loadLayersModel/],
    [graphModel, /got a GraphModel.*no layers.*tf\.loadLayersModel/],
    [new LayersModel(), /got a LayersModel.*Two copies of @tensorflow\/tfjs.*npm dedupe/],
  ];
  for (const [model, message] of notModels) {
    it(`says so of what is no layers model: ${message.source}`, () => {
      const given = model as tf.LayersModel;
      for (const [name, call] of [
        ['convert', () => dtp.convert(given)],
        ['revert', () => dtp.revert(given)],
        ['summary', () => dtp.summary(given)],
      ] as const) {
        expect(call).toThrowError(TypeError, new RegExp(`^dtp\\.${name}: ${message.source}`));
      }
    });
  }

  it('says that a model has no layers', () => {
    expect(() => dtp.convert(tf.sequential())).toThrowError(
      /dtp\.convert: the model has no layers/,
    );
  });

  it('says that what is to be excluded is paired already', () => {
    const model = dtp.convert(small(dense({units: 2, name: 'out', inputShape: [2]})));
    for (const exclude of ['out', 'Dense', () => true]) {
      expect(() => dtp.convert(model, {exclude})).toThrowError(
        RangeError,
        /options\.exclude means "\w+", which is paired already.*dtp\.revert\(model\)/,
      );
    }
    const stock = dtp.convert(dtp.revert(model), {exclude: 'out'}).getLayer('out');
    expect(stock.getClassName()).toBe('Dense');
  });

  it('says that a model is disposed', () => {
    const model = small();
    model.dispose();
    expect(() => dtp.convert(model)).toThrowError(
      `dtp.convert: the model "${model.name}" is disposed, expected one that is in use. ` +
        'Call it before model.dispose().',
    );
    expect(() => dtp.revert(model)).toThrowError(/dtp\.revert: .* is disposed/);
  });

  it('names a name that two layers have, in a nested model, too', () => {
    const nested = small(dense({units: 2, name: 'first'}));
    for (const model of [nested, tf.sequential({layers: [nested, dense({units: 2})]})]) {
      expect(() => dtp.convert(model)).toThrowError(
        `dtp.convert: the model "${nested.name}" has two layers of the name "first", expected ` +
          'distinct names. Give one of them another name where it is made.',
      );
    }
  });

  const unconvertible: Record<string, {layer: () => tf.layers.Layer; message: RegExp}> = {
    'whose class is not registered': {
      layer: () => new Unknown({name: 'mine'}),
      message:
        /the layer "mine" is of the class Unknown, which.*tf\.serialization\.registerClass\(Unknown\)/,
    },
    'whose copy has other weights': {
      layer: () => new Forgetful({name: 'mine', width: 5}),
      message:
        /"mine" \(TestForgetful\) has weights of the shapes \[\[5\]\], but its copy \[\[3\]\]/,
    },
    'that cannot be made again': {
      layer: () => new Demanding({size: 1}),
      message: /cannot be made as a TestDemanding: size is missing\. The getConfig\(\)/,
    },
  };
  for (const [what, {layer, message}] of Object.entries(unconvertible)) {
    it(`names a layer ${what}, and leaves no tensor`, () => {
      const model = small(layer(), dense({units: 2}));
      const json = model.toJSON();
      const tensors = tf.memory().numTensors;
      expect(() => dtp.convert(model)).toThrowError(Error, message);
      expect(() => dtp.revert(model)).toThrowError(Error, message);
      expect(tf.memory().numTensors).toBe(tensors);
      expect(model.toJSON()).toBe(json);
    });
  }

  it('says that there is nothing to pair, what there is, and what could be', () => {
    const model = tf.sequential({
      layers: [tf.layers.lstm({units: 2, inputShape: [3, 2]}), tf.layers.softmax()],
    });
    const message =
      /no layer of the model would be paired \(its classes: LSTM, Softmax\).*can be: Dense.*optimizer of tfjs/;
    expect(() => dtp.convert(model)).toThrowError(Error, message);
    expect(() => dtp.convert(small(), {exclude: 'Dense'})).toThrowError(
      Error,
      /no layer of the model would be paired \(its classes: Dense\)/,
    );
  });
});

describe('dtp.convert, given options that make no sense,', () => {
  const build = () =>
    tf.sequential({
      layers: [
        tf.layers.lstm({units: 2, inputShape: [3, 2], name: 'memory'}),
        dense({units: 2, name: 'head'}),
      ],
    });
  const mistakes: [string, unknown, RegExp][] = [
    ['no object', 'Dense', /options is 'Dense', expected an object with some of/],
    ['an array', ['Dense'], /options is \['Dense'\], expected an object/],
    ['null', null, /options is null, expected an object/],
    [
      'an unknown field',
      {includes: 'Dense'},
      /options has no field "includes", expected an object with some of the fields include, exclude, decoder, decoders, branches/,
    ],
    ['a field of every object', {toString: 1}, /options has no field "toString"/],
    ['a number as a name', {include: 3}, /options\.include is 3, expected names of layers/],
    ['a number among names', {exclude: ['a', 3]}, /options\.exclude is \['a', 3\], expected names/],
    [
      'a merge that does not exist',
      {branches: 'mean'},
      /branches is 'mean', expected false or one of 'measured', 'convex', 'sum'/,
    ],
    ['branches: true', {branches: true}, /options\.branches is true, expected false or one of/],
    ['decoder: false', {decoder: false}, /options\.decoder is false, expected the settings/],
    ['decoders for no layer', {decoders: []}, /options\.decoders is \[\], expected settings/],
    [
      'decoders that are none',
      {decoders: {Dense: 'x'}},
      /options\.decoders is {Dense: 'x'}, expected settings of decoders, or false/,
    ],
    [
      'a name that nothing has',
      {include: 'haed'},
      /options\.include names "haed", expected the name of a layer.*memory \(LSTM\), head \(Dense\)/,
    ],
    ['the same among others', {exclude: ['head', 'haed']}, /options\.exclude names "haed"/],
    [
      'the name of a layer that cannot be paired',
      {include: ['head', 'memory']},
      /include names "memory", of the class LSTM, which has no paired class.*ordinary gradients.*Dense/,
    ],
    ['a class that cannot be paired', {include: 'LSTM'}, /include names "LSTM", of the class LSTM/],
    [
      'a decoder for a layer that is not paired',
      {decoders: {memory: {}}},
      /options\.decoders names "memory", expected a layer that is paired.*head \(Dense\)/,
    ],
    [
      'a decoder that does not exist',
      {decoder: {architecture: 'cnn'}},
      /"head" cannot be made as a DTPDense.*architecture is 'cnn', expected one of.*exclude it/,
    ],
  ];
  for (const [mistake, options, message] of mistakes) {
    it(`says what is wrong and what is right, and leaves no tensor: ${mistake}`, () => {
      const model = build();
      const tensors = tf.memory().numTensors;
      expect(() => dtp.convert(model, options as dtp.ConvertOptions)).toThrowError(
        new RegExp(`^dtp\\.convert: .*${message.source}`),
      );
      expect(tf.memory().numTensors).toBe(tensors);
    });
  }
});
