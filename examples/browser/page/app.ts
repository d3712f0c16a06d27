import type {SavedModel, Verdict} from '../shared/protocol';
import {extended, type RunRecord, readRecord} from '../shared/run_record';
import {defaultSettings, type Settings} from '../shared/settings';
import {rasterise, type Stroke} from '../shared/strokes';
import type {News, Remote} from './remote';
import {isFormWrong, isPending, type Probe, type State} from './state';

/** The size of the bundled digits, and so of what is collected. */
const DRAWN = 8;
const NOTHING_DRAWN: Probe = {strokes: [], pixels: [], label: null};
const NO_VERDICTS: [Verdict, Verdict] = [null, null];
const NOTHING_DRAWN_YET: State['message'] = {
  kind: 'error',
  text: 'There is nothing drawn yet. Draw a digit, then add it.',
};
const NOT_NAMED_YET: State['message'] = {
  kind: 'error',
  text: 'The drawing has no label yet. Choose which digit it is, then add it.',
};

export type App = ReturnType<typeof createApp>;

/**
 * The page without its looks: what it knows, and what can be done.
 *
 * Actions happen one after the other. What goes wrong becomes a message, and leaves the rest as it was.
 *
 * @param connect Starts a worker.
 * @param show Is told about every change.
 */
export function createApp(
  connect: (hear: (news: News) => void, mourn: (reason: string) => void) => Remote,
  show: (state: State) => void,
) {
  let state: State = {
    offer: null,
    phase: 'loading',
    isBuilding: false,
    settings: defaultSettings,
    misread: null,
    refused: null,
    record: null,
    begunWith: null,
    isOpened: false,
    step: 0,
    drawings: [],
    named: null,
    files: null,
    probe: NOTHING_DRAWN,
    verdicts: NO_VERDICTS,
    memory: null,
    message: null,
  };
  let remote: Remote;
  /** What `state.files` were read from. */
  let given: File[] = [];
  let run = -1;
  let last: Promise<void> = Promise.resolve();
  let isClassifying = false;

  const change = (changes: Partial<State>) => {
    state = {...state, ...changes};
    show(state);
  };
  const complain = (error: unknown) =>
    change({message: {kind: 'error', text: (error as Error).message}});

  /** The message, unless it is one that is true no more. */
  const without = (past: State['message']) => (state.message === past ? null : state.message);

  /** After what was asked before. */
  function act(action: () => Promise<void>): Promise<void> {
    last = last.then(action).catch(complain);
    return last;
  }

  function hear(news: News): void {
    if (news.run !== run || state.isOpened) return;
    if (news.kind === 'progress') {
      const {progress} = news;
      change({record: extended(state.record as RunRecord, progress), step: progress.step});
      if (progress.points.some((points) => points.length > 0)) {
        void classify();
        void remember();
      }
      return;
    }
    change({phase: 'idle'});
    if (news.reason === 'error') {
      const advice = 'Reset begins anew; if it stops again, choose another backend.';
      complain(new Error(`Training has stopped (${news.message}). ${advice}`));
    }
    if (news.reason === 'failed')
      complain(new Error('Both networks have stopped. Reset to begin anew.'));
    void remember();
  }

  function mourn(reason: string): void {
    change({phase: 'broken', verdicts: NO_VERDICTS});
    complain(new Error(`The worker that trains has stopped (${reason}). Reset starts a new one.`));
  }

  async function load(): Promise<void> {
    remote = connect(hear, mourn);
    const offer = await remote.offer();
    const {backends} = offer;
    const {settings} = state;
    const backend = backends.includes(settings.backend) ? settings.backend : backends[0];
    change({offer, phase: 'loading', settings: {...settings, backend}});
    if (given.length > 0) await giveAgain();
  }

  /** The files were with the worker before; they may have changed since they were given. */
  async function giveAgain(): Promise<void> {
    try {
      change({files: await remote.readFiles(given)});
    } catch (error) {
      const {settings} = state;
      const source = settings.source === 'files' ? 'digits' : settings.source;
      given = [];
      change({files: null, settings: {...settings, source}});
      const reason = (error as Error).message;
      const advice = 'Give them again; until then there are the bundled digits.';
      complain(new Error(`The files cannot be read any more (${reason}). ${advice}`));
    }
  }

  /** A run would not be what the form says. @throws the form's error, if it cannot be read. */
  function assertForm(): void {
    if (state.misread !== null) throw state.misread;
  }

  async function prepare(): Promise<void> {
    assertForm();
    change({message: null, isBuilding: true});
    try {
      await build();
    } finally {
      change({isBuilding: false});
    }
    void classify();
    void remember();
  }

  async function build(): Promise<void> {
    if (state.phase === 'broken') {
      remote.end();
      await load();
    }
    const {settings, drawings, files} = state;
    const begun = await remote.prepare(settings, drawings).catch((error) => {
      // Other settings may do, and take effect at once.
      const phase = state.phase === 'loading' ? 'idle' : state.phase;
      change({phase, refused: {settings, drawings, files}});
      throw error;
    });
    run = begun.run;
    change({
      phase: 'idle',
      refused: null,
      record: begun.record,
      begunWith: {drawings, files},
      isOpened: false,
      step: 0,
      verdicts: NO_VERDICTS,
      probe: seen(state.probe, begun.record),
    });
  }

  /** A change takes effect at once before the first step, and by `reset` later. */
  async function follow(): Promise<void> {
    const {phase, step, isOpened, record} = state;
    if (phase !== 'idle' || step > 0 || isOpened) return;
    // Once for several changes.
    if (record === null || isPending(state)) await prepare();
  }

  /** A run that has not begun is to be what the form says. @throws what is wrong with the form. */
  async function assertFollowed(): Promise<void> {
    if (state.isOpened || (state.step === 0 && isPending(state))) await prepare();
  }

  /** A test image of another run is forgotten; a drawing is seen with other pixels. */
  function seen({strokes}: Probe, {data}: RunRecord): Probe {
    if (strokes === null || strokes.length === 0) return NOTHING_DRAWN;
    return {strokes, pixels: Array.from(rasterise(strokes, data.rows, data.columns)), label: null};
  }

  /** One question at a time; the last one counts. */
  async function classify(): Promise<void> {
    if (isClassifying) return;
    isClassifying = true;
    try {
      let asked: Probe | null = null;
      while (asked !== state.probe && state.phase !== 'broken' && !state.isOpened) {
        asked = state.probe;
        const isEmpty = asked.pixels.length === 0;
        const verdicts = isEmpty ? NO_VERDICTS : await remote.classify(asked.pixels);
        change({verdicts: state.isOpened ? NO_VERDICTS : verdicts});
      }
    } catch (error) {
      complain(error);
    } finally {
      isClassifying = false;
    }
  }

  async function remember(): Promise<void> {
    if (state.phase === 'broken') return;
    await remote
      .memory()
      .then((memory) => change({memory}))
      .catch(complain);
  }

  return {
    get state() {
      return state;
    },
    load: () =>
      act(async () => {
        await load();
        await prepare();
      }),
    setSettings(settings: Settings) {
      const isSame = JSON.stringify(settings) === JSON.stringify(state.settings);
      if (isSame && state.misread === null) return;
      change({settings, misread: null, message: null});
      void act(follow);
    },
    /** The form has changed, but cannot be read. */
    misread(error: Error) {
      change({misread: error});
      complain(error);
    },
    complain,
    dismiss: () => change({message: null}),
    start: () =>
      act(async () => {
        await assertFollowed();
        // Before it runs, as it may be over before the answer comes.
        const {phase, message} = state;
        change({phase: 'running', message: isFormWrong(state) ? message : null});
        await remote.run().catch((error) => {
          change({phase});
          throw error;
        });
      }),
    pause: () => act(() => remote.pause()),
    step: () =>
      act(async () => {
        await assertFollowed();
        await remote.step();
      }),
    reset: () => act(prepare),
    giveFiles: (files: File[]) =>
      act(async () => {
        assertForm();
        const info = await remote.readFiles(files);
        given = files;
        const settings: Settings = {...state.settings, source: 'files'};
        change({files: info, settings, message: null});
        await follow();
      }),
    open: (file: Pick<File, 'name' | 'text'>) =>
      act(async () => {
        const record = readRecord(await file.text(), file.name);
        const steps = record.sides.flatMap(({points}) => points.map(({step}) => step));
        if (state.phase === 'running') await remote.pause();
        change({
          record,
          isOpened: true,
          phase: state.phase === 'broken' ? 'broken' : 'idle',
          step: steps.reduce((a, b) => Math.max(a, b), 0),
          settings: record.settings,
          misread: null,
          verdicts: NO_VERDICTS,
          probe: seen(state.probe, record),
          message: null,
        });
      }),
    draw(strokes: Stroke[]) {
      const {record} = state;
      const pixels =
        record === null || strokes.length === 0
          ? []
          : Array.from(rasterise(strokes, record.data.rows, record.data.columns));
      const message = strokes.length === 0 ? state.message : without(NOTHING_DRAWN_YET);
      change({probe: {strokes, pixels, label: null}, message});
      void classify();
    },
    showTestImage: (index: number) =>
      act(async () => {
        const {pixels, label} = await remote.testImage(index);
        change({probe: {strokes: null, pixels, label}, message: without(NOTHING_DRAWN_YET)});
        await classify();
      }),
    /** Says which digit is drawn. */
    name: (named: number | null) => change({named, message: without(NOT_NAMED_YET)}),
    collect() {
      const {named: label, drawings, probe} = state;
      const {strokes} = probe;
      if (strokes === null || strokes.length === 0) return change({message: NOTHING_DRAWN_YET});
      if (label === null) return change({message: NOT_NAMED_YET});
      const pixels = Array.from(rasterise(strokes, DRAWN, DRAWN));
      change({
        drawings: [...drawings, {label, pixels}],
        // The next one may be another digit.
        named: null,
        probe: NOTHING_DRAWN,
        message: null,
      });
      void classify();
      void act(follow);
    },
    /** Takes the last drawing back. */
    takeBack() {
      change({drawings: state.drawings.slice(0, -1)});
      void act(follow);
    },
    forget() {
      change({drawings: []});
      void act(follow);
    },
    save: async (side: 0 | 1): Promise<SavedModel | null> => {
      let saved: SavedModel | null = null;
      await act(async () => {
        saved = await remote.save(side);
      });
      return saved;
    },
  };
}
