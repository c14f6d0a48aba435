import { FacematchError } from '../../errors.js';
import { apply, centroid, fitSimilarity } from '../../face/affine.js';
import { defaultNetworks } from '../../face/settings.js';
import type { Point } from '../../face/types.js';
import type { EmbedderCard } from '../../models/card.js';
import { scaledAbout } from './affines.js';
import { type Alternative, type Crop, tones } from './alternative.js';

type Alignment = EmbedderCard['alignment'];
type Group = readonly number[];

const eyes = {
  all: [
    [36, 37, 38, 39, 40, 41],
    [42, 43, 44, 45, 46, 47],
  ],
  lids: [
    [37, 38, 40, 41],
    [43, 44, 46, 47],
  ],
  corners: [
    [36, 39],
    [42, 45],
  ],
} satisfies Record<string, Group[]>;
const tip: Group = [30];
const mouth: Group[] = [[48], [54]];
const mouthWithInner: Group[] = [
  [48, 60],
  [54, 64],
];

/**
 * Everything that was tried, for an embedder whose template is the five points of ArcFace.
 * @param shape the alignment of an embedder with many single points: a mean face in another frame
 * @throws FacematchError `input-invalid` for another template
 */
export function triedOn(
  { alignment, input }: Pick<EmbedderCard, 'alignment' | 'input'>,
  shape: Alignment,
): Alternative[] {
  if (alignment.template.length !== 5) {
    throw new FacematchError('input-invalid', 'The alternatives are for an embedder aligned by five points.');
  }
  return [
    ...alignments(alignment),
    ...manyPoints(alignment, shape),
    ...chips(input.width),
    ...(['area', 'bicubic', 'bicubic-area'] as const).map((sampling) => ({
      name: `chip sampled ${sampling}`,
      sampling,
    })),
    ...tones.map((tone) => ({ name: `chip ${tone}`, tone })),
    ...detectors,
    ...landmarkReadings,
  ];
}

function alignments({ template }: Alignment): Alternative[] {
  const on = (name: string, groups: readonly Group[], points = template): Alternative => ({
    name,
    alignment: { template: [...points], landmarks: groups.map((group) => [...group]) },
  });
  const middle = (i: number, j: number): [number, number] => {
    const [[x, y], [u, v]] = [template[i], template[j]] as [[number, number], [number, number]];
    return [(x + u) / 2, (y + v) / 2];
  };
  return [
    on('eyes from their lids (4 points)', [...eyes.lids, tip, ...mouth]),
    on('eyes from their corners (2 points)', [...eyes.corners, tip, ...mouth]),
    on('mouth corners with the inner points', [...eyes.all, tip, ...mouthWithInner]),
    on('lids, and mouth corners with the inner points', [...eyes.lids, tip, ...mouthWithInner]),
    on('nose: base', [...eyes.all, [33], ...mouth]),
    on('nose: tip and base', [...eyes.all, [30, 33], ...mouth]),
    on(
      'no nose',
      [...eyes.all, ...mouth],
      template.filter((_, i) => i !== 2),
    ),
    on('eyes only', eyes.all, template.slice(0, 2)),
    on('eyes and middle of the mouth', [...eyes.all, [48, 54]], [...template.slice(0, 2), middle(3, 4)]),
    {
      ...on('lids and nose tip: affine, as published', [...eyes.lids, tip], template.slice(0, 3)),
      fit: 'affine',
    },
    { ...on('five points: affine', [...eyes.all, tip, ...mouth]), fit: 'affine' },
  ];
}

/** The mean face brought into the frame of the five points: more points, less weight for the error of each. */
function manyPoints({ template, landmarks }: Alignment, shape: Alignment): Alternative[] {
  const points = new Map(
    shape.landmarks.map(([index = -1], i): [number, Point] => {
      const [x, y] = shape.template[i] as [number, number];
      return [index, { x, y }];
    }),
  );
  const five = landmarks.map((group) => centroid(group.map((index) => points.get(index) as Point)));
  const toFrame = fitSimilarity(
    five,
    template.map(([x, y]) => ({ x, y })),
  );
  if (toFrame === undefined) return [];
  const on = (name: string, wanted: (index: number) => boolean): Alternative => {
    const kept = [...points].filter(([index]) => wanted(index));
    return {
      name,
      alignment: {
        template: kept.map(([, point]) => {
          const { x, y } = apply(toFrame, point);
          return [x, y];
        }),
        landmarks: kept.map(([index]) => [index]),
      },
    };
  };
  return [
    on('36 points of eyes, nose and mouth', () => true),
    on(
      '17 points of eyes, nose tip and outer mouth corners',
      (i) => (i >= 36 && i < 48) || [30, 33, 48, 51, 54].includes(i),
    ),
  ];
}

function chips(size: number): Alternative[] {
  const one = scaledAbout(size, 1);
  const mirror = { a: -1, b: 0, c: size, d: 0, e: 1, f: 0 };
  const percent = (scale: number): string => `${scale > 1 ? '+' : ''}${Math.round(100 * (scale - 1))}%`;
  return [
    ...[0.94, 0.97, 1.03, 1.06].map((scale) => ({
      name: `chip larger by ${percent(scale)}`,
      chips: [scaledAbout(size, scale)],
    })),
    ...[-2, -1, 1, 2].map((down) => ({
      name: `face lower by ${down} pixels of the chip`,
      chips: [scaledAbout(size, 1, 0, down)],
    })),
    { name: 'two chips: 3% smaller and larger', chips: [scaledAbout(size, 0.97), scaledAbout(size, 1.03)] },
    { name: 'two chips: as it is and 6% larger', chips: [one, scaledAbout(size, 1.06)] },
    { name: 'two chips: as it is and 6% smaller', chips: [one, scaledAbout(size, 0.94)] },
    { name: 'two chips: as it is and mirrored', chips: [one, mirror] },
  ];
}

const detectors: Alternative[] = [
  { name: 'UltraFace without the look at 128 × 160', looks: defaultNetworks.onnx.looks.slice(1) },
  {
    name: 'SSD, photo at full size',
    looks: [{ card: 'ssd-mobilenet-v1', share: 1, enough: 0, alone: false }],
  },
  {
    name: 'SSD, full size, then half',
    looks: [
      { card: 'ssd-mobilenet-v1', share: 1, enough: 0.5, alone: false },
      { card: 'ssd-mobilenet-v1', share: 0.5, enough: 0.5, alone: false },
    ],
  },
  {
    name: 'UltraFace at half size first',
    looks: [
      { card: 'ultraface-320', share: 0.5, enough: 0.9, alone: false },
      { card: 'ultraface-320', share: 1, enough: 0.9, alone: false },
      { card: 'ssd-mobilenet-v1', share: 1, enough: 0.5, alone: false },
    ],
  },
];

const small = 'landmark-68-small';
const large = 'face-landmark-68';

/** Cards that alternatives name, beside the pipeline's. */
export const otherNetworks: readonly string[] = [small, large, 'ssd-mobilenet-v1', 'ultraface-320'];

const at = (...scales: number[]): Crop[] => scales.map((scale) => ({ scale }));

const landmarkReadings: Alternative[] = [
  ...[0.8, 0.85, 0.95, 1, 1.1, 1.2].map((scale) => ({
    name: `small landmark network, box × ${scale}`,
    landmarks: { networks: [small], crops: at(scale) },
  })),
  ...[1, 1.1].map((scale) => ({
    name: `small landmark network, stretched box × ${scale}`,
    landmarks: { networks: [small], crops: [{ scale, stretched: true as const }] },
  })),
  ...[-0.04, 0.04].map((down) => ({
    name: `small landmark network, crop lower by ${100 * down}%`,
    landmarks: { networks: [small], crops: [{ scale: 0.9, shift: [0, down] as const }] },
  })),
  // SSD's boxes are this much smaller, lower and further left than UltraFace's, on average.
  ...[
    { scale: 0.8, shift: [-0.014, 0.028] as const },
    { scale: 0.8, shift: [0, 0.028] as const },
    { scale: 0.85, shift: [0, 0.02] as const },
  ].map((crop) => ({
    name: `small landmark network, crop × ${crop.scale} moved by ${crop.shift.map((by) => `${(100 * by).toFixed(1)}%`).join(', ')}`,
    landmarks: { networks: [small], crops: [crop] },
  })),
  ...[0.9, 1, 1.1, 1.2].map((scale) => ({
    name: `face-api's landmark network, box × ${scale}`,
    landmarks: { networks: [large], crops: at(scale) },
  })),
  { name: 'both landmark networks', landmarks: { networks: [small, large] } },
  { name: 'second reading of the upright crop', landmarks: { networks: [small], upright: true } },
  { name: 'crop and its mirror image', landmarks: { networks: [small], mirrored: true } },
  { name: 'crops × 0.85 and 0.95', landmarks: { networks: [small], crops: at(0.85, 0.95) } },
  { name: 'crops × 0.8, 0.9 and 1', landmarks: { networks: [small], crops: at(0.8, 0.9, 1) } },
  {
    name: 'four crops moved by 3%',
    landmarks: {
      networks: [small],
      crops: [
        { scale: 0.9, shift: [-0.03, 0] },
        { scale: 0.9, shift: [0.03, 0] },
        { scale: 0.9, shift: [0, -0.03] },
        { scale: 0.9, shift: [0, 0.03] },
      ],
    },
  },
];
