import type {Stroke} from '../shared/strokes';
import type {App} from './app';
import {element} from './element';
import {onLookChange} from './look';
import {passFocus} from './pass_focus';
import {drawPixels} from './pixels';
import {hasNetworks, type State} from './state';

/** How far an arrow key moves the pen; the pad is 1 wide. */
const NUDGE = 0.04;

/** A pad to draw on by mouse, finger, pen or keys, and what becomes of the drawing. */
export function drawingPad(app: () => App) {
  const pad = element('pad', HTMLCanvasElement);
  const seen = element('seen', HTMLCanvasElement);
  const seenHint = element('seen-hint', HTMLElement);
  const testImage = element('test-image', HTMLButtonElement);
  const label = element('label', HTMLSelectElement);
  const collected = element('collected', HTMLElement);
  const collect = element('collect', HTMLButtonElement);
  const takeBack = element('take-back', HTMLButtonElement);
  const forget = element('forget', HTMLButtonElement);
  const context = pad.getContext('2d') as CanvasRenderingContext2D;
  let strokes: Stroke[] = [];
  let testImages = 0;
  /** Of the keyboard. */
  const pen = {x: 0.5, y: 0.2, isDown: false};

  const drawn = () => app().draw([...strokes]);
  const at = ({clientX, clientY}: PointerEvent): [number, number] => {
    const {left, top, width, height} = pad.getBoundingClientRect();
    return [(clientX - left) / width, (clientY - top) / height];
  };

  pad.addEventListener('pointerdown', (event) => {
    pad.setPointerCapture(event.pointerId);
    pen.isDown = false;
    begin(...at(event));
  });
  pad.addEventListener('pointermove', (event) => {
    if (pad.hasPointerCapture(event.pointerId)) goOn(...at(event));
  });
  pad.addEventListener('keydown', (event) => {
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [-NUDGE, 0],
      ArrowRight: [NUDGE, 0],
      ArrowUp: [0, -NUDGE],
      ArrowDown: [0, NUDGE],
    };
    const move = moves[event.key];
    if (move === undefined && event.key !== ' ') return;
    event.preventDefault();
    if (move === undefined) {
      pen.isDown = !pen.isDown;
      if (pen.isDown) begin(pen.x, pen.y);
    } else {
      pen.x = Math.min(1, Math.max(0, pen.x + move[0]));
      pen.y = Math.min(1, Math.max(0, pen.y + move[1]));
      if (pen.isDown) goOn(pen.x, pen.y);
    }
    paint();
  });
  pad.addEventListener('focus', paint);
  pad.addEventListener('blur', paint);
  onLookChange(paint);

  element('clear', HTMLButtonElement).addEventListener('click', () => {
    strokes = [];
    pen.isDown = false;
    drawn();
  });
  testImage.addEventListener('click', () => void app().showTestImage(testImages++));
  label.addEventListener('change', () => {
    app().name(label.value === '' ? null : Number(label.value));
  });
  collect.addEventListener('click', () => app().collect());
  takeBack.addEventListener('click', () => app().takeBack());
  forget.addEventListener('click', () => app().forget());

  function begin(x: number, y: number): void {
    strokes = [...strokes, [[x, y]]];
    drawn();
  }

  function goOn(x: number, y: number): void {
    const stroke = strokes.at(-1);
    if (stroke === undefined) return;
    strokes = [...strokes.slice(0, -1), [...stroke, [x, y]]];
    drawn();
  }

  function paint(): void {
    const {width, height} = pad;
    const style = getComputedStyle(pad);
    context.clearRect(0, 0, width, height);
    context.lineWidth = 0.08 * width;
    context.lineCap = context.lineJoin = 'round';
    context.strokeStyle = style.color;
    for (const stroke of strokes) {
      context.beginPath();
      for (const [x, y] of [stroke[0], ...stroke]) context.lineTo(x * width, y * height);
      context.stroke();
    }
    if (document.activeElement !== pad || !pad.matches(':focus-visible')) return;
    context.beginPath();
    context.lineWidth = 3;
    context.arc(pen.x * width, pen.y * height, pen.isDown ? 8 : 16, 0, 2 * Math.PI);
    context.stroke();
  }

  let shown: {probe: State['probe']; rows: number; columns: number} | null = null;

  return (state: State) => {
    const {probe, record, drawings, named} = state;
    const chosen = String(named ?? '');
    // An open list is left alone.
    if (label.value !== chosen) label.value = chosen;
    testImage.disabled = !hasNetworks(state);
    if (strokes.length > 0 && (probe.strokes === null || probe.strokes.length === 0)) {
      strokes = [];
      // They may be on the pad though the probe with them was never shown.
      paint();
    }
    const counts = [...Array(10).keys()]
      .map((digit) => drawings.filter((drawing) => drawing.label === digit).length)
      .flatMap((count, digit) => (count > 0 ? [`${count} × ${digit}`] : []));
    collected.textContent =
      drawings.length === 0
        ? 'Collect some drawings, then choose them as the data to train on.'
        : `Collected: ${counts.join(', ')}.`;
    for (const button of [takeBack, forget]) {
      if (drawings.length === 0) passFocus(button, collect);
      button.hidden = drawings.length === 0;
    }
    const {rows, columns} = record?.data ?? {rows: 8, columns: 8};
    if (shown?.probe === probe && shown.rows === rows && shown.columns === columns) return;
    shown = {probe, rows, columns};
    paint();
    const isEmpty = probe.pixels.length === 0;
    drawPixels(seen, isEmpty ? new Float32Array(rows * columns) : probe.pixels, rows, columns);
    seenHint.textContent =
      probe.label === null ? 'What the networks see' : `A test image of a ${probe.label}`;
  };
}
