/** The fixed evaluation data (resources/evaluation/README.md): scenes, their pictures, prompts, edits, questions. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { StudioError } from '../../../shared/errors.js';
import type { RasterImage } from '../../../shared/images.js';
import { decodeImage } from '../../storage/images.js';

const background = z.object({ kind: z.string(), colours: z.array(z.string()) });
const scene = z.object({
  background,
  objects: z.array(
    z.object({
      kind: z.string(),
      colour: z.string(),
      texture: z.string(),
      size: z.string(),
      x: z.number(),
      y: z.number(),
    }),
  ),
});
const expectation = z.object({
  objects: z.array(
    z.object({
      kind: z.string().optional(),
      colour: z.string().optional(),
      texture: z.string().optional(),
      size: z.string().optional(),
      cell: z.string().optional(),
      count: z.int(),
    }),
  ),
  relations: z.array(z.tuple([z.int(), z.string(), z.int()])).optional(),
  exact: z.boolean().optional(),
  total: z.int().optional(),
  background: background.optional(),
});
const edit = z.object({
  operation: z.string(),
  instruction: z.string(),
  after: scene,
  edited: z.int().nullable(),
  changed: z.union([z.literal('background'), z.array(z.tuple([z.number(), z.number(), z.number()]))]),
});
const schema = z.object({
  format: z.literal(1),
  name: z.string(),
  imageSize: z.int(),
  images: z.object({ file: z.string(), spans: z.array(z.tuple([z.int(), z.int()])) }),
  scenes: z.array(scene),
  textToImage: z.record(z.string(), z.array(z.object({ prompt: z.string(), seed: z.int(), expectation }))),
  edits: z.record(z.string(), z.array(edit.extend({ image: z.int() }))),
  captions: z.array(z.object({ image: z.int(), caption: z.string() })),
  questions: z.array(z.object({ image: z.int(), question: z.string(), answer: z.string(), topic: z.string() })),
  chains: z.array(z.object({ image: z.int(), steps: z.array(edit) })),
});

export type EvaluationData = z.infer<typeof schema> & { image: (index: number) => RasterImage };
export type EditRecord = z.infer<typeof edit>;

export async function readEvaluationData(path: string): Promise<EvaluationData> {
  try {
    const data = schema.parse(JSON.parse(await readFile(path, 'utf8')));
    const bytes = await readFile(join(dirname(path), data.images.file));
    const image = (index: number): RasterImage => {
      const [start, length] = data.images.spans[index]!;
      return decodeImage(bytes.subarray(start, start + length));
    };
    return { ...data, image };
  } catch (thrown) {
    throw new StudioError(
      'not-found',
      `The evaluation data ${path} cannot be read.`,
      'Write it anew with: python3 -m training.world.evaluation_set world',
      { detail: String(thrown) },
    );
  }
}
