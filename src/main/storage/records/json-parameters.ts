/**
 * Programs that keep one JSON object with everything, under `parameters`, `Comment`, in EXIF's UserComment or in XMP: SwarmUI,
 * Fooocus, NovelAI, Draw Things, Easy Diffusion. An object nobody knows is nobody's prompt.
 */
import { foreignMetadata, unknown, type ForeignMetadata, type Told } from './foreign-recipe.js';
import { asObject, asText, parseObject, type Json } from './json.js';

/** Null for an object of an unknown kind. `around`: the texts beside it, for what is split over several. */
export function readJsonParameters(object: Json, around: Around): ForeignMetadata | null {
  return (
    readSwarm(object) ??
    readNovelAi(object, around) ??
    readDrawThings(object) ??
    readEasyDiffusion(object) ??
    readFooocus(object, around)
  );
}

export interface Around {
  software: string | null;
  description: string | null;
  /** What Fooocus keeps beside its parameters: which of its two forms they have. */
  fooocusScheme: string | null;
}

function readSwarm(object: Json): ForeignMetadata | null {
  const parameters = asObject(object['sui_image_params']);
  if (parameters === null) return null;
  return foreignMetadata({
    source: 'swarmui',
    words: told(parameters['prompt']),
    negative: optional(parameters['negativeprompt']),
    seed: parameters['seed'],
    model: parameters['model'],
    facts: {
      Steps: parameters['steps'],
      'CFG scale': parameters['cfgscale'],
      Sampler: parameters['sampler'] ?? parameters['comfyuisampler'],
    },
  });
}

/** NovelAI: `Comment` holds the object, `Description` the prompt again; of WebP files one object holds both as texts. */
function readNovelAi(object: Json, around: Around): ForeignMetadata | null {
  const inner = parseObject(asText(object['Comment']) ?? '');
  if (inner !== null && (asText(object['Software']) ?? '').startsWith('NovelAI')) {
    return readNovelAi(inner, { ...around, software: 'NovelAI', description: asText(object['Description']) });
  }
  const isIts = around.software?.startsWith('NovelAI') === true;
  if (!isIts || (object['uc'] === undefined && object['prompt'] === undefined && around.description === null))
    return null;
  const characters = novelAiCharacters(object['v4_prompt']);
  const whole = told(object['prompt'] ?? around.description);
  const words = characters.length === 0 ? whole : unknown('it has a prompt for every character beside the common one');
  const undesired = novelAiCharacters(object['v4_negative_prompt']).length > 0;
  return foreignMetadata({
    source: 'novelai',
    words,
    negative: undesired ? unknown('it has one for every character beside the common one') : optional(object['uc']),
    seed: object['seed'],
    facts: {
      ...Object.fromEntries(characters.map((text, index) => [`Character ${index + 1}`, text])),
      Steps: object['steps'],
      'CFG scale': object['scale'],
      Sampler: object['sampler'],
    },
  });
}

function novelAiCharacters(prompt: unknown): string[] {
  const captions = asObject(asObject(prompt)?.['caption'])?.['char_captions'];
  if (!Array.isArray(captions)) return [];
  return (captions as unknown[])
    .map((one) => asText(asObject(one)?.['char_caption']) ?? '')
    .filter((text) => text.trim() !== '')
    .slice(0, 16);
}

/** Draw Things: `c` is the prompt, `uc` the negative one. */
function readDrawThings(object: Json): ForeignMetadata | null {
  if (typeof object['c'] !== 'string' || (object['uc'] === undefined && object['sampler'] === undefined)) return null;
  return foreignMetadata({
    source: 'drawthings',
    words: told(object['c']),
    negative: optional(object['uc']),
    seed: object['seed'],
    model: object['model'],
    facts: { Steps: object['steps'], 'CFG scale': object['scale'], Sampler: object['sampler'] },
  });
}

function readEasyDiffusion(object: Json): ForeignMetadata | null {
  if (object['num_inference_steps'] === undefined || typeof object['prompt'] !== 'string') return null;
  return foreignMetadata({
    source: 'easydiffusion',
    words: told(object['prompt']),
    negative: optional(object['negative_prompt']),
    seed: object['seed'],
    model: fileName(object['use_stable_diffusion_model']),
    facts: {
      Steps: object['num_inference_steps'],
      'CFG scale': object['guidance_scale'],
      Sampler: object['sampler_name'],
    },
  });
}

/** Fooocus and its relatives: names in lower case with underscores, or those its log shows to people. */
function readFooocus(object: Json, around: Around): ForeignMetadata | null {
  const take = (name: string, shown: string): unknown => object[name] ?? object[shown];
  // Its relatives name themselves as the software.
  const program = `${asText(take('version', 'Version')) ?? ''} ${asText(object['software']) ?? ''}`;
  const isIts =
    around.fooocusScheme !== null ||
    /foo+cus/i.test(program) ||
    object['metadata_scheme'] === 'fooocus' ||
    (take('base_model', 'Base Model') !== undefined && take('performance', 'Performance') !== undefined);
  if (!isIts) return null;
  return foreignMetadata({
    source: 'fooocus',
    words: told(take('prompt', 'Prompt')),
    negative: optional(take('negative_prompt', 'Negative Prompt') ?? object['Negative']),
    seed: take('seed', 'Seed'),
    model: take('base_model', 'Base Model') ?? object['base_model_name'],
    facts: {
      Styles: take('styles', 'Styles'),
      Steps: take('steps', 'Steps'),
      'CFG scale': take('guidance_scale', 'Guidance Scale') ?? object['cfg'],
      Sampler: take('sampler', 'Sampler') ?? object['sampler_name'],
    },
  });
}

function told(value: unknown): Told {
  return typeof value === 'string' ? { text: value } : unknown('it is no text');
}

function optional(value: unknown): Told | null {
  return value === undefined || value === null ? null : told(value);
}

function fileName(path: unknown): unknown {
  return typeof path === 'string' ? path.split(/[\\/]/).at(-1) : undefined;
}
