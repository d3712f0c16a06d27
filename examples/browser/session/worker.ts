import type {Message, Request} from '../shared/protocol';
import {createSession} from './session';

/** What a worker has in place of a window. */
const worker = globalThis as unknown as {
  postMessage(message: Message): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<Request>) => void): void;
};

const session = createSession((news) => worker.postMessage(news));
/** One call after the other; training goes on between them. */
let last: Promise<void> = Promise.resolve();

worker.addEventListener('message', ({data: {id, call, args}}) => {
  last = last.then(async () => {
    try {
      const answer = session[call] as (...args: unknown[]) => Promise<unknown>;
      worker.postMessage({kind: 'answer', id, result: await answer(...args)});
    } catch (error) {
      worker.postMessage({kind: 'error', id, message: (error as Error).message});
    }
  });
});
