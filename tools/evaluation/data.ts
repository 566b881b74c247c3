/** The fixed evaluation data (resources/evaluation/README.md): scenes, their pictures, prompts, edits, questions, examples. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { StudioError } from '../../src/shared/errors.js';
import type { RasterImage } from '../../src/shared/pictures/images.js';
import { decodeImage } from '../../src/main/storage/images/images.js';
import { vocabularyOf, type Vocabulary } from './vocabulary.js';

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
const images = z.object({ file: z.string(), spans: z.array(z.tuple([z.int(), z.int()])) });
const words = z.array(z.string());
const schema = z.object({
  format: z.literal(1),
  name: z.string(),
  imageSize: z.int(),
  vocabulary: z.object({ kinds: words, colours: words, textures: words, sizes: words, backgrounds: words }).optional(),
  images,
  scenes: z.array(scene),
  textToImage: z.record(z.string(), z.array(z.object({ prompt: z.string(), seed: z.int(), expectation }))),
  edits: z.record(z.string(), z.array(edit.extend({ image: z.int() }))),
  captions: z.array(z.object({ image: z.int(), caption: z.string() })),
  questions: z.array(z.object({ image: z.int(), question: z.string(), answer: z.string(), topic: z.string() })),
  chains: z.array(z.object({ image: z.int(), steps: z.array(edit) })),
});
const examplesSchema = z.object({
  format: z.literal(1),
  name: z.string(),
  images,
  seeds: z.array(z.int()),
  prompts: z.array(z.object({ text: z.string(), expectation })),
  instructions: z.array(
    z.object({ text: z.string(), cases: z.array(edit.omit({ instruction: true }).extend({ image: z.int() })) }),
  ),
  questions: z.array(z.object({ text: z.string(), cases: z.array(z.object({ image: z.int(), answer: z.string() })) })),
});

/** Gives picture `index` of a data file. */
interface Pictures {
  image: (index: number) => RasterImage;
}
/** `vocabulary`: of the whole world where the set states it (from version 2 on), otherwise of its scenes. */
export type EvaluationData = Omit<z.infer<typeof schema>, 'vocabulary'> & Pictures & { vocabulary: Vocabulary };
export type ExampleData = z.infer<typeof examplesSchema> & Pictures;
export type EditRecord = z.infer<typeof edit>;

/** Throws `not-found` when the data is missing or not of this form. */
export async function readEvaluationData(path: string): Promise<EvaluationData> {
  const data = await readData(path, schema, 'training.world.evaluation_set world');
  return { ...data, vocabulary: data.vocabulary ?? vocabularyOf(data.scenes) };
}

/** Candidates for example texts. Throws as `readEvaluationData` does. */
export function readExampleData(path: string): Promise<ExampleData> {
  return readData(path, examplesSchema, 'training.world.examples');
}

async function readData<Data extends { images: z.infer<typeof images> }>(
  path: string,
  form: z.ZodType<Data>,
  writer: string,
): Promise<Data & Pictures> {
  try {
    const data = form.parse(JSON.parse(await readFile(path, 'utf8')));
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
      `Write it anew with: python3 -m ${writer}`,
      { detail: String(thrown) },
    );
  }
}
