/** What the engine takes, seen from the process that asks: messages between the two are part of every figure. */
import type { RasterImage } from '../../src/shared/pictures/images.js';
import type { EngineRequest, EngineResult } from '../../src/main/engine/protocol.js';
import type { CommandContext } from '../../src/main/cli/context.js';
import { openEngine, type EngineSession } from '../../src/main/cli/engine.js';
import { generationSettings, type EngineOptions } from '../../src/main/cli/options.js';
import { median, type Measurement } from './measurement.js';

interface Timed {
  wallMs: number;
  firstPreviewMs: number;
  /** Of a timeline: until the three panes at the t asked for first are there. */
  firstPositionMs: number;
  /** Share of the engine's own time that was not spent inside `session.run`. */
  overhead: number;
  images: RasterImage[];
  /** Of a picture that was read. */
  codes: number[];
}

/** Medians of `runs` after one warm-up each. Every run has another seed, so nothing can be answered from a cache. */
export async function benchEngine(
  context: CommandContext,
  options: EngineOptions,
  runs: number,
): Promise<Measurement[]> {
  const starts: number[] = [];
  // The first start also fills the file cache: it is the warm-up.
  for (let start = 0; start < Math.min(runs, 5); start++) {
    context.output.note(`engine start ${start + 1}`);
    const engine = await openEngine(context, options);
    starts.push(engine.readyMs / 1000);
    await engine.close();
  }
  const engine = await openEngine(context, options);
  try {
    return [
      { name: 'engine start → pack ready', unit: 's', value: median(starts), target: 2, runs: starts },
      ...(await benchJobs(context, engine, runs)),
    ];
  } finally {
    await engine.close();
  }
}

async function benchJobs(context: CommandContext, engine: EngineSession, runs: number): Promise<Measurement[]> {
  const { manifest } = engine.pack;
  const canWrite = manifest.languageModel?.templates.textToImage !== undefined;
  const prompt = manifest.examples.prompts[0] ?? 'a red circle on a blue background';
  const settings = generationSettings({ seed: 0, variations: 1, steps: 16 }, manifest);

  const several = async (name: string, request: (run: number) => EngineRequest): Promise<Timed[]> => {
    const results: Timed[] = [];
    for (let run = 0; run <= runs; run++) {
      context.output.note(`${name} ${run === 0 ? 'warm-up' : `${run} of ${runs}`}`);
      const timed = await time(engine, request(run));
      if (run > 0) results.push(timed);
    }
    return results;
  };

  const generated = canWrite
    ? await several('text to image', (run) => ({ kind: 'generate', prompt, seed: 100 + run, variations: 1, settings }))
    : [];
  const pictures = generated.flatMap(({ images }) => images);
  const picture = (run: number): RasterImage => pictures[run % pictures.length] ?? testCard(manifest.image, run);
  const encoded = await several('encode', (run) => ({ kind: 'encode', image: picture(run) }));
  const timelines = await several('timeline', (run) => ({
    kind: 'timeline',
    source: { image: picture(run) },
    seed: run,
  }));
  // As the window asks: the t under the cursor first, of a picture nobody has read yet.
  const opened = await several('first three panes', (run) => ({
    kind: 'timeline',
    source: { image: picture(run) },
    seed: 200 + run,
    positions: [0.7, 0, 1],
  }));
  const canFilm = manifest.tokens.keepFromTrained;
  const films = canFilm
    ? await several('build-up film', (run) => ({
        kind: 'film',
        source: { codes: encoded[run % encoded.length]!.codes },
        seed: 300 + run,
      }))
    : [];
  const own = process.memoryUsage.rss();
  const resident = ((await engine.residentBytes()) ?? Number.NaN) + own;
  const seconds = (timed: Timed[]) => timed.map(({ wallMs }) => wallMs / 1000);
  const noWriter = canWrite ? {} : { remark: 'this pack has no language model for text to image' };
  const measured = (
    name: string,
    unit: Measurement['unit'],
    target: number,
    values: number[],
    reason = noWriter,
  ): Measurement => ({
    name,
    unit,
    target,
    value: values.length === 0 ? null : median(values),
    runs: values,
    ...(values.length === 0 ? reason : {}),
  });
  const previews = generated.map(({ firstPreviewMs }) => firstPreviewMs / 1000);
  const overheads = (generated.length > 0 ? generated : timelines).map(({ overhead }) => overhead * 100);
  return [
    measured('text to image, 16 steps', 's', 1, seconds(generated)),
    measured('first preview after submit', 's', 0.3, previews),
    measured(
      'encode',
      'ms',
      100,
      encoded.map(({ wallMs }) => wallMs),
    ),
    measured(`timeline, all ${manifest.tokens.count} positions`, 's', 2, seconds(timelines)),
    measured(
      'first three panes of an uncached t',
      'ms',
      250,
      opened.map(({ firstPositionMs }) => firstPositionMs),
    ),
    measured('build-up film, all its pictures', 's', 0.6, seconds(films), {
      remark: 'this pack was not trained to draw from its coarse tokens alone',
    }),
    measured('resident memory, engine + host', 'MB', 700, [resident / 1e6]),
    measured('JavaScript over session.run', '%', 5, overheads),
  ];
}

async function time(engine: EngineSession, request: EngineRequest): Promise<Timed> {
  let firstPreviewMs = Number.NaN;
  let firstPositionMs = Number.NaN;
  const started = performance.now();
  const { result, timing } = await engine.run(request, (event) => {
    if (event.type === 'preview' && Number.isNaN(firstPreviewMs)) firstPreviewMs = performance.now() - started;
    if (event.type === 'position' && Number.isNaN(firstPositionMs)) firstPositionMs = performance.now() - started;
  });
  return {
    wallMs: performance.now() - started,
    firstPreviewMs,
    firstPositionMs,
    overhead: (timing.wallMs - timing.sessionMs) / timing.sessionMs,
    images: imagesOf(result),
    codes: result.kind === 'encode' ? result.codes : [],
  };
}

function imagesOf(result: EngineResult): RasterImage[] {
  return result.kind === 'generate' || result.kind === 'edit' ? result.images.map(({ image }) => image) : [];
}

/** Any picture will do for timing; this one differs from run to run. */
function testCard({ width, height }: { width: number; height: number }, run: number): RasterImage {
  const data = new Uint8Array(width * height * 4);
  for (let at = 0; at < data.length; at++) data[at] = at % 4 === 3 ? 255 : (at * 7 + run * 31) % 256;
  return { width, height, data };
}
