/** An IDX file of images, `[count][rows × columns]`, each pixel from 0 to 255. */
export function imagesFile(images: number[][], rows: number, columns: number): Uint8Array {
  return idx(0x803, [images.length, rows, columns], images.flat());
}

/** An IDX file of labels. */
export function labelsFile(labels: number[]): Uint8Array {
  return idx(0x801, [labels.length], labels);
}

/** Three kinds of images of 5×4 pixels, each with another row lit, and a little noise. */
export function stripes(count: number): {images: Uint8Array; labels: Uint8Array} {
  const labels = [...Array(count).keys()].map((i) => i % 3);
  const images = labels.map((label, i) =>
    [...Array(20).keys()].map((pixel) => {
      const isLit = Math.floor(pixel / 4) === label + 1;
      return (isLit ? 200 : 20) + ((7 * i + 11 * pixel) % 30);
    }),
  );
  return {images: imagesFile(images, 5, 4), labels: labelsFile(labels)};
}

function idx(magic: number, sizes: number[], values: number[]): Uint8Array {
  const file = new Uint8Array(4 * (1 + sizes.length) + values.length);
  const view = new DataView(file.buffer);
  for (const [i, value] of [magic, ...sizes].entries()) view.setUint32(4 * i, value);
  file.set(values, 4 * (1 + sizes.length));
  return file;
}
