/**
 * Variance of the Laplacian (4-neighbour kernel, inner pixels only) of an RGB chip's luma (ITU-R BT.601), in
 * squared grey levels; higher is sharper. Pech-Pacheco et al., ICPR 2000. Comparable between chips of one size.
 */
export function sharpness(chip: Uint8Array, width: number, height: number): number {
  const grey = new Float32Array(width * height);
  for (let i = 0, at = 0; i < grey.length; i++, at += 3)
    grey[i] = 0.299 * (chip[at] ?? 0) + 0.587 * (chip[at + 1] ?? 0) + 0.114 * (chip[at + 2] ?? 0);
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y++)
    for (let i = y * width + 1; i < (y + 1) * width - 1; i++) {
      const value =
        (grey[i - 1] as number) +
        (grey[i + 1] as number) +
        (grey[i - width] as number) +
        (grey[i + width] as number) -
        4 * (grey[i] as number);
      sum += value;
      squares += value * value;
    }
  const count = (width - 2) * (height - 2);
  const mean = sum / count;
  return squares / count - mean * mean;
}
