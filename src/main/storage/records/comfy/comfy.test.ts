import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileTexts } from '../../images/file-texts.js';
import { readForeign, type ForeignMetadata } from '../foreign-records.js';
import { runs } from '../../../../../tests/property-runs.js';

function read(keyword: 'prompt' | 'workflow', value: unknown): ForeignMetadata | null {
  const texts: FileTexts = { named: [{ keyword, text: JSON.stringify(value) }], exif: [], xmp: null, faults: [] };
  return readForeign(texts);
}

type Link = [string, number];
interface Node {
  class_type: string;
  inputs: Record<string, unknown>;
}

/** A graph under construction, in both of ComfyUI's files. */
class Builder {
  readonly nodes: Record<string, Node> = {};
  #next = 1;

  add(class_type: string, inputs: Record<string, unknown>, slot = 0): Link {
    const id = String(this.#next++);
    this.nodes[id] = { class_type, inputs };
    return [id, slot];
  }

  /** As the editor keeps it: widgets in the order given, every other input a link; nodes in `order`. */
  workflow(order: (count: number) => number[]): unknown {
    const links: unknown[] = [];
    const nodes = Object.entries(this.nodes).map(([id, { class_type, inputs }]) => {
      const linked = Object.entries(inputs).filter(([, value]) => Array.isArray(value)) as [string, Link][];
      const values = Object.entries(inputs).flatMap(([name, value]) =>
        name === 'seed' || name === 'noise_seed'
          ? [value, 'randomize']
          : Array.isArray(value)
            ? widgets.has(name)
              ? ['stale']
              : []
            : [value],
      );
      return {
        id: Number(id),
        type: class_type,
        widgets_values: values,
        inputs: linked.map(([name, [from, slot]], index) => {
          links.push([links.length + 1, Number(from), slot, Number(id), index, '*']);
          return { name, link: links.length, ...(widgets.has(name) ? { widget: { name } } : {}) };
        }),
      };
    });
    return { nodes: order(nodes.length).map((at) => nodes[at]), links };
  }
}

const widgets = new Set(['text', 'text_g', 'text_l', 'clip_l', 't5xxl', 'string_a', 'string_b', 'delimiter', 'value']);

const word = fc.stringMatching(/^[a-zé日🌟]{1,6}$/u).filter((text) => text !== '');

/** A text input: the text itself, or a chain of nodes that make it. */
function textMaker(depth: number): fc.Arbitrary<(builder: Builder) => { input: unknown; text: string }> {
  const literal = word.map((text) => () => ({ input: text as unknown, text }));
  if (depth === 0) return literal;
  const inner = textMaker(depth - 1);
  return fc.oneof(
    literal,
    inner.map((make) => (builder: Builder) => {
      const { input, text } = make(builder);
      return {
        input: builder.add('Reroute', {
          '': Array.isArray(input) ? input : builder.add('PrimitiveString', { value: input }),
        }),
        text,
      };
    }),
    inner.map((make) => (builder: Builder) => {
      const { input, text } = make(builder);
      return { input: builder.add('PrimitiveStringMultiline', { value: input }), text };
    }),
    fc.tuple(inner, inner, fc.constantFrom('', ', ', ' ')).map(([first, second, delimiter]) => (builder: Builder) => {
      const [a, b] = [first(builder), second(builder)];
      const input = builder.add('StringConcatenate', { string_a: a.input, string_b: b.input, delimiter });
      return { input, text: a.text + delimiter + b.text };
    }),
  );
}

const encoders: ((text: unknown) => [string, Record<string, unknown>])[] = [
  (text) => ['CLIPTextEncode', { text }],
  (text) => ['CLIPTextEncodeSDXL', { width: 1, height: 1, crop_w: 0, crop_h: 0, target_width: 1, target_height: 1, text_g: text, text_l: text }],
  (text) => ['CLIPTextEncodeFlux', { clip_l: '', t5xxl: text, guidance: 3.5 }],
  (text) => ['CLIPTextEncodeSDXLRefiner', { ascore: 6, width: 1, height: 1, text }],
]; // prettier-ignore

type Conditioned = (builder: Builder) => { link: Link; text: string };

function conditioning(depth: number): fc.Arbitrary<Conditioned> {
  const encoded = fc.tuple(textMaker(2), fc.constantFrom(...encoders)).map(([make, encoder]) => (builder: Builder) => {
    const { input, text } = make(builder);
    return { link: builder.add(...encoder(input)), text: text.trim() };
  });
  if (depth === 0) return encoded;
  return fc.oneof(
    encoded,
    conditioning(depth - 1).map((make) => (builder: Builder) => {
      const { link, text } = make(builder);
      return { link: builder.add('FluxGuidance', { conditioning: link, guidance: 3 }), text };
    }),
    conditioning(depth - 1).map((make) => (builder: Builder) => {
      const { link, text } = make(builder);
      return { link: builder.add('ConditioningCombine', { conditioning_1: link, conditioning_2: link }), text };
    }),
  );
}

interface Drawn {
  builder: Builder;
  text: string;
  negative: string;
}

type Sampler = (builder: Builder, seed: number, positive: Link, negative: Link) => Link;
const samplers: Sampler[] = [
  (builder, seed, positive, negative) => builder.add('KSampler', { seed, steps: 20, cfg: 8, sampler_name: 'euler', scheduler: 'normal', denoise: 1, positive, negative }),
  (builder, seed, positive, negative) => {
    const guider = builder.add('CFGGuider', { cfg: 8, positive, negative });
    const noise = builder.add('RandomNoise', { noise_seed: seed });
    return builder.add('SamplerCustomAdvanced', { noise, guider, sampler: builder.add('KSamplerSelect', { sampler_name: 'euler' }), sigmas: builder.add('BasicScheduler', { scheduler: 'normal', steps: 20, denoise: 1 }) });
  },
  (builder, seed, positive, negative) => {
    const guided = builder.add('ControlNetApplyAdvanced', { positive, negative });
    return builder.add('KSampler', { seed, steps: 20, cfg: 8, sampler_name: 'euler', scheduler: 'normal', denoise: 1, positive: guided, negative: [guided[0], 1] });
  },
]; // prettier-ignore

const seeds = fc.maxSafeNat().filter((seed) => seed < 2 ** 53 - 1024);
const drawn: fc.Arbitrary<Drawn & { seed: number }> = fc
  .record({
    positive: conditioning(2),
    negative: conditioning(1),
    decoy: conditioning(0),
    decoyFirst: fc.boolean(),
    sampler: fc.constantFrom(...samplers),
    seed: seeds,
  })
  .map(({ positive, negative, decoy, decoyFirst, sampler, seed }) => {
    const builder = new Builder();
    if (decoyFirst) decoy(builder);
    const against = negative(builder);
    const wanted = positive(builder);
    decoy(builder);
    const samples = sampler(builder, seed, wanted.link, against.link);
    builder.add('SaveImage', { images: builder.add('VAEDecode', { samples }) });
    return { builder, seed, text: wanted.text, negative: against.text };
  });

const shuffled = fc.infiniteStream(fc.nat(1_000_000)).map(
  (numbers) => (count: number) =>
    Array.from({ length: count }, (_, at) => ({ at, key: numbers.next().value! }))
      .sort((a, b) => a.key - b.key)
      .map(({ at }) => at),
);

describe('graphs whose words are known', () => {
  test('the graph that was run: prompt, negative and seed', () => {
    fc.assert(
      fc.property(drawn, ({ builder, text, negative, seed }) => {
        const found = read('prompt', builder.nodes);
        expect(found).toMatchObject({ source: 'comfyui', recipe: { text, seed }, faults: [] });
        expect(new Map(found?.recipe?.facts).get('Negative prompt')).toBe(negative);
        expect(new Map(found?.recipe?.facts).get('Steps')).toBe('20');
      }),
      { numRuns: runs(300) },
    );
  });

  test('the editor’s file alone, whatever the order of its nodes', () => {
    fc.assert(
      fc.property(drawn, shuffled, ({ builder, text, seed }, order) => {
        expect(read('workflow', builder.workflow(order))).toMatchObject({ recipe: { text, seed }, faults: [] });
      }),
      { numRuns: runs(300) },
    );
  });

  test('whatever is broken in it, another prompt is never told', () => {
    const damage = fc.constantFrom('class', 'remove', 'unlink', 'mute');
    fc.assert(
      fc.property(drawn, shuffled, fc.nat(), damage, fc.boolean(), ({ builder, text }, order, at, kind, isRun) => {
        const ids = Object.keys(builder.nodes);
        const id = ids[at % ids.length]!;
        const node = builder.nodes[id]!;
        if (kind === 'class') node.class_type = 'MysteryNode';
        if (kind === 'unlink') for (const [name, value] of Object.entries(node.inputs)) if (Array.isArray(value)) delete node.inputs[name];
        const graph = builder.workflow(order) as { nodes: { id: number; mode?: number }[] };
        if (kind === 'mute') graph.nodes.find((one) => String(one.id) === id)!.mode = 2;
        if (kind === 'remove') {
          delete builder.nodes[id];
          graph.nodes = graph.nodes.filter((one) => String(one.id) !== id);
        }
        const found = isRun ? read('prompt', builder.nodes) : read('workflow', graph);
        if (found !== null && found.recipe !== null) expect(found.recipe.text).toBe(text);
        else if (found !== null) expect(found.faults[0]).toMatch(/cannot be told|names no prompt/);
      }),
      { numRuns: runs(600) },
    );
  }); // prettier-ignore
});

const sampler = (positive: unknown, more: Record<string, unknown> = {}): Node => ({
  class_type: 'KSampler',
  inputs: { seed: 1, steps: 20, cfg: 8, positive, ...more },
});
const encoder = (text: unknown): Node => ({ class_type: 'CLIPTextEncode', inputs: { text } });

describe('what cannot be told says why', () => {
  test.each<[string, Record<string, Node>, RegExp]>([
    ['two prompts at once', { 1: sampler(['2', 0]), 2: { class_type: 'ConditioningConcat', inputs: { conditioning_to: ['3', 0], conditioning_from: ['4', 0] } }, 3: encoder('a red circle'), 4: encoder('a star') }, /several prompts at once \(“a red circle”, “a star”\)/],
    ['two halves of one', { 1: sampler(['2', 0]), 2: { class_type: 'ConditioningAverage ', inputs: { conditioning_to: ['3', 0], conditioning_from: ['4', 0], conditioning_to_strength: 0.5 } }, 3: encoder('a'), 4: encoder('b') }, /several prompts at once/],
    ['different texts for two encoders', { 1: sampler(['2', 0]), 2: { class_type: 'CLIPTextEncodeFlux', inputs: { clip_l: 'x', t5xxl: 'y' } } }, /text encoders were given different texts \(clip_l “x”, t5xxl “y”\)/],
    ['several passes', { 1: sampler(['3', 0]), 2: sampler(['4', 0], { latent_image: ['1', 0] }), 3: encoder('a'), 4: encoder('b') }, /several passes with different words/],
    ['a class nobody knows', { 1: sampler(['2', 0]), 2: { class_type: 'Mystery', inputs: { text: 'a' } } }, /class “Mystery”, which is not known/],
    ['words written while it ran', { 1: sampler(['2', 0]), 2: encoder(['3', 0]), 3: { class_type: 'OllamaGenerate', inputs: { prompt: 'write' } } }, /“OllamaGenerate”/],
    ['a circle', { 1: sampler(['2', 0]), 2: encoder(['3', 0]), 3: { class_type: 'StringTrim', inputs: { string: ['3', 0], mode: 'Both' } } }, /go in a circle/],
    ['a missing node', { 1: sampler(['9', 0]) }, /not in the file/],
    ['no sampler at all', { 1: { class_type: 'LoadImage', inputs: { image: 'a.png' } } }, /no sampler that is known/],
  ])('%s', (_name, graph, reason) => {
    expect(read('prompt', graph)).toMatchObject({ recipe: null, faults: [expect.stringMatching(reason)] });
  }); // prettier-ignore

  test('seeds of several passes; a seed that is too large', () => {
    const twice = { 1: sampler(['3', 0]), 2: sampler(['3', 0], { seed: 2, latent_image: ['1', 0] }), 3: encoder('a') };
    expect(read('prompt', twice)).toMatchObject({ recipe: { text: 'a', seed: null }, faults: [expect.stringContaining('seeds 1, 2')] }); // prettier-ignore
    const text = `{"1":{"class_type":"KSampler","inputs":{"seed":18446744073709551615,"positive":["3",0]}},"3":{"class_type":"CLIPTextEncode","inputs":{"text":"a"}}}`;
    const large = readForeign({ named: [{ keyword: 'prompt', text }], exif: [], xmp: null, faults: [] });
    expect(large).toMatchObject({
      recipe: { text: 'a', seed: null },
      faults: [expect.stringContaining('18446744073709551615')],
    });
  });

  test('a second pass that adds no noise has no seed of its own', () => {
    const refined = {
      1: { class_type: 'KSamplerAdvanced', inputs: { add_noise: 'enable', noise_seed: 7, positive: ['3', 0] } },
      2: { class_type: 'KSamplerAdvanced', inputs: { add_noise: 'disable', noise_seed: 9, positive: ['3', 0], latent_image: ['1', 0] } },
      3: encoder('a'),
    }; // prettier-ignore
    expect(read('prompt', refined)).toMatchObject({ recipe: { text: 'a', seed: 7 }, faults: [] });
  });

  test('WAS Node Suite: lines of comments are no words, and what stood for a token is not known', () => {
    const drawn = (text: string) => ({ 1: sampler(['2', 0]), 2: encoder(['3', 0]), 3: { class_type: 'Text Multiline', inputs: { text } } }); // prettier-ignore
    const found = read('prompt', drawn('# for the poster\na red circle\n  # blue?\non a table'));
    expect(found).toMatchObject({ recipe: { text: 'a red circle\non a table' }, faults: [] });
    expect(read('prompt', drawn('a red circle [time]'))).toMatchObject({ recipe: null, faults: [expect.stringContaining('brackets')] }); // prettier-ignore
  });

  test('only what leads to a saved picture counts', () => {
    const two = {
      1: sampler(['3', 0]),
      2: sampler(['4', 0]),
      3: encoder('saved'),
      4: encoder('looked at'),
      5: { class_type: 'VAEDecode', inputs: { samples: ['1', 0] } },
      6: { class_type: 'SaveImage', inputs: { images: ['5', 0] } },
      7: { class_type: 'PreviewImage', inputs: { images: ['2', 0] } },
    };
    expect(read('prompt', two)?.recipe?.text).toBe('saved');
  });
});

describe('the editor’s file', () => {
  const ui = (nodes: unknown[], links: unknown[], definitions?: unknown) =>
    read('workflow', { nodes, links, definitions });
  const sampled = { id: 1, type: 'KSampler', widgets_values: [5, 'fixed', 20, 8, 'euler', 'normal', 1], inputs: [{ name: 'positive', link: 1 }] }; // prettier-ignore
  const encoded = (id: number, text: string, more: object = {}) => ({ id, type: 'CLIPTextEncode', widgets_values: [text], ...more }); // prettier-ignore

  test('choices in braces and comments are resolved before it runs, so the words are not in it', () => {
    for (const text of ['a {red|blue} star', 'a star // or a moon']) {
      expect(ui([sampled, encoded(2, text)], [[1, 2, 0, 1, 0, '*']])).toMatchObject({ recipe: null });
    }
  });

  test('a node that is stepped over passes its input on; one that is switched off does not', () => {
    const passing = (mode: number) => ({ id: 3, type: 'Mystery', mode, inputs: [{ name: 'c', type: 'CONDITIONING', link: 2 }], outputs: [{ type: 'CONDITIONING' }] }); // prettier-ignore
    const links = [[1, 3, 0, 1, 0, '*'], [2, 2, 0, 3, 0, '*']]; // prettier-ignore
    expect(ui([sampled, encoded(2, 'a'), passing(4)], links)).toMatchObject({ recipe: { text: 'a' } });
    expect(ui([sampled, encoded(2, 'a'), passing(2)], links)).toMatchObject({ recipe: null });
  });

  test('values set under a name and got elsewhere', () => {
    const set = { id: 3, type: 'SetNode', widgets_values: ['words'], inputs: [{ name: 'c', link: 2 }] };
    const get = { id: 4, type: 'GetNode', widgets_values: ['words'] };
    const links = [[1, 4, 0, 1, 0, '*'], [2, 2, 0, 3, 0, '*']]; // prettier-ignore
    expect(ui([sampled, encoded(2, 'a'), set, get], links)).toMatchObject({ recipe: { text: 'a' } });
    expect(ui([sampled, encoded(2, 'a'), set, set, get].map((node, id) => ({ ...node, id: node === set ? 10 + id : node.id })), links)).toMatchObject({ recipe: null }); // prettier-ignore
  });

  test('a graph inside a node: its inputs, its outputs and the values it shows', () => {
    const definitions = {
      subgraphs: [
        {
          id: 'inner',
          nodes: [{ id: 7, type: 'CLIPTextEncode', widgets_values: ['stale'], inputs: [{ name: 'text', widget: { name: 'text' }, link: 1 }] }],
          links: [
            { id: 1, origin_id: -10, origin_slot: 0, target_id: 7, target_slot: 0 },
            { id: 2, origin_id: 7, origin_slot: 0, target_id: -20, target_slot: 0 },
          ],
        },
      ],
    }; // prettier-ignore
    const text = { id: 3, type: 'PrimitiveString', widgets_values: ['from outside'] };
    const outer = (link: number | null) => ({ id: 2, type: 'inner', widgets_values: ['shown outside'], inputs: [{ name: 'text', widget: { name: 'text' }, link }] }); // prettier-ignore
    const links = [[1, 2, 0, 1, 0, '*'], [2, 3, 0, 2, 0, '*']]; // prettier-ignore
    expect(ui([sampled, outer(2), text], links, definitions)).toMatchObject({ recipe: { text: 'from outside' } });
    expect(ui([sampled, outer(null), text], links, definitions)).toMatchObject({ recipe: { text: 'shown outside' } });
  });

  test('graphs that hold themselves end', () => {
    const nodes = Array.from({ length: 50 }, (_, id) => ({ id, type: 'inner' }));
    const found = ui([sampled, { id: 2, type: 'inner' }], [[1, 2, 0, 1, 0, '*']], {
      subgraphs: [
        { id: 'inner', nodes, links: [{ id: 1, origin_id: 3, origin_slot: 0, target_id: -20, target_slot: 0 }] },
      ],
    });
    expect(found).toMatchObject({ recipe: null });
  });
});
