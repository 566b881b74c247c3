/**
 * Recipes that other programs leave in their files, as far as this studio can use them: words, seed, model. What they write
 * was looked up in their sources and in files they made; none of it is trusted. Where words are not certain they are not
 * told, and why not is.
 */
import type { ExifText } from '../images/exif.js';
import type { FileTexts } from '../images/file-texts.js';
import { graphOfPrompt, type Graph } from './comfy/graph.js';
import { findingsOf } from './comfy/sampling.js';
import { graphOfWorkflow } from './comfy/workflow.js';
import { foreignMetadata, type ForeignMetadata } from './foreign-recipe.js';
import { readInvokeAi } from './invokeai.js';
import { isJson, looksLikeJson, parseObject } from './json.js';
import { readJsonParameters, type Around } from './json-parameters.js';
import { hasSettings, readParametersText } from './parameters-text.js';

export type { ForeignMetadata } from './foreign-recipe.js';

/** The first of the known kinds that tells its words, the most explicit first; else the first that says why it cannot. */
export function readForeign({ named, exif, xmp }: FileTexts): ForeignMetadata | null {
  const get = (keyword: string): string | null => named.find((text) => text.keyword === keyword)?.text ?? null;
  const tag = (name: ExifText['tag']): string | null => exif.find((text) => text.tag === name)?.text ?? null;
  const around: Around = {
    software: get('Software') ?? tag('Software'),
    description: get('Description'),
    fooocusScheme: get('fooocus_scheme') ?? fooocusScheme(tag('MakerNote')),
  };
  const readers: (() => ForeignMetadata | null)[] = [
    () => readInvokeAi(get),
    () => readComfy(get('prompt') ?? embedded('prompt', exif), get('workflow') ?? embedded('workflow', exif)),
    () => readPairedTexts(get),
    () => readParameters(get('parameters'), around),
    () => readSureText(tag('UserComment'), around),
    () => readNovelAiTexts(get('Comment'), around) ?? readSureText(get('Comment'), around),
    () => readSureText(tag('ImageDescription') ?? get('Description'), around),
    () => readJson(tag('Model'), around),
    () => readJson(xmp, around),
  ];
  let reason: ForeignMetadata | null = null;
  for (const read of readers) {
    const found = read();
    if (found !== null && found.recipe !== null) return found;
    reason ??= found;
  }
  return reason;
}

/** The graph that was run; the editor's own file only where that is absent. */
function readComfy(prompt: string | null, workflow: string | null): ForeignMetadata | null {
  const run = parseObject(prompt ?? '');
  const drawn = run === null ? null : graphOfPrompt(run);
  if (drawn !== null) return readGraph(drawn);
  const edited = parseObject(workflow ?? '');
  const graph = edited === null ? null : graphOfWorkflow(edited);
  return graph === null ? null : readGraph(graph);
}

function readGraph(graph: Graph): ForeignMetadata | null {
  const findings = findingsOf(graph);
  if (findings !== null) return foreignMetadata(findings);
  const reason = 'its ComfyUI graph holds no sampler that is known here';
  return foreignMetadata({ source: 'comfyui', words: { unknown: reason } });
}

/** ComfyUI's WebP files: "prompt:{…}" and "workflow:{…}" in EXIF's Model, Make and the like. */
function embedded(name: 'prompt' | 'workflow', exif: readonly ExifText[]): string | null {
  const found = exif.find(({ text }) => text.slice(0, name.length + 1).toLowerCase() === `${name}:`);
  return found === undefined ? null : found.text.slice(name.length + 1);
}

/** Easy Diffusion's PNG files: one text for each value. */
function readPairedTexts(get: (keyword: string) => string | null): ForeignMetadata | null {
  const [prompt, negative] = [get('prompt') ?? get('Prompt'), get('negative_prompt') ?? get('Negative Prompt')];
  if (prompt === null || negative === null || looksLikeJson(prompt)) return null;
  return foreignMetadata({
    source: 'easydiffusion',
    words: { text: prompt },
    negative: { text: negative },
    seed: get('seed') ?? get('Seed'),
    model: (get('use_stable_diffusion_model') ?? get('Stable Diffusion model'))?.split(/[\\/]/).at(-1),
    facts: {
      Steps: get('num_inference_steps') ?? get('Steps'),
      'CFG scale': get('guidance_scale') ?? get('Guidance Scale'),
      Sampler: get('sampler_name') ?? get('Sampler'),
    },
  });
}

/** JSON of a known program, or the text with its line of settings. */
function readParameters(text: string | null, around: Around): ForeignMetadata | null {
  if (text === null) return null;
  const isObject = isJson(text) || (/^\s*[[{]/.test(text) && looksLikeJson(text));
  return readJson(text, around) ?? (isObject ? unknownJson() : readParametersText(text));
}

/** Cameras and photo programs write here too: only what is surely a recipe counts. Civitai keeps ComfyUI's graph here. */
function readSureText(text: string | null, around: Around): ForeignMetadata | null {
  if (text === null) return null;
  return readJson(text, around) ?? readComfy(text, null) ?? (hasSettings(text) ? readParametersText(text) : null);
}

/** The oldest files have the prompt in `Description` alone. */
function readNovelAiTexts(comment: string | null, around: Around): ForeignMetadata | null {
  const isIts = around.software?.startsWith('NovelAI') === true;
  return isIts ? readJsonParameters(parseObject(comment ?? '') ?? {}, around) : null;
}

function readJson(text: string | null, around: Around): ForeignMetadata | null {
  const object = parseObject(text ?? '');
  return object === null ? null : readJsonParameters(object, around);
}

function unknownJson(): ForeignMetadata {
  return foreignMetadata({ source: 'unknown', words: { unknown: 'it is in a form that is not known here' } });
}

function fooocusScheme(note: string | null): string | null {
  return note === 'fooocus' || note === 'a1111' ? note : null;
}
