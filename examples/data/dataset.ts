/** Labelled images: `pixels` holds one image after the other, each value in [0, 1]. */
export interface Examples {
  count: number;
  pixels: Float32Array;
  labels: Uint8Array;
}

/** Images to train on and images to test on; no image is in both. */
export interface Dataset {
  name: string;
  /** Pixels of an image. */
  features: number;
  /** Labels run from 0 to `classes` − 1. */
  classes: number;
  train: Examples;
  test: Examples;
}

/** The first `limit` images of both parts. */
export function firstImages({train, test, ...dataset}: Dataset, limit: number): Dataset {
  const first = ({count, pixels, labels}: Examples): Examples => {
    const kept = Math.min(count, limit);
    return {
      count: kept,
      pixels: pixels.subarray(0, kept * dataset.features),
      labels: labels.subarray(0, kept),
    };
  };
  return {...dataset, train: first(train), test: first(test)};
}
