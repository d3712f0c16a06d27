import {createApp} from '../../examples/browser/page/app';
import type {News, Remote} from '../../examples/browser/page/remote';
import {isPending, isWaiting} from '../../examples/browser/page/state';
import type {Offer, Verdict} from '../../examples/browser/shared/protocol';
import {type Progress, writeRecord} from '../../examples/browser/shared/run_record';
import type {Settings} from '../../examples/browser/shared/settings';
import {pointAt, someRun} from './some_run';

const offer: Offer = {
  backends: ['wasm', 'cpu'],
  activations: [],
  schemes: [],
  influences: [],
  objectives: [],
  decoders: [],
  defaults: {},
};
const nothing: Progress = {
  step: 1,
  points: [[], []],
  failures: [null, null],
  watched: [],
  reconstructions: null,
};
const line: Array<[number, number]> = [
  [0.5, 0.1],
  [0.5, 0.9],
];

/** A worker that is only a table of answers; it notes what it is asked. */
function fakeWorker() {
  const asked: string[] = [];
  const told: {hear(news: News): void; mourn(reason: string): void}[] = [];
  let run = 0;
  const answers: Remote = {
    offer: async () => offer,
    readFiles: async ([{name}]) => ({name, train: 5, test: 1, rows: 2, columns: 2}),
    prepare: async (settings) => ({run: ++run, record: {...someRun([[2], [2]]), settings}}),
    run: async () => {},
    pause: async () => told[told.length - 1].hear({kind: 'ended', run, reason: 'paused'}),
    step: async () => told[told.length - 1].hear({kind: 'progress', run, progress: nothing}),
    classify: async (): Promise<[Verdict, Verdict]> => [
      [1, 0],
      [0, 1],
    ],
    testImage: async () => ({pixels: [0, 1, 0, 1], label: 1}),
    save: async () => ({topology: '{}', weights: new ArrayBuffer(0), weightsFile: 'w'}),
    memory: async () => ({tensors: 7, bytes: 28}),
    end: () => {},
  };
  const connect = (hear: (news: News) => void, mourn: (reason: string) => void) => {
    told.push({hear, mourn});
    const remote = {...answers};
    for (const name of Object.keys(answers) as Array<keyof Remote>) {
      Reflect.set(remote, name, (...args: unknown[]) => {
        if (name !== 'memory') asked.push(name);
        return (answers[name] as (...args: unknown[]) => unknown)(...args);
      });
    }
    return remote;
  };
  return {
    asked,
    answers,
    connect,
    get workers() {
      return told.length;
    },
    tell: (news: News) => told[told.length - 1].hear(news),
    die: (reason: string) => told[told.length - 1].mourn(reason),
    get run() {
      return run;
    },
  };
}

async function loaded() {
  const worker = fakeWorker();
  const app = createApp(worker.connect, () => {});
  await app.load();
  worker.asked.length = 0;
  const change = (changes: Partial<Settings>) =>
    app.setSettings({...app.state.settings, ...changes});
  /** Until all that was asked before has been done. */
  const settled = async () => {
    await app.save(0);
    worker.asked.pop();
  };
  return {worker, app, change, settled};
}

describe('The page without its looks', () => {
  it('loads, and has a run', async () => {
    const {app} = await loaded();
    const {phase, offer: got, record, step, message} = app.state;
    expect(got).toEqual(offer);
    expect([phase, step, message]).toEqual(['idle', 0, null]);
    expect(record?.settings).toEqual(app.state.settings);
  });

  it('takes a backend that there is', async () => {
    const worker = fakeWorker();
    worker.answers.offer = async () => ({...offer, backends: ['cpu']});
    const app = createApp(worker.connect, () => {});
    await app.load();
    expect(app.state.settings.backend).toBe('cpu');
  });

  it('takes another backend at once where the first run cannot begin', async () => {
    const worker = fakeWorker();
    const {prepare} = worker.answers;
    worker.answers.prepare = async (settings, drawings) => {
      if (settings.backend === 'wasm') throw new Error('wasm cannot start. Choose another one.');
      return prepare(settings, drawings);
    };
    const app = createApp(worker.connect, () => {});
    await app.load();
    expect(app.state.message?.text).toMatch(/wasm cannot start/);
    app.setSettings({...app.state.settings, backend: 'cpu'});
    await app.save(0);
    expect(app.state.record?.settings.backend).toBe('cpu');
    expect([app.state.phase, app.state.message]).toEqual(['idle', null]);
  });

  it('follows a change that comes while its first run is being prepared', async () => {
    const worker = fakeWorker();
    const app = createApp(worker.connect, () => {});
    const {prepare} = worker.answers;
    worker.answers.prepare = (...args) => {
      if (worker.run === 0) app.setSettings({...app.state.settings, batch: 2});
      return prepare(...args);
    };
    await app.load();
    await app.save(0);
    expect(app.state.record?.settings.batch).toBe(2);
  });

  it('says that it builds a run until it has it, and follows what is changed meanwhile', async () => {
    const {worker, app, change, settled} = await loaded();
    const {prepare} = worker.answers;
    let finish = () => {};
    worker.answers.prepare = async (...args) => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return prepare(...args);
    };
    change({batch: 2});
    await Promise.resolve();
    expect([app.state.isBuilding, isWaiting(app.state)]).toEqual([true, false]);
    change({batch: 3});
    worker.answers.prepare = prepare;
    finish();
    await settled();
    expect(app.state.isBuilding).toBe(false);
    expect(app.state.record?.settings.batch).toBe(3);

    worker.answers.prepare = async () => {
      throw new Error('Hidden units: too many.');
    };
    await app.reset();
    expect([app.state.isBuilding, app.state.message?.text]).toEqual([
      false,
      'Hidden units: too many.',
    ]);
  });

  for (const begin of ['start', 'step'] as const) {
    it(`takes no first step by ${begin} with other settings than the form has`, async () => {
      const {worker, app, change, settled} = await loaded();
      const {prepare} = worker.answers;
      worker.answers.prepare = async () => {
        throw new Error('inversion.iterations: is -1.');
      };
      change({dtp: {inversion: {iterations: -1}}});
      await settled();
      worker.asked.length = 0;
      await app[begin]();
      expect(worker.asked).toEqual(['prepare']);
      expect([app.state.phase, app.state.message?.text]).toEqual([
        'idle',
        'inversion.iterations: is -1.',
      ]);
      // What was refused once may do later: files come, a connection returns.
      worker.answers.prepare = prepare;
      await app[begin]();
      expect(app.state.record?.settings.dtp).toEqual({inversion: {iterations: -1}});
      expect([worker.asked.at(-1), app.state.message]).toEqual([
        begin === 'start' ? 'run' : 'step',
        null,
      ]);
    });
  }

  it('has changes wait for a reset only where there is a run to keep, and a form to follow', async () => {
    const {worker, app, change, settled} = await loaded();
    const waits = async (act: () => unknown) => {
      act();
      await settled();
      return isWaiting(app.state);
    };
    const {prepare} = worker.answers;
    const refuse = async () => {
      throw new Error('Mini-batch: is 0.');
    };
    worker.answers.prepare = refuse;
    expect(await waits(() => change({batch: 0}))).toBe(false);
    expect(await waits(() => app.misread(new Error('Any other option: is no JSON.')))).toBe(false);
    worker.answers.prepare = prepare;
    expect(await waits(() => change({batch: 1}))).toBe(false);
    await app.step();
    expect(await waits(() => change({batch: 0}))).toBe(true);
    worker.answers.prepare = refuse;
    expect(await waits(() => app.reset())).toBe(false);
    // The run goes on, and what is wrong with the form is still said.
    await app.start();
    await app.pause();
    expect([isWaiting(app.state), app.state.message?.text]).toEqual([false, 'Mini-batch: is 0.']);
    expect(await waits(() => change({batch: 2}))).toBe(true);
    expect(await waits(() => app.misread(new Error('Any other option: is no JSON.')))).toBe(false);
    worker.answers.prepare = prepare;
    expect(await waits(() => change({batch: 3}))).toBe(true);
    expect(await waits(() => app.reset())).toBe(false);
  });

  it('begins anew at once for a change before the first step, for the last one of several', async () => {
    const {worker, app, change, settled} = await loaded();
    change({batch: 1});
    change({batch: 2});
    change({batch: 3});
    await settled();
    expect(worker.asked).toEqual(['prepare']);
    expect(app.state.record?.settings.batch).toBe(3);
    expect(isPending(app.state)).toBe(false);
  });

  it('keeps a change for the next reset once there was a step', async () => {
    const {worker, app, change, settled} = await loaded();
    await app.step();
    expect(app.state.step).toBe(1);
    change({backend: 'cpu'});
    await settled();
    expect(worker.asked).toEqual(['step']);
    expect(app.state.record?.settings.backend).toBe('wasm');
    expect(isPending(app.state)).toBe(true);
    await app.reset();
    expect(app.state.record?.settings.backend).toBe('cpu');
    expect(app.state.step).toBe(0);
    expect(isPending(app.state)).toBe(false);
  });

  it('keeps a change for the next reset while it runs, or shows a run from a file', async () => {
    const {worker, app, change, settled} = await loaded();
    await app.start();
    change({batch: 2});
    await settled();
    expect(worker.asked).toEqual(['run']);
    await app.open({name: 'run.json', text: async () => writeRecord(someRun())});
    change({batch: 3});
    await settled();
    expect(worker.asked).toEqual(['run', 'pause']);
    expect(app.state.isOpened).toBe(true);
  });

  it('begins nothing while the form cannot be read, and says so each time', async () => {
    const {worker, app, settled} = await loaded();
    const error = new Error('Any other option: is no JSON.');
    app.misread(error);
    const files = [new File([], 'mine')];
    for (const begin of [app.start, app.step, app.reset, () => app.giveFiles(files)]) {
      app.dismiss();
      await begin();
      expect(app.state.message?.text).toBe(error.message);
      expect(isPending(app.state)).toBe(true);
    }
    expect(worker.asked).toEqual([]);
    // What it says when it can be read again may be what it said before.
    app.setSettings({...app.state.settings});
    await settled();
    expect([app.state.message, isPending(app.state)]).toEqual([null, false]);
    await app.start();
    expect(worker.asked).toEqual(['run']);
  });

  it('goes on with its run while the form cannot be read, and opens another', async () => {
    const {worker, app} = await loaded();
    await app.step();
    app.misread(new Error('Any other option: is no JSON.'));
    await app.start();
    await app.pause();
    await app.step();
    expect(worker.asked).toEqual(['step', 'run', 'pause', 'step']);
    await app.open({name: 'run.json', text: async () => writeRecord(someRun())});
    await app.reset();
    expect([app.state.isOpened, app.state.message]).toEqual([false, null]);
  });

  it('keeps its run where the worker refuses a new one, and says why', async () => {
    const {worker, app, change, settled} = await loaded();
    await app.step();
    const {record} = app.state;
    worker.answers.prepare = async () => {
      throw new Error('The backend cpu does not work here.');
    };
    change({backend: 'cpu'});
    await app.reset();
    expect(app.state.message).toEqual({
      kind: 'error',
      text: 'The backend cpu does not work here.',
    });
    expect(app.state.record).toBe(record);
    expect([app.state.phase, app.state.step]).toEqual(['idle', 1]);
    await app.step();
    await settled();
    expect(worker.asked).toEqual(['step', 'prepare', 'step']);
  });

  it('runs until it is paused, or the epochs are over', async () => {
    const {worker, app} = await loaded();
    for (const reason of ['paused', 'epochs'] as const) {
      await app.start();
      expect(app.state.phase).toBe('running');
      if (reason === 'paused') await app.pause();
      else worker.tell({kind: 'ended', run: worker.run, reason});
      expect(app.state.phase).toBe('idle');
      expect(app.state.message).toBeNull();
    }
    expect(worker.asked).toEqual(['run', 'pause', 'run']);
  });

  it('is where it was if training cannot begin', async () => {
    const {worker, app} = await loaded();
    worker.answers.run = async () => {
      throw new Error('There is no run yet.');
    };
    await app.start();
    expect(app.state.phase).toBe('idle');
    expect(app.state.message?.text).toBe('There is no run yet.');
  });

  it('adds progress to its run, and asks about the image again', async () => {
    const {worker, app, settled} = await loaded();
    app.draw([line]);
    await settled();
    expect(worker.asked).toEqual(['classify']);
    const progress: Progress = {
      ...nothing,
      step: 10,
      points: [[pointAt(1, 0.5)], [pointAt(1, 0.7)]],
    };
    worker.tell({kind: 'progress', run: worker.run, progress});
    await settled();
    expect(app.state.step).toBe(10);
    const ends = app.state.record?.sides.map(({points}) => points[points.length - 1].loss);
    expect(ends).toEqual([0.5, 0.7]);
    expect(worker.asked).toEqual(['classify', 'classify']);
    // An evaluation is what changes the answer: steps in between are many.
    worker.tell({kind: 'progress', run: worker.run, progress: {...nothing, step: 11}});
    await settled();
    expect(worker.asked.length).toBe(2);
  });

  it('hears nothing of a run that is over', async () => {
    const {worker, app} = await loaded();
    const old = worker.run;
    await app.reset();
    const before = app.state;
    worker.tell({kind: 'progress', run: old, progress: {...nothing, step: 99}});
    worker.tell({kind: 'ended', run: old, reason: 'error', message: 'late'});
    expect(app.state).toBe(before);
  });

  it('says why training has stopped', async () => {
    const {worker, app} = await loaded();
    await app.start();
    worker.tell({kind: 'ended', run: worker.run, reason: 'error', message: 'device lost'});
    expect(app.state.phase).toBe('idle');
    expect(app.state.message?.text).toBe(
      'Training has stopped (device lost). Reset begins anew; if it stops again, choose another ' +
        'backend.',
    );
    worker.tell({kind: 'ended', run: worker.run, reason: 'failed'});
    expect(app.state.message?.text).toBe('Both networks have stopped. Reset to begin anew.');
  });

  it('starts another worker after one has died, by reset, and gives it the files', async () => {
    const {worker, app} = await loaded();
    await app.giveFiles([new File([], 'mine')]);
    worker.die('out of memory');
    expect(app.state.phase).toBe('broken');
    expect(app.state.message?.text).toBe(
      'The worker that trains has stopped (out of memory). Reset starts a new one.',
    );
    worker.asked.length = 0;
    await app.reset();
    expect(worker.asked).toEqual(['end', 'offer', 'readFiles', 'prepare']);
    expect(worker.workers).toBe(2);
    expect(app.state.phase).toBe('idle');
    expect(app.state.message).toBeNull();
    expect(app.state.files?.name).toBe('mine');
    expect(app.state.record?.settings.source).toBe('files');
  });

  it('takes the bundled digits, and says so, where a new worker cannot read the files', async () => {
    const {worker, app} = await loaded();
    await app.giveFiles([new File([], 'mine')]);
    worker.die('out of memory');
    worker.answers.readFiles = async () => {
      throw new Error('mine has changed');
    };
    await app.reset();
    expect(app.state.message).toEqual({
      kind: 'error',
      text:
        'The files cannot be read any more (mine has changed). Give them again; until then there are ' +
        'the bundled digits.',
    });
    expect([app.state.phase, app.state.files]).toEqual(['idle', null]);
    expect(app.state.record?.settings.source).toBe('digits');
    expect(isPending(app.state)).toBe(false);
  });

  it('starts no worker more where the new one refuses the settings', async () => {
    const {worker, app, change} = await loaded();
    worker.die('out of memory');
    const {prepare} = worker.answers;
    worker.answers.prepare = async () => {
      throw new Error('Epochs: is 0.');
    };
    for (let i = 0; i < 3; i++) await app.reset();
    expect([app.state.phase, app.state.message?.text]).toEqual(['idle', 'Epochs: is 0.']);
    expect(worker.workers).toBe(2);
    worker.answers.prepare = prepare;
    change({epochs: 2});
    await app.reset();
    expect(app.state.record?.settings.epochs).toBe(2);
    expect(worker.workers).toBe(2);
  });

  it('trains on files as soon as it has them, but not in the course of a run', async () => {
    const {worker, app} = await loaded();
    await app.giveFiles([new File([], 'mine')]);
    expect(app.state.files?.name).toBe('mine');
    expect(app.state.record?.settings.source).toBe('files');
    expect(worker.asked).toEqual(['readFiles', 'prepare']);
    await app.step();
    await app.giveFiles([new File([], 'others')]);
    expect(app.state.files?.name).toBe('others');
    expect(worker.asked).toEqual(['readFiles', 'prepare', 'step', 'readFiles']);
    expect(app.state.step).toBe(1);
  });

  it('has files that come in the course of a run on files wait for a reset', async () => {
    const {app} = await loaded();
    await app.giveFiles([new File([], 'mine')]);
    await app.step();
    expect(isPending(app.state)).toBe(false);
    await app.giveFiles([new File([], 'others')]);
    expect(isPending(app.state)).toBe(true);
    await app.reset();
    expect(isPending(app.state)).toBe(false);
  });

  for (const source of ['drawings', 'both'] as const) {
    it(`trains on drawings at once, or after a reset in the course of a run on ${source}`, async () => {
      const {worker, app, change, settled} = await loaded();
      const given: number[] = [];
      const {prepare} = worker.answers;
      worker.answers.prepare = (settings, drawings) => {
        given.push(drawings.length);
        return prepare(settings, drawings);
      };
      const collect = () => {
        app.draw([line]);
        app.name(1);
        app.collect();
      };
      collect();
      change({source});
      await settled();
      collect();
      await settled();
      expect(given).toEqual([1, 2]);
      await app.step();
      for (const act of [collect, app.takeBack, app.forget]) {
        expect(isPending(app.state)).toBe(false);
        act();
        await settled();
        expect(isPending(app.state)).toBe(true);
        await app.reset();
        await app.step();
      }
      expect(given).toEqual([1, 2, 3, 2, 0]);
    });
  }

  it('has no use for drawings in a run on other data', async () => {
    const {worker, app, settled} = await loaded();
    app.draw([line]);
    app.name(1);
    app.collect();
    app.forget();
    await settled();
    expect(worker.asked).not.toContain('prepare');
    expect(isPending(app.state)).toBe(false);
  });

  it('keeps files, settings and run where new files are broken', async () => {
    const {worker, app} = await loaded();
    await app.giveFiles([new File([], 'mine')]);
    const before = app.state;
    worker.answers.readFiles = async () => {
      throw new Error('bad.idx: is cut off.');
    };
    await app.giveFiles([new File([], 'bad.idx')]);
    expect(app.state).toEqual({
      ...before,
      memory: app.state.memory,
      message: {kind: 'error', text: 'bad.idx: is cut off.'},
    });
  });

  it('opens an exported run, pausing its own, and begins a new one from there', async () => {
    const {worker, app} = await loaded();
    const exported = someRun([
      [2, 1, 0.5],
      [2, 1.5, 1],
    ]);
    exported.settings = {...exported.settings, seed: 7};
    await app.start();
    await app.open({name: 'run.json', text: async () => writeRecord(exported)});
    expect(worker.asked).toEqual(['run', 'pause']);
    expect(app.state.record).toEqual(exported);
    expect([app.state.isOpened, app.state.step, app.state.phase]).toEqual([true, 20, 'idle']);
    expect(isPending(app.state)).toBe(false);
    // Its own run is heard no more.
    worker.tell({kind: 'progress', run: worker.run, progress: nothing});
    expect(app.state.record).toEqual(exported);
    await app.step();
    expect(worker.asked).toEqual(['run', 'pause', 'prepare', 'step']);
    expect([app.state.isOpened, app.state.step]).toEqual([false, 1]);
    expect(app.state.record?.settings.seed).toBe(7);
  });

  it('keeps all it has where a run cannot be opened', async () => {
    const {app} = await loaded();
    const before = app.state;
    await app.open({name: 'run.json', text: async () => '{}'});
    expect(app.state.record).toBe(before.record);
    expect(app.state.isOpened).toBe(false);
    expect(app.state.message?.text).toMatch(/^run\.json: is not a run of this page/);
  });

  it('asks one question at a time, and shows the answer to the last one', async () => {
    const {worker, app, settled} = await loaded();
    const answer: Array<() => void> = [];
    worker.answers.classify = (pixels) =>
      new Promise((resolve) => {
        const ink = pixels.reduce((sum, pixel) => sum + pixel, 0);
        answer.push(() => resolve([[ink], [ink]]));
      });
    const drawings = [0.2, 0.5, 0.9].map((end) => [
      [
        [0, 0],
        [end, 1],
      ] as Array<[number, number]>,
    ]);
    for (const strokes of drawings) app.draw(strokes);
    await settled();
    expect(answer.length).toBe(1);
    answer[0]();
    await settled();
    expect(answer.length).toBe(2);
    answer[1]();
    await settled();
    expect(answer.length).toBe(2);
    const ink = app.state.probe.pixels.reduce((sum, pixel) => sum + pixel, 0);
    expect(app.state.verdicts).toEqual([[ink], [ink]]);
  });

  it('forgets the answer with the drawing', async () => {
    const {worker, app, settled} = await loaded();
    app.draw([line]);
    await settled();
    expect(app.state.verdicts[0]).toEqual([1, 0]);
    app.draw([]);
    await settled();
    expect(app.state.verdicts).toEqual([null, null]);
    expect(app.state.probe.pixels).toEqual([]);
    expect(worker.asked).toEqual(['classify']);
  });

  it('sees a drawing with as many pixels as the data of a new run have', async () => {
    const {worker, app} = await loaded();
    app.draw([line]);
    expect(app.state.probe.pixels.length).toBe(4);
    const {prepare} = worker.answers;
    worker.answers.prepare = async (...args) => {
      const begun = await prepare(...args);
      const data = {...begun.record.data, rows: 5, columns: 3};
      return {...begun, record: {...begun.record, data}};
    };
    await app.reset();
    expect(app.state.probe.strokes).toEqual([line]);
    expect(app.state.probe.pixels.length).toBe(15);
    // A test image belongs to its data.
    await app.showTestImage(0);
    expect(app.state.probe).toEqual({strokes: null, pixels: [0, 1, 0, 1], label: 1});
    await app.reset();
    expect(app.state.probe.pixels).toEqual([]);
  });

  it('sees a drawing as the data of an opened run would, and no test image of others', async () => {
    const {app} = await loaded();
    const run = someRun();
    run.data.rows = 5;
    const open = () => app.open({name: 'run.json', text: async () => writeRecord(run)});
    app.draw([line]);
    await open();
    expect(app.state.probe.pixels.length).toBe(10);
    await app.reset();
    await app.showTestImage(0);
    await open();
    expect(app.state.probe).toEqual({strokes: [], pixels: [], label: null});
  });

  it('collects drawings in the size of the bundled digits, and clears the pad', async () => {
    const {app, settled} = await loaded();
    app.draw([line]);
    app.name(1);
    app.collect();
    await settled();
    expect(app.state.drawings.map(({label, pixels}) => [label, pixels.length])).toEqual([[1, 64]]);
    expect(app.state.probe.strokes).toEqual([]);
    expect(app.state.message).toBeNull();
    app.forget();
    expect(app.state.drawings).toEqual([]);
  });

  it('collects no drawing without a label of its own', async () => {
    const {app} = await loaded();
    const labels = () => app.state.drawings.map(({label}) => label);
    for (const [i, label] of [0, 7].entries()) {
      app.draw([line]);
      app.collect();
      expect(app.state.message?.text).toMatch(/has no label yet\. Choose which digit it is/);
      expect(labels().length).toBe(i);
      app.name(label);
      expect(app.state.message).toBeNull();
      app.collect();
    }
    expect(labels()).toEqual([0, 7]);
    app.takeBack();
    expect(labels()).toEqual([0]);
  });

  it('says that nothing is drawn until something is, or is shown', async () => {
    const {app} = await loaded();
    for (const show of [() => app.draw([line]), () => app.showTestImage(0)]) {
      app.draw([]);
      app.collect();
      expect(app.state.message?.text).toBe(
        'There is nothing drawn yet. Draw a digit, then add it.',
      );
      app.draw([]);
      expect(app.state.message).not.toBeNull();
      await show();
      expect(app.state.message).toBeNull();
      // What it does not answer stays.
      app.complain(new Error('Epochs: is 0.'));
      await show();
      expect(app.state.message?.text).toBe('Epochs: is 0.');
    }
  });

  it('does one thing after the other, and goes on after one that failed', async () => {
    const {worker, app, settled} = await loaded();
    let finish = () => {};
    worker.answers.prepare = () =>
      new Promise((_, reject) => {
        finish = () => reject(new Error('no'));
      });
    void app.reset();
    void app.step();
    await Promise.resolve();
    expect(worker.asked).toEqual(['prepare']);
    finish();
    await settled();
    expect(worker.asked).toEqual(['prepare', 'step']);
    expect(app.state.step).toBe(1);
  });
});
