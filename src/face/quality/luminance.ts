import type { View } from './view.js';

/** sRGB byte to linear light, 0 to 1: IEC 61966-2-1. */
export const linearLight = Float32Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255;
  return value > 0.04045 ? ((value + 0.055) / 1.055) ** 2.4 : value / 12.92;
});

/** Eye distance, in samples, at which light and colour are measured: that of OFIQ's 616 × 616 aligned face. */
export const alignedEyeDistance = 113;

/** Linear luminance of the sample that begins at `at`, 0 to 255 (ISO/IEC 29794-5). */
export function luminanceOf({ data }: View, at: number): number {
  return (
    255 *
    (0.2126 * light(data[at] as number) +
      0.7152 * light(data[at + 1] as number) +
      0.0722 * light(data[at + 2] as number))
  );
}

const light = (byte: number): number => linearLight[byte] as number;
