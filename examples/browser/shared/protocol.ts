import type {Drawing} from './drawings';
import type {Progress, RunRecord} from './run_record';
import type {BackendName, Settings} from './settings';

/** What the library and the machine offer; the page's choices are made of it. */
export interface Offer {
  backends: BackendName[];
  activations: string[];
  schemes: string[];
  influences: string[];
  objectives: string[];
  decoders: string[];
  /** The configuration of DTPOptimizer that is nobody's choice. */
  defaults: object;
}

/** Images that the visitor has given as files. */
export interface FilesInfo {
  name: string;
  train: number;
  test: number;
  rows: number;
  columns: number;
}

/** What one network says about an image: a probability for each class. */
export type Verdict = number[] | null;

/** A network as TensorFlow.js saves it. */
export interface SavedModel {
  /** The content of `model.json`. */
  topology: string;
  /** The content of the file of weights. */
  weights: ArrayBuffer;
  /** The name by which `model.json` knows the latter. */
  weightsFile: string;
}

/** How much the worker holds. */
export interface Memory {
  tensors: number;
  bytes: number;
}

/** What the page asks of the worker. An error that it answers has a message for the visitor. */
export interface Calls {
  offer(): Promise<Offer>;
  /** Reads IDX files and keeps their images; the ones before are kept if it fails. */
  readFiles(files: File[]): Promise<FilesInfo>;
  /** Begins a new run in place of the present one, which stays if it fails. */
  prepare(settings: Settings, drawings: Drawing[]): Promise<{run: number; record: RunRecord}>;
  /** Has training begin; it goes on until `pause`, or the epochs are over. */
  run(): Promise<void>;
  pause(): Promise<void>;
  /** One step of both networks. */
  step(): Promise<void>;
  /** Both networks on one image. */
  classify(pixels: number[]): Promise<[Verdict, Verdict]>;
  /** An image of the test set. */
  testImage(index: number): Promise<{pixels: number[]; label: number}>;
  /** The network of a side in stock layers. */
  save(side: 0 | 1): Promise<SavedModel>;
  memory(): Promise<Memory>;
}

export type CallName = keyof Calls;

export interface Request {
  id: number;
  call: CallName;
  args: unknown[];
}

/** What the worker sends: an answer to a request, or news of the training. */
export type Message =
  | {kind: 'answer'; id: number; result: unknown}
  | {kind: 'error'; id: number; message: string}
  | {kind: 'progress'; run: number; progress: Progress}
  | {
      kind: 'ended';
      run: number;
      /** Failed networks are in the progress; an error is one that nobody expected. */
      reason: 'paused' | 'epochs' | 'failed' | 'error';
      message?: string;
    };
