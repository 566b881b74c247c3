/** Signs that mean something in other programs' prompts and nothing here: they are read as ordinary characters, and that is said. */
import { shortened } from '../../shared/text/cut-text.js';

const foreign: readonly RegExp[] = [
  /<(?:lora|lyco|hypernet|segment|random|wildcard|embed|preset)[:[][^<>]{0,80}>/gi,
  /\{\s*\d[\d\s-]*\$\$/g,
  /[({|]\s{0,4}(?:\d{1,8}(?:\.\d{1,8})?|\.\d{1,8})::/g,
  /\([^()[\]{}]{1,80}:\s*-?\d+(?:\.\d+)?\)/g,
  /\[[^[\]]{0,80}\|[^[\]]{0,80}\]/g,
  /\[[^[\]:]{0,80}:[^[\]:]{0,80}:\s{0,4}(?:\d{1,8}(?:\.\d{1,8})?|\.\d{1,8})\]/g,
  /\[[^[\]:]{1,80}:\s{0,4}(?:\d{1,8}(?:\.\d{1,8})?|\.\d{1,8})\]/g,
  /\({2}[^()]{1,80}\){2}/g,
  /\[{2}[^[\]]{1,80}\]{2}/g,
  /\{{2}[^{}|]{1,80}\}{2}/g,
  /(?<=^|[\s,])-?\d{1,4}(?:\.\d{1,4})?::(?=\S)/g,
  /::-?\d{1,4}(?:\.\d{1,4})?(?=[\s,]|$)/g,
  /(?<=[")])\.(?:and|blend|swap)\(|(?<=\p{L})\.swap\(/gu,
  /(?<=\p{Ll}[ ,)]{1,4})AND(?= {1,4}[\p{Ll}(])/gu,
  /(?<=[\p{L}\p{N})])(?:\+{1,4}|-{2,4})(?=[\s,)]|$)/gu,
  /__[\p{L}\p{N}/*_-]{1,60}__/gu,
  /\bembedding:[\p{L}\p{N}._-]+/gu,
  /(?<=^|\s)--(?:ar|v|s|c|q|no|seed|style|stylize|chaos|niji|iw|tile|w|h)\s+\S+/g,
  /\b(?:BREAK|ADDCOMM|ADDROW|ADDCOL|ADDBASE)\b/g,
];
const mostShown = 3;
/** More of a text is not looked at. */
const longest = 4000;

/** One sentence for all of them; null for a text without any. */
export function foreignSyntaxHint(text: string): string | null {
  const found = foreign.flatMap((sign) =>
    [...text.slice(0, longest).matchAll(sign)].map((match) => ({ at: match.index, sign: match[0].trim() })),
  );
  const signs = [...new Set(found.sort((a, b) => a.at - b.at).map(({ sign }) => sign))];
  if (signs.length === 0) return null;
  const shown = signs.slice(0, mostShown).map((sign) => `“${shortened(sign, 30)}”`);
  const more = signs.length > mostShown ? ` and ${signs.length - mostShown} more` : '';
  return `${shown.join(', ')}${more}: other programs’ signs mean nothing here and are read as ordinary words.`;
}
