import {drawQueue} from '../../examples/browser/page/draw_queue';

/** Frames that come when they are called for. */
function queueOfFrames() {
  const frames: Array<() => void> = [];
  const queue = drawQueue((drawNext) => frames.push(drawNext));
  return {queue, frames, nextFrame: () => frames.shift()?.()};
}

describe('The queue of drawings', () => {
  it('draws one a frame, each once, in the order in which they were first asked for', () => {
    const {queue, frames, nextFrame} = queueOfFrames();
    const drawn: string[] = [];
    const [first, second] = ['first', 'second'].map((name) => () => void drawn.push(name));
    for (const draw of [first, second, first]) queue(draw);
    nextFrame();
    expect(drawn).toEqual(['first']);
    nextFrame();
    expect(drawn).toEqual(['first', 'second']);
    expect(frames.length).toBe(0);
    queue(first);
    nextFrame();
    expect(drawn).toEqual(['first', 'second', 'first']);
  });

  it('throws what a drawing throws, and draws the others', () => {
    const {queue, nextFrame} = queueOfFrames();
    const drawn: string[] = [];
    const broken = () => {
      throw new Error('no such colour');
    };
    queue(broken);
    queue(() => drawn.push('whole'));
    expect(nextFrame).toThrowError('no such colour');
    nextFrame();
    expect(drawn).toEqual(['whole']);
    queue(broken);
    expect(nextFrame).toThrowError('no such colour');
    queue(() => drawn.push('later'));
    nextFrame();
    expect(drawn).toEqual(['whole', 'later']);
  });
});
