import type {Drawing} from '../shared/drawings';
import type {FilesInfo, Memory, Offer, Verdict} from '../shared/protocol';
import type {RunRecord} from '../shared/run_record';
import type {Settings, Source} from '../shared/settings';
import type {Stroke} from '../shared/strokes';

/** An image that both networks are asked about. */
export interface Probe {
  /** Null for a test image. */
  strokes: Stroke[] | null;
  /** As the networks see it, where there is a run. */
  pixels: number[];
  /** Of a test image. */
  label: number | null;
}

/** All that the page shows; the modules of the page draw it. */
export interface State {
  /** Null while the worker loads. */
  offer: Offer | null;
  phase: 'loading' | 'idle' | 'running' | 'broken';
  /** Whether the worker builds a run; the present one is shown until it is there. */
  isBuilding: boolean;
  /** What the form says, or said last where it cannot be read. */
  settings: Settings;
  /** Why the form cannot be read; null if it can. */
  misread: Error | null;
  /** What the worker has refused to build last; null if nothing was refused since a run was begun. */
  refused: Pick<State, 'settings' | 'drawings' | 'files'> | null;
  record: RunRecord | null;
  /** The visitor's own data that it was begun with; null before there is a run. */
  begunWith: Pick<State, 'drawings' | 'files'> | null;
  /** Whether the run comes from a file, so that there are no networks to it. */
  isOpened: boolean;
  step: number;
  drawings: Drawing[];
  /** Which digit the visitor says is drawn; null until they do. */
  named: number | null;
  files: FilesInfo | null;
  probe: Probe;
  verdicts: [Verdict, Verdict];
  memory: Memory | null;
  message: {kind: 'error' | 'info'; text: string} | null;
}

/** Whether the form, or the data that it asks for, are others than the run was begun with. */
export function isPending(state: State): boolean {
  const {record, settings, misread, begunWith, isOpened} = state;
  if (record === null || isOpened) return false;
  if (misread !== null) return true;
  if (JSON.stringify(record.settings) !== JSON.stringify(settings)) return true;
  return ownData[settings.source].some((part) => begunWith?.[part] !== state[part]);
}

/** Whether the form cannot be read, or asks for what the worker has refused. */
export function isFormWrong(state: State): boolean {
  const {misread, refused} = state;
  if (misread !== null) return true;
  return refused !== null && parts.every((part) => refused[part] === state[part]);
}

/** Whether a change waits for a reset, so that the run that has begun stays what it is. */
export function isWaiting(state: State): boolean {
  const {step, phase, isBuilding} = state;
  const hasBegun = step > 0 || phase === 'running';
  return hasBegun && !isBuilding && !isFormWrong(state) && isPending(state);
}

/** Whether there are networks, and their data: to be asked, and to be kept. */
export function hasNetworks({record, isOpened, phase}: State): boolean {
  return record !== null && !isOpened && phase !== 'broken';
}

/** What a run is built from. */
const parts = ['settings', 'drawings', 'files'] as const;

/** What of the visitor's own a source has. */
const ownData: Record<Source, Array<'drawings' | 'files'>> = {
  digits: [],
  drawings: ['drawings'],
  both: ['drawings'],
  files: ['files'],
};
