/** What stands around pictures and packs: chunks, entries, profiles and frames that lie; directories of zips; names for a terminal. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { pngChunk } from '../../src/main/storage/images/png-chunks.js';
import * as containers from './crafted-containers.js';
import { pngOfFilter, pngWith } from './crafted-pictures.js';
import { hostileProfiles, profileChunk, profileOf } from './crafted-profiles.js';
import * as zips from './crafted-zips.js';
import { said, type Case } from './case.js';
import { StudioClient } from './studio-client.js';

export type Importing = (name: string, make: () => Uint8Array) => Case;

export function containerCases(importing: Importing): Case[] {
  const megabytes = (count: number): Uint8Array => new Uint8Array(count * 1024 * 1024);
  return [
    importing('WebP of seven million empty chunks', () => containers.webpOfEmptyChunks(7_000_000)),
    importing('WebP, a frame of 40 MP that says 20 × 20', () => containers.lyingWebp(8000, 5000)),
    importing('GIF, a frame of 65,535 × 65,535 on a screen of 3 × 2', () => containers.lyingGif()),
    importing('EXIF, 500 entries over the same 4 MB', () => pngWith(containers.exifChunk(containers.plainExif()))),
    importing('EXIF, the same as UTF-16', () => pngWith(containers.exifChunk(containers.utf16Exif()))),
    importing('colour profile of 50 MB', () => containers.webpWithProfile(profileOf([['desc', megabytes(50)]]))),
    importing('colour profile that unfolds to 500 MB', () =>
      pngWith(pngChunk('iCCP', Buffer.concat([Buffer.from('x\0\0'), deflateSync(megabytes(500))]))),
    ),
    ...hostileProfiles.map(([name, make]) => importing(`colour profile, ${name}`, () => pngWith(profileChunk(make())))),
  ];
}

/** `work`: for what is made here. */
export function zipCases(work: string): Case[] {
  const offering = (name: string, make: () => Uint8Array): Case => {
    const path = join(work, 'crafted.zip');
    return {
      name: `zip, ${name}`,
      prepare: () => writeFileSync(path, make()),
      run: async (entrance) => {
        const client = await StudioClient.open(entrance);
        try {
          return said(await client.call('offerPack', { place: { path } }));
        } finally {
          client.close();
          rmSync(path);
        }
      },
    };
  };
  return [
    offering('1000 names of 60,000 letters', () => zips.zipOfLongNames(1000)),
    offering('a directory of 650 MB', () => zips.zipOfComments(10_000)),
    offering('20,000 names, all that may be said', () => zips.zipOfManyNames()),
  ];
}

/** What a terminal would obey, in names that the host writes into its logs. `data`: its folder. */
export function nameCases(data: string): Case[] {
  const name = '\u001B[2J\u001B]0;owned\u0007\r\n12:00 all is well\u202E.png';
  const naming = (what: string, method: string, parameters: () => unknown): Case => ({
    name: `newlines and escapes in the name of ${what}`,
    run: async (entrance) => {
      const client = await StudioClient.open(entrance);
      try {
        await client.call('createProject', { name: 'Crafted' });
        const outcome = said(await client.call(method, parameters()));
        return `${outcome}, ${obeyed(data)} of them in the logs`;
      } finally {
        client.close();
      }
    },
  });
  return [
    naming('a picture', 'importImage', () => ({ bytes: pngWith(), fileName: name })),
    naming('a damaged picture', 'importImage', () => ({ bytes: pngOfFilter(9), fileName: name })),
    naming('a project file', 'addProject', () => ({ bytes: new Uint8Array(100), fileName: `${name}.ddt` })),
    naming('a pack', 'offerPack', () => ({ place: { path: `/nowhere/${name}.zip` } })),
  ];
}

/** Characters that a terminal obeys in what was logged, lines aside. */
function obeyed(data: string): number {
  const folder = join(data, 'logs');
  const logs = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  const isForTerminals = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u;
  return [...logs.join('')].filter((letter) => letter !== '\n' && letter !== '\t' && isForTerminals.test(letter))
    .length;
}
