import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hexadecimal');
const integrity = z
  .string()
  .regex(/^sha512-[A-Za-z0-9+/]{86}==$/, 'must be a sha512 integrity as npm writes it');
const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and hyphens');
const version = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}$/, 'must be a version such as 1.0.0');
const file = z
  .string()
  .min(1)
  .refine((path) => !path.split(/[\\/]/).includes('..'), 'must not lead out of its folder');
const fraction = z.number().gt(0).lt(1);
const pixels = z.int().min(8).max(4096);
const tensorName = z.string().min(1);

const npmSource = z.strictObject({
  kind: z.literal('npm'),
  package: z
    .string()
    .regex(/^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/, 'must be the name of an npm package'),
  version,
  /** Of the package's tarball. */
  integrity,
  /** Inside the package. */
  file,
  sha256,
  /** Where face-api lists the names, shapes and quantisation of the weights in `file`. */
  manifest: z.strictObject({ file, sha256 }).optional(),
});

const fileSource = z.strictObject({
  kind: z.literal('file'),
  /** Relative to the folder of the card, or absolute. */
  file: z.string().min(1),
  sha256,
});

/** Of the built graph: the file in `models/build`. */
const built = { sha256 };

const graph = z.discriminatedUnion('architecture', [
  z.strictObject({
    architecture: z.literal('onnx'),
    /** Names in the published file. */
    input: tensorName,
    outputs: z.strictObject({
      scores: tensorName.optional(),
      boxes: tensorName.optional(),
      points: tensorName.optional(),
      embedding: tensorName.optional(),
    }),
    /** Index of the face among the classes in the last dimension of a detector's scores. */
    scoreClass: z.int().min(0).optional(),
    /** Each PReLU becomes convolutions and ReLUs: same output, faster on ONNX Runtime's CPU provider. */
    rewritePRelu: z.boolean(),
    /** Makes a detector's candidate boxes anew for the card's input size, where it was published for another. */
    anchors: z
      .strictObject({
        /** Constants of the published file that hold the boxes' centres, and their sizes. */
        centres: z.array(tensorName).min(1),
        sizes: z.array(tensorName).min(1),
        /** Finest first: pixels from cell to cell, and the sides of each cell's boxes. */
        maps: z.array(z.strictObject({ stride: pixels, sides: z.array(pixels).min(1) })).min(1),
      })
      .optional(),
    ...built,
  }),
  z.strictObject({ architecture: z.literal('face-api-ssd-mobilenet-v1'), ...built }),
  z.strictObject({ architecture: z.literal('face-api-landmarks-68'), ...built }),
  z.strictObject({ architecture: z.literal('face-api-resnet-34'), ...built }),
]);

/** Pixels in, and what the network itself was trained on: (x - mean) / scale for each of its channels in its order. */
const input = z
  .strictObject({
    width: pixels,
    height: pixels,
    /** Of the network itself; a built graph always takes `N × height × width × channels` bytes. */
    layout: z.literal('NCHW'),
    channels: z.enum(['RGB', 'BGR', 'GRAY']),
    mean: z.array(z.number()),
    scale: z.array(z.number().gt(0)),
  })
  .superRefine(({ channels, mean, scale }, context) => {
    const count = channels === 'GRAY' ? 1 : 3;
    for (const [field, values] of [['mean', mean] as const, ['scale', scale] as const]) {
      if (values.length !== count) {
        context.addIssue({
          code: 'custom',
          path: [field],
          message: `must hold ${count} numbers, one a channel`,
        });
      }
    }
  });

const point = z.tuple([z.number(), z.number()]);

/** A similarity transform takes the mean of each group of landmarks to the point of the same position, least squares. */
const alignment = z
  .strictObject({
    /** Side of the square chip in pixels. */
    size: pixels,
    /** x, y in pixels of the chip; the origin is its top left corner. */
    template: z.array(point).min(2),
    /** For each point of the template, the landmarks (0 to 67, iBUG 300-W order) whose mean it is. */
    landmarks: z.array(z.array(z.int().min(0).max(67)).min(1)).min(2),
    /** Publication the points were taken from. */
    source: z.string().min(1),
  })
  .superRefine(({ template, landmarks }, context) => {
    if (template.length !== landmarks.length) {
      context.addIssue({
        code: 'custom',
        path: ['landmarks'],
        message: 'must have one group for each template point',
      });
    }
  });

const measured = z.strictObject({
  what: z.string().min(1),
  value: z.string().min(1),
  command: z.string().min(1),
});

const common = {
  id,
  version,
  title: z.string().min(1),
  licence: z.string().min(1),
  authors: z.array(z.string().min(1)).min(1),
  source: z.discriminatedUnion('kind', [npmSource, fileSource]),
  graph,
  input,
  measured: z.array(measured),
};

const detectorCard = z.strictObject({
  ...common,
  role: z.literal('detector'),
  detection: z.strictObject({
    /** Lowest score, 0 to 1, that counts as a face. */
    minConfidence: fraction,
    /** Of two boxes that overlap more than this (intersection over union) the surer one stays. */
    nmsIou: fraction,
  }),
  /** Candidate boxes for each photo. */
  output: z.strictObject({ length: z.int().min(1) }),
});

const landmarksCard = z.strictObject({
  ...common,
  role: z.literal('landmarks'),
  crop: z.strictObject({
    /** The crop is a square around the centre of the face box, its side the longer side of the box times this. */
    boxScale: z.number().gt(0).max(4),
  }),
  /** 68 points of two coordinates. */
  output: z.strictObject({ length: z.literal(136) }),
});

const embedderCard = z
  .strictObject({
    ...common,
    role: z.literal('embedder'),
    alignment,
    /** Numbers in an embedding. */
    output: z.strictObject({
      length: z.int().min(2).max(65536),
      /**
       * Where the length of an embedding, before it is scaled to 1, tells how much there was to recognise: the length
       * that is worth 50 of 100, and how steeply that changes (a logistic curve). Absent where it tells nothing.
       */
      quality: z.strictObject({ centre: z.number().positive(), width: z.number().positive() }).optional(),
    }),
  })
  .superRefine(({ alignment, input }, context) => {
    if (alignment.size !== input.width || alignment.size !== input.height) {
      context.addIssue({
        code: 'custom',
        path: ['alignment', 'size'],
        message: 'must be the input width and height',
      });
    }
  });

/** The one published tensor that each role's outputs come from, so that a card cannot leave one out. */
const outputsOfRole = {
  detector: ['scores', 'boxes'],
  landmarks: ['points'],
  embedder: ['embedding'],
} as const;

export const modelCardSchema = z
  .discriminatedUnion('role', [detectorCard, landmarksCard, embedderCard])
  .superRefine(({ role, graph }, context) => {
    if (graph.architecture !== 'onnx') return;
    for (const name of outputsOfRole[role]) {
      if (graph.outputs[name] === undefined) {
        context.addIssue({
          code: 'custom',
          path: ['graph', 'outputs', name],
          message: `is needed for a ${role}`,
        });
      }
    }
  });

/** Everything the code knows about one network. */
export type ModelCard = z.infer<typeof modelCardSchema>;
export type DetectorCard = z.infer<typeof detectorCard>;
export type LandmarksCard = z.infer<typeof landmarksCard>;
export type EmbedderCard = z.infer<typeof embedderCard>;
export type Architecture = ModelCard['graph']['architecture'];
