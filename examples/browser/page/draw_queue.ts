/**
 * Draws one thing a frame, so that none of them is long. What waits already is not drawn twice, and what
 * fails does not keep the others waiting.
 *
 * @param onFrame Calls when there is a frame.
 */
export function drawQueue(onFrame: (drawNext: () => void) => void): (draw: () => void) => void {
  const waiting = new Set<() => void>();

  function drawNext(): void {
    const [draw] = waiting;
    waiting.delete(draw);
    try {
      draw();
    } finally {
      if (waiting.size > 0) onFrame(drawNext);
    }
  }

  return (draw) => {
    if (waiting.size === 0) onFrame(drawNext);
    waiting.add(draw);
  };
}
