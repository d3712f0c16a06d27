import {execFileSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import * as dtp from 'tfjs-dtp';
import {examples, models, stock} from '../support/models';
import {temporaryFolder} from '../support/temporary_folder';
import {saved} from './saved';

/** Loads the models of a file, in a program that has only TensorFlow.js, and prints what they predict. */
const program = (file: string) => `
  import {readFileSync} from 'node:fs';
  import * as tf from '@tensorflow/tfjs';
  await tf.setBackend('cpu');
  const predictions = [];
  for (const {topology, specs, weights, inputs} of JSON.parse(readFileSync('${file}', 'utf8'))) {
    const weightData = Uint8Array.from(Buffer.from(weights, 'base64')).buffer;
    const artifacts = {modelTopology: topology, weightSpecs: specs, weightData};
    const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
    const outputs = [model.predict(inputs.map((input) => tf.tensor(input)))].flat();
    predictions.push(outputs.map((output) => output.arraySync()));
  }
  const classes = Object.keys(tf.serialization.SerializationMap.getMap().classNameMap);
  console.log(JSON.stringify({predictions, dtp: classes.filter((name) => /DTP/.test(name))}));
`;

describe('a reverted model', () => {
  const folder = temporaryFolder('revert');

  it('is loaded where this package is not, and predicts to the last bit what it did here', async () => {
    spyOn(console, 'warn');
    const entries = [];
    const expected = [];
    for (const name of Object.keys(models)) {
      const reverted = dtp.revert(dtp.convert(stock(name)));
      const {modelTopology, weightSpecs, weightData} = await saved(reverted);
      const isOfUsers = /TestScale/.test(JSON.stringify(modelTopology));
      if (isOfUsers) continue;
      const x = [examples(name, 3).x].flat();
      expected.push([reverted.predict(x)].flat().map((y) => y.arraySync()));
      entries.push({
        topology: modelTopology,
        specs: weightSpecs,
        weights: Buffer.from(weightData as ArrayBuffer).toString('base64'),
        inputs: x.map((input) => input.arraySync()),
      });
    }
    expect(entries.length).toBe(Object.keys(models).length - 1);

    const file = join(folder, 'models.json');
    writeFileSync(file, JSON.stringify(entries));
    const args = ['--input-type=module', '--eval', program(file)];
    const printed = execFileSync(process.execPath, args, {encoding: 'utf8', stdio: 'pipe'});
    const {predictions, dtp: ofThisPackage} = JSON.parse(printed.trim().split('\n').at(-1) ?? '');
    expect(ofThisPackage).toEqual([]);
    expect(predictions).toEqual(expected);
  });
});
