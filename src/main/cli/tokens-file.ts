import { StudioError } from '../../shared/errors.js';
import { parseJson } from '../../shared/json.js';
import { z } from 'zod';
import { imageLimits } from '../../shared/pictures/images.js';
import { textLimits, tokenLimits } from '../../shared/limits.js';
import type { PictureRecord } from '../../shared/document/image-metadata.js';
import { isPng } from '../storage/images/png-chunks.js';
import { readInputFile } from './files.js';
import { pictureFrom, plainPicture } from './picture-files.js';

const mostBytes = 4 * 2 ** 20;

/** What `encode --out` writes and `decode` reads. */
export interface TokensFile {
  format: 'ddt-tokens/1';
  /** `name@version` of the pack whose codes these are. */
  pack: string;
  /** Index 0…K-1, fine to coarse. */
  codes: number[];
}

const schema = z.object({
  format: z.literal('ddt-tokens/1'),
  pack: z.string().min(1).max(textLimits.name),
  codes: z.array(z.int().min(0).max(tokenLimits.code)).min(1).max(tokenLimits.count),
});

/** Tokens and where they come from. */
export interface TokensSource extends TokensFile {
  record: PictureRecord;
}

/** A file that `encode` wrote, or a PNG that carries its tokens. Throws `not-found` or `tokens-invalid`. */
export async function readTokensFile(path: string): Promise<TokensSource> {
  const bytes = await readInputFile(path, imageLimits.maxBytes);
  if (isPng(bytes)) return tokensOfPicture(path, bytes);
  const tokens = tokensOfJson(path, bytes);
  return {
    ...tokens,
    record: { picture: plainPicture(path, { pack: tokens.pack, codes: tokens.codes }), earlier: [] },
  };
}

async function tokensOfPicture(path: string, bytes: Uint8Array): Promise<TokensSource> {
  const { metadata, record } = await pictureFrom(path, bytes);
  const { tokens } = record.picture;
  if (tokens !== null) return { format: 'ddt-tokens/1', ...tokens, record };
  throw new StudioError(
    'tokens-invalid',
    [`${path} carries no tokens that can be used.`, ...(metadata?.faults ?? [])].join(' '),
    'Read the picture with: ddt-studio encode picture.png --out tokens.json',
  );
}

function tokensOfJson(path: string, bytes: Uint8Array): TokensFile {
  if (bytes.length > mostBytes) throw notTokens(path, `it has more than ${mostBytes / 2 ** 20} MB`);
  let parsed: unknown;
  try {
    parsed = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes), { characters: mostBytes, depth: 8 });
  } catch (error) {
    throw notTokens(path, error instanceof SyntaxError ? error.message : 'it is not JSON');
  }
  const checked = schema.safeParse(parsed);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw notTokens(path, `${issue?.path.join('.') || 'the whole'}: ${issue?.message}`);
}

/** The same number means another picture part in another pack. */
export function refuseForeignTokens(tokens: TokensFile, pack: string, path: string): void {
  if (tokens.pack === pack) return;
  throw new StudioError(
    'tokens-invalid',
    `The tokens in ${path} are of the pack ${tokens.pack}, but ${pack} is in use.`,
    `Run it again with --pack ${tokens.pack.split('@')[0]} in that version, or encode the picture anew.`,
  );
}

function notTokens(path: string, reason: string): StudioError {
  return new StudioError(
    'tokens-invalid',
    `${path} is not a tokens file (${reason}).`,
    'Make one with: ddt-studio encode image.png --out tokens.json',
  );
}
