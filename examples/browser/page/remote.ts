import type {CallName, Calls, Message} from '../shared/protocol';

export type News = Exclude<Message, {kind: 'answer' | 'error'}>;

/** The worker's calls as functions of the page. */
export interface Remote extends Calls {
  /** Ends the worker; calls that wait are rejected. */
  end(): void;
}

/**
 * Starts a worker and speaks with it.
 *
 * @param hear Is told what happens in the course of a run.
 * @param mourn Is told why, if the worker dies.
 */
export function connect(hear: (news: News) => void, mourn: (reason: string) => void): Remote {
  const worker = new Worker(new URL('../session/worker.ts', import.meta.url), {type: 'module'});
  const waiting = new Map<number, {resolve(result: unknown): void; reject(error: Error): void}>();
  let count = 0;
  let isOver = false;

  const end = (reason: string) => {
    isOver = true;
    worker.terminate();
    for (const {reject} of waiting.values()) reject(new Error(reason));
    waiting.clear();
  };

  worker.addEventListener('message', ({data}: MessageEvent<Message>) => {
    if (isOver) return;
    if (data.kind !== 'answer' && data.kind !== 'error') return hear(data);
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.kind === 'answer') call?.resolve(data.result);
    else call?.reject(new Error(data.message));
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    const reason = event.message || 'it could not be loaded';
    end(`The worker that trains has stopped (${reason}). Reset starts a new one.`);
    mourn(reason);
  });

  const ask = (call: CallName, args: unknown[]) =>
    new Promise((resolve, reject) => {
      if (isOver) return reject(new Error('The worker has ended. Reset starts a new one.'));
      const id = count++;
      waiting.set(id, {resolve, reject});
      worker.postMessage({id, call, args});
    });
  const calls = Object.fromEntries(
    names.map((name) => [name, (...args: unknown[]) => ask(name, args)]),
  ) as unknown as Calls;
  return {...calls, end: () => end('The worker was ended.')};
}

const names: CallName[] = [
  'offer',
  'readFiles',
  'prepare',
  'run',
  'pause',
  'step',
  'classify',
  'testImage',
  'save',
  'memory',
];
