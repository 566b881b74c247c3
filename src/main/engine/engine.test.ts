/** The real engine on the shipped pack. */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attributeNames, captionText } from '../../shared/tokens/attributes.js';
import type { EngineEvent } from '../../shared/contract/events.js';
import { tokenGroups } from '../../shared/tokens/influence.js';
import type { PackManifest } from '../../shared/packs/pack.js';
import { Engine, type EngineOutcome } from './engine.js';
import { drain } from '../../../tests/fakes/engine-parts.js';
import type { EngineRequest, ProviderAttempt } from './protocol.js';

const directory = join(import.meta.dirname, '../../../resources/packs/scenes-128');
const settings = { steps: 3, tokenGuidance: 1, textGuidance: 2, temperature: 0.7, topK: 50 };
const generate = { kind: 'generate', prompt: 'a red circle', seed: 7, variations: 1, settings } as const;

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.open({ packDirectory: directory, providers: ['cpu'], threads: 2 });
});

afterAll(() => engine.dispose());

const run = (request: EngineRequest): Promise<{ events: EngineEvent[]; result: EngineOutcome }> =>
  drain(engine.run(request, new AbortController().signal));

async function draw(changes: Partial<Extract<EngineRequest, { kind: 'generate' }>> = {}) {
  const { result, events } = await run({ ...generate, ...changes });
  if (result.result.kind !== 'generate') throw new Error(result.result.kind);
  return { images: result.result.images, events, timing: result.timing };
}

test('a graph is opened when it is first needed; whoever waits is told, and it is opened once', async () => {
  const fresh = await Engine.open({ packDirectory: directory, providers: ['cpu'], threads: 2 });
  try {
    const names = () => fresh.openGraphs.map(({ name }) => name);
    const phases = async (request: EngineRequest) => {
      const { events } = await drain(fresh.run(request, new AbortController().signal));
      return events.flatMap((event) => (event.type === 'progress' ? [event.phase] : []));
    };
    expect(names()).toEqual(['decoder']);
    expect(await phases(generate)).toContain('opening-graph');
    const opened = names();
    expect(opened).toContain('lm');
    expect(opened).not.toContain('encoder');
    expect(opened).not.toContain('probe');
    expect(await phases(generate)).not.toContain('opening-graph');
    const image = { width: 128, height: 128, data: new Uint8Array(128 * 128 * 4).fill(255) };
    await phases({ kind: 'encode', image });
    expect(names()).toEqual(expect.arrayContaining([...opened, 'encoder']));
  } finally {
    await fresh.dispose();
  }
});

describe('an opened pack', () => {
  test('says what runs it and why', () => {
    expect(engine.ready.provider).toBe('cpu');
    expect(engine.ready.attempts).toEqual([
      { provider: 'cpu', ok: true, reason: 'The CPU is the only device asked for.' },
    ]);
    expect(engine.ready.pack.manifest.name).toBe('scenes-128');
    expect(engine.ready.openMs).toBeGreaterThan(0);
  });

  test('same seed, same pixels; another seed, others', async () => {
    const [first, again, other] = [await draw(), await draw(), await draw({ seed: 8 })];
    expect(again.images[0]!.image.data).toEqual(first.images[0]!.image.data);
    expect(again.images[0]!.codes).toEqual(first.images[0]!.codes);
    expect(other.images[0]!.image.data).not.toEqual(first.images[0]!.image.data);
  });

  test('decoding the tokens of a picture with its seed gives the picture', async () => {
    const { images } = await draw({ variations: 2 });
    const { codes, seed, image } = images[1]!;
    const { result } = await run({ kind: 'decode', codes, t: 1, keepFrom: 0, steps: 3, seed, tokenGuidance: 1 });
    if (result.result.kind !== 'decode') throw new Error(result.result.kind);
    const difference = result.result.image.data.map((byte, index) => Math.abs(byte - image.data[index]!));
    // A batch of two may round differently from a batch of one.
    expect(Math.max(...difference)).toBeLessThanOrEqual(1);
  });

  test('previews begin with the first token and the last is close to the picture', async () => {
    const { images, events } = await draw();
    const previews = events.filter((event) => event.type === 'preview');
    expect(previews[0]).toMatchObject({ knownTokens: 1, step: 0 });
    const distance = (image: { data: Uint8Array }) =>
      image.data.reduce((sum, byte, index) => sum + Math.abs(byte - images[0]!.image.data[index]!), 0);
    expect(distance(previews.at(-1)!.image)).toBeLessThan(distance(previews[0]!.image));
  });

  test('time inside the sessions is counted, and is nearly all', async () => {
    const { timing } = await draw();
    expect(timing.sessionMs).toBeGreaterThan(0);
    expect(timing.sessionMs).toBeLessThanOrEqual(timing.wallMs);
  });

  test('a cancelled job ends between tokens and the engine goes on', async () => {
    const cancellation = new AbortController();
    const job = engine.run(generate, cancellation.signal);
    let tokens = 0;
    const consume = async () => {
      for await (const event of job) {
        if (event.type === 'token' && ++tokens === 3) cancellation.abort();
      }
    };
    await expect(consume()).rejects.toMatchObject({ code: 'cancelled' });
    expect(tokens).toBe(3);
    expect((await draw()).images).toHaveLength(1);
  });

  test('a job that is dropped half-way does not block the next', async () => {
    for await (const event of engine.run(generate, new AbortController().signal)) if (event.type === 'token') break;
    expect((await draw()).images).toHaveLength(1);
  });

  test('two jobs at once are refused', async () => {
    const first = engine.run(generate, new AbortController().signal);
    await first.next();
    await expect(run(generate)).rejects.toMatchObject({ code: 'engine-failed' });
    await first.return(undefined as never);
  });

  test('an image goes in as tokens and comes back like itself', async () => {
    const { images } = await draw({ settings: { ...settings, steps: 8 } });
    const { result } = await run({ kind: 'encode', image: images[0]!.image });
    if (result.result.kind !== 'encode') throw new Error(result.result.kind);
    expect(result.result.codes).toHaveLength(engine.ready.pack.manifest.tokens.count);
  });

  test('describes, asks and edits', async () => {
    const { images } = await draw();
    const source = { image: images[0]!.image };
    const described = await run({ kind: 'describe', source });
    expect(described.result.result).toMatchObject({ kind: 'describe', text: expect.any(String) as string });
    const asked = await run({ kind: 'ask', source, question: 'how many objects are there?' });
    expect(asked.result.result).toMatchObject({ kind: 'ask' });
    const edited = await run({ kind: 'edit', source, instruction: 'make it blue', seed: 1, variations: 1, settings });
    expect(edited.result.result).toMatchObject({ kind: 'edit', images: [{ seed: 1 }] });
  });

  test('a timeline has every position once', async () => {
    const { images } = await draw();
    const { events } = await run({ kind: 'timeline', source: { image: images[0]!.image }, seed: 1 });
    const indices = events.flatMap((event) => (event.type === 'position' ? [event.position.index] : []));
    const { count } = engine.ready.pack.manifest.tokens;
    expect(indices.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
  });

  test('a branch keeps the tokens it is told to, in every variation and under guidance', async () => {
    const { images } = await draw();
    const middle = Math.floor(images[0]!.codes.length / 2);
    const kept = images[0]!.codes.map((code, index) => (index >= middle || index === 1 ? code : null));
    const branch = await draw({ prompt: 'two green stars', kept, variations: 3, seed: 90 });
    for (const { codes } of branch.images) {
      kept.forEach((code, index) => {
        if (code !== null) expect(codes[index]).toBe(code);
      });
    }
    expect(new Set(branch.images.map(({ codes }) => codes.join())).size).toBeGreaterThan(1);
    const again = await draw({ kept });
    expect(again.images[0]!.codes).toEqual(images[0]!.codes);
  });

  test('hiding all tokens changes more than hiding the finest, and where tokens act differs from token to token', async () => {
    const { images } = await draw();
    const { codes } = images[0]!;
    const groups = [
      { from: 0, to: codes.length - 1 },
      { from: 0, to: 0 },
    ];
    const grouped = await run({ kind: 'ablate', source: { codes }, seed: 1, groups });
    if (grouped.result.result.kind !== 'ablate') throw new Error(grouped.result.result.kind);
    const [all, finest] = grouped.result.result.groups;
    expect(all!.total).toBeGreaterThan(5 * finest!.total);
    const single = await run({ kind: 'ablate', source: { image: images[0]!.image }, seed: 1 });
    const maps = single.events.flatMap((event) => (event.type === 'influence' ? [event.influence.map] : []));
    expect(maps).toHaveLength(tokenGroups(codes.length).length);
    expect(new Set(maps.map(({ data }) => data.indexOf(255))).size).toBeGreaterThan(codes.length / 8);
  });

  test('the lanes fall with t without tokens, the background last, and the probe reads the restored pane', async () => {
    const { images } = await draw();
    const positions = [0.2, 0.9, 1];
    const { events } = await run({ kind: 'timeline', source: { image: images[0]!.image }, seed: 1, positions });
    const [early, late, noise] = events.flatMap((event) => (event.type === 'position' ? [event.position] : []));
    for (const name of attributeNames) {
      expect(early!.sharesAlone![name]).toBeGreaterThanOrEqual(late!.sharesAlone![name]);
      expect(noise!.sharesAlone![name]).toBe(0);
    }
    expect(late!.sharesAlone!.background).toBeGreaterThan(late!.sharesAlone!.texture);
    expect(noise!.shares!.background).toBeGreaterThan(0);
    const { labels } = engine.ready.pack.manifest.attributes!;
    expect(labels['backgroundKind']).toContain(early!.reading!.background.kind);
    for (const { kind } of early!.reading!.objects) expect(labels['kind']).toContain(kind);
  });

  test('words the pack does not know, and any script, are drawn all the same', async () => {
    expect((await draw({ prompt: '日本 🎨 xyzzy', settings: { ...settings, steps: 1 } })).images).toHaveLength(1);
  });

  test('an over-long prompt is told with both counts', async () => {
    await expect(draw({ prompt: 'a red circle and '.repeat(200) })).rejects.toMatchObject({
      code: 'prompt-too-long',
      message: expect.stringMatching(/\d+ tokens long; this pack reads at most \d+/) as string,
    });
  });
});

describe('a pack without a probe', () => {
  let folder: string;
  let unread: Engine;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engine-'));
    await cp(directory, folder, { recursive: true });
    const manifest = JSON.parse(await readFile(join(directory, 'pack.json'), 'utf8')) as PackManifest;
    delete manifest.graphs.probe;
    delete manifest.attributes;
    await writeFile(join(folder, 'pack.json'), JSON.stringify(manifest));
    unread = await Engine.open({ packDirectory: folder, providers: ['cpu'], threads: 2 });
  });

  afterAll(async () => {
    await unread.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  test('its language model reads the restored pane at each t, and says of it what it says of that picture', async () => {
    const { images } = await draw();
    const { image } = images[0]!;
    const positions = [1, 0.8, 0.2];
    const { signal } = new AbortController();
    const asked = { source: { image }, seed: 1, positions };
    const shown = await drain(unread.run({ kind: 'timeline', ...asked }, signal));
    const panes = shown.events.flatMap((event) => (event.type === 'position' ? [event.position] : []));
    for (const { reading, shares } of panes) {
      expect(reading).toBeUndefined();
      expect(shares).toBeDefined();
    }
    const { events } = await drain(unread.run({ kind: 'captions', ...asked }, signal));
    const said = events.flatMap((event) => (event.type === 'caption' ? [event.caption] : []));
    expect(said.map(({ t }) => t)).toEqual(positions);
    for (const caption of said) {
      expect(caption.words.length).toBeGreaterThan(0);
      expect(caption.confidence).toBeGreaterThan(0);
      expect(caption.confidence).toBeLessThanOrEqual(1);
    }
    // The first is decoded like the timeline's first, one row a pane: no rounding differs.
    const { result } = await drain(unread.run({ kind: 'describe', source: { image: panes[0]!.restored } }, signal));
    expect(result.result).toEqual({ kind: 'describe', text: captionText(said[0]!) });
  });
});

describe('a pack whose graphs are not what it states', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engine-'));
    await cp(directory, folder, { recursive: true });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function openWith(change: (manifest: PackManifest) => void, attempts: ProviderAttempt[] = []): Promise<Engine> {
    const manifest = JSON.parse(await readFile(join(directory, 'pack.json'), 'utf8')) as PackManifest;
    change(manifest);
    await writeFile(join(folder, 'pack.json'), JSON.stringify(manifest));
    return Engine.open({ packDirectory: folder, providers: ['cpu'], threads: 1, attempts });
  }

  test('another K is named with graph, tensor and shapes', async () => {
    const count = engine.ready.pack.manifest.tokens.count + 1;
    await expect(openWith((manifest) => (manifest.tokens.count = count))).rejects.toMatchObject({
      code: 'pack-damaged',
      message: expect.stringMatching(
        new RegExp(`onnx has the input tokens of shape .* not \\[any, ${count}\\]`),
      ) as string,
    });
  });

  test('another vocabulary too', async () => {
    const job = openWith(({ languageModel, tokens }) => {
      // One more code, so that ids by position still end with the codes.
      languageModel!.vocabularySize += 1;
      tokens.codebookSize += 1;
    });
    await expect(job).rejects.toThrowError(/lm\.onnx has the output logits of shape/);
  });

  test('a file with the right hash that is no graph', async () => {
    const bytes = Buffer.from('no graph at all');
    await writeFile(join(folder, 'encoder.onnx'), bytes);
    const job = openWith((manifest) => {
      const entry = manifest.files.find((file) => file.path === 'encoder.onnx')!;
      entry.bytes = bytes.length;
      entry.sha256 = createHash('sha256').update(bytes).digest('hex');
    });
    await expect(job).rejects.toMatchObject({
      code: 'pack-damaged',
      message: expect.stringContaining('encoder.onnx is not an ONNX graph') as string,
    });
    await cp(join(directory, 'encoder.onnx'), join(folder, 'encoder.onnx'));
  });

  test('a graph that was changed since it was checked is not opened', async () => {
    const opened = await openWith(() => undefined);
    await writeFile(join(folder, 'encoder.onnx'), await readFile(join(directory, 'decoder.onnx')));
    const image = { width: 1, height: 1, data: Uint8Array.of(1, 2, 3, 255) };
    const job = drain(opened.run({ kind: 'encode', image }, new AbortController().signal));
    await expect(job).rejects.toMatchObject({
      code: 'pack-damaged',
      message: expect.stringContaining('encoder.onnx is ') as string,
    });
    await cp(join(directory, 'encoder.onnx'), join(folder, 'encoder.onnx'));
    // The same bytes again are what was checked.
    await drain(opened.run({ kind: 'encode', image }, new AbortController().signal));
    await opened.dispose();
  });

  test('a forced provider that cannot be had fails with its reason', async () => {
    const attempts: ProviderAttempt[] = [];
    const job = Engine.open({ packDirectory: directory, providers: ['imaginary'], attempts });
    await expect(job).rejects.toMatchObject({ code: 'engine-failed' });
    expect(attempts).toEqual([
      {
        provider: 'imaginary',
        ok: false,
        reason: 'imaginary is not part of the installed onnxruntime on this platform.',
      },
    ]);
  });
});
