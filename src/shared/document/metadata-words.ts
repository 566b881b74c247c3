/** What an image file says about itself, in words: for the window's dialog and for the command line. */
import type { EarlierStep } from './document.js';
import { sourcesOf, type ImageMetadata, type MetadataSource, type PictureRecord } from './image-metadata.js';
import { settingFacts, settingTable } from '../jobs/settings.js';

const sourceNames: Record<MetadataSource, string> = {
  'ddt-studio': 'DDT Studio',
  automatic1111: 'AUTOMATIC1111 or alike',
  comfyui: 'ComfyUI',
  invokeai: 'InvokeAI',
  swarmui: 'SwarmUI',
  fooocus: 'Fooocus',
  novelai: 'NovelAI',
  drawthings: 'Draw Things',
  easydiffusion: 'Easy Diffusion',
  unknown: 'an unknown program',
};

export function sourceName(source: MetadataSource): string {
  return sourceNames[source];
}

const saidTogether = (['steps', 'textGuidance', 'tokenGuidance', 'temperature', 'topK'] as const).map(
  (name): string => settingTable[name].label,
);

/** Name and value, for a list; the words themselves stand apart. */
export function factsOf({ recipe, record }: ImageMetadata): [name: string, value: string][] {
  const facts: [string, string][] = [];
  if (recipe !== null && recipe.seed !== null) facts.push(['Seed', String(recipe.seed)]);
  if (recipe?.settings) {
    const { steps, textGuidance, tokenGuidance, temperature, topK } = recipe.settings;
    facts.push(['Steps', String(steps)], ['Guidance', `text ${textGuidance}, tokens ${tokenGuidance}`]);
    facts.push(['Sampling', `temperature ${temperature}, top-k ${settingTable.topK.show(topK)}`]);
    facts.push(...settingFacts(recipe.settings).filter(([label]) => !saidTogether.includes(label)));
  }
  if (recipe !== null && recipe.model !== null) facts.push([record === null ? 'Model' : 'Pack', recipe.model]);
  if (recipe !== null) facts.push(...recipe.facts);
  const tokens = record?.picture.tokens;
  if (tokens) facts.push(['Tokens', `${tokens.codes.length}, restored as they are`]);
  return facts;
}

/** The line from the first picture to this one, in words, oldest first. */
export function chainOf({ picture, earlier }: PictureRecord): string[] {
  const byId = new Map(earlier.map((step) => [step.id, step]));
  const line: string[] = [];
  const seen = new Set<string>();
  for (let step: EarlierStep | undefined = picture; step !== undefined && !seen.has(step.id);) {
    seen.add(step.id);
    line.unshift(deed(step));
    step = byId.get(sourcesOf(step.origin)[0] ?? '');
  }
  return line;
}

function deed({ origin, name }: EarlierStep): string {
  switch (origin.kind) {
    case 'generated':
      return origin.prompt === '' ? `Drawn as “${name}”` : `“${origin.prompt}”`;
    case 'edited':
      return `“${origin.instruction}”`;
    case 'decoded':
      return origin.transplant === undefined
        ? `Decoded from t = ${Number(origin.t.toFixed(3))}`
        : `Tokens V${origin.transplant.from + 1}–V${origin.transplant.to + 1} transplanted`;
    case 'imported':
      return `Imported ${origin.fileName}`;
  }
}
