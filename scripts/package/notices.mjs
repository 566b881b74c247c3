/** What the program is made of, with its terms: everything that is packed, and what is built into the window. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/repository.mjs';
import { shippedPackages } from './packages.mjs';

const licenceFile = /^(licen[cs]e|copying|notice)(\.|-|$)/i;
const line = '-'.repeat(78);

/** Throws when a package says nothing about its terms: it could not be given to anybody. */
export function thirdPartyNotices(directory = root) {
  const parts = shippedPackages(directory).map(({ name, version, path }) => {
    const folder = join(directory, path);
    const { license, homepage, repository } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const texts = existsSync(folder) ? readdirSync(folder).filter((file) => licenceFile.test(file)) : [];
    if (license === undefined && texts.length === 0) throw new Error(`${name} has no licence.`);
    const address = homepage ?? (typeof repository === 'string' ? repository : repository?.url) ?? '';
    const text = texts.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n');
    return [`${name} ${version} (${license})`, address, '', text === '' ? `Licence: ${license}` : text].join('\n');
  });
  const electron = [
    'Electron (MIT), Chromium and Node.js',
    'https://www.electronjs.org',
    '',
    'Their terms lie beside the program: LICENSE.electron.txt and LICENSES.chromium.html.',
  ].join('\n');
  const head = 'DDT Studio contains the work of others, under these terms.';
  return `${[head, electron, ...parts].join(`\n\n${line}\n\n`)}\n`;
}
