/** Draws images side by side, a gap of one pixel between them; values outside [0, 1] are cut off. */
export function drawPixels(
  canvas: HTMLCanvasElement,
  pixels: ArrayLike<number>,
  rows: number,
  columns: number,
): void {
  const size = rows * columns;
  const count = Math.max(1, Math.round(pixels.length / size));
  canvas.width = count * (columns + 1) - 1;
  canvas.height = rows;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const image = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < pixels.length; i++) {
    const [n, y, x] = [Math.floor(i / size), Math.floor((i % size) / columns), i % columns];
    const to = 4 * (y * canvas.width + n * (columns + 1) + x);
    image.data.fill(255 * pixels[i], to, to + 3);
    image.data[to + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
