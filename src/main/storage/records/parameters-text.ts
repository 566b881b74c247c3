/**
 * The text that AUTOMATIC1111's web UI and many programs after it keep under `parameters`: the prompt, a line
 * "Negative prompt: …", and a last line of "Name: value" pairs; a value that holds a comma or a colon is a JSON string.
 */
import { wordsOf, type ImageRecipe, type PictureRecord } from '../../../shared/image-metadata.js';

const longestText = 2000;
const largestSeed = 0xffffffff;
/** Fewer pairs than this are more likely a prompt's last line (as that program has it too). */
const fewestPairs = 3;
const negativePrefix = 'Negative prompt:';

/** Null for a picture nobody described in words. */
export function formatParameters(record: PictureRecord, size: { width: number; height: number }): string | null {
  const { prompt, instructions } = wordsOf(record);
  if (prompt === null && instructions.length === 0) return null;
  const { origin } = record.picture;
  const known: [string, string | number][] = [];
  if (origin.kind === 'generated' || origin.kind === 'edited') {
    const { steps, textGuidance, tokenGuidance, temperature, topK, candidates } = origin.settings;
    known.push(['Steps', steps], ['Sampler', 'Euler'], ['CFG scale', textGuidance], ['Seed', origin.seed]);
    known.push(['Token guidance', tokenGuidance], ['Temperature', temperature], ['Top-k', topK]);
    if (candidates !== undefined) known.push(['Candidates', candidates]);
    if (origin.plan !== undefined) known.push(['Plan', origin.plan]);
  } else if (origin.kind === 'decoded') {
    known.push(['Steps', origin.steps], ['Sampler', 'Euler'], ['Seed', origin.seed]);
  }
  known.push(['Size', `${size.width}x${size.height}`]);
  if ('pack' in origin) known.push(['Model', origin.pack]);
  known.push(['Version', 'DDT Studio']);
  const lines = [...(prompt === null ? [] : [prompt]), ...instructions.map((instruction) => `Edit: ${instruction}`)];
  return [...lines, known.map(([name, value]) => `${name}: ${quoted(String(value))}`).join(', ')].join('\n');
}

/** Null when no prompt can be made out. */
export function parseParameters(parameters: string): ImageRecipe | null {
  const lines = parameters.trim().split('\n');
  const values = pairsOf(lines.at(-1) ?? '');
  const hasPairs = values.size >= fewestPairs;
  const body = (hasPairs ? lines.slice(0, -1) : lines).join('\n');
  const negativeAt = body.search(/^Negative prompt:/m);
  const prompt = (negativeAt === -1 ? body : body.slice(0, negativeAt)).trim();
  if (prompt === '') return null;
  const negative = negativeAt === -1 ? '' : body.slice(negativeAt + negativePrefix.length).trim();
  const take = (name: string): string | null => (hasPairs ? (values.get(name) ?? null) : null);
  const seed = take('Seed');
  const facts = new Map<string, string | null>([
    ['Negative prompt', negative],
    ['Steps', take('Steps')],
    ['CFG scale', take('CFG scale')],
    ['Sampler', take('Sampler')],
  ]);
  return {
    task: 'generate',
    text: prompt.slice(0, longestText),
    seed: seed !== null && /^\d+$/.test(seed) && Number(seed) <= largestSeed ? Number(seed) : null,
    settings: null,
    model: take('Model')?.slice(0, 200) ?? null,
    facts: [...facts].flatMap(([name, value]): [string, string][] =>
      value === null || value === '' ? [] : [[name, value.slice(0, longestText)]],
    ),
  };
}

/** In one pass, so that no line can make it slow: pieces end at commas outside quotes, names at their first colon. */
function pairsOf(line: string): Map<string, string> {
  const values = new Map<string, string>();
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at <= line.length; at++) {
    const letter = line[at];
    if (isQuoted && letter === '\\') at++;
    else if (letter === '"') isQuoted = !isQuoted;
    else if (at === line.length || (letter === ',' && !isQuoted)) {
      const piece = line.slice(start, at);
      const colon = piece.indexOf(':');
      const name = piece.slice(0, Math.max(0, colon)).trim();
      if (/^\w[\w ()/-]*$/.test(name)) values.set(name, unquoted(piece.slice(colon + 1).trim()));
      start = at + 1;
    }
  }
  return values;
}

function quoted(value: string): string {
  return /[,:\n"]/.test(value) ? JSON.stringify(value) : value;
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'string' ? parsed : value;
  } catch {
    return value;
  }
}
