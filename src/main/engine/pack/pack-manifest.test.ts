import { describe, expect, expectTypeOf, test } from 'vitest';
import type schema from '../../../../resources/pack.schema.json';
import type { GenerationSettings } from '../../../shared/document/document.js';
import type { PackManifest, PackScore } from '../../../shared/packs/pack.js';
import { fakeManifest, planningLanguage } from '../../../../tests/fakes/engine-parts.js';
import { parseManifest } from './pack-manifest.js';

type Schema = (typeof schema)['properties'];
type KeysOf<Type> = keyof Required<Type>;

test('schema and TypeScript name the same fields', () => {
  expectTypeOf<keyof Schema>().toEqualTypeOf<KeysOf<PackManifest>>();
  expectTypeOf<keyof Schema['image']['properties']>().toEqualTypeOf<KeysOf<PackManifest['image']>>();
  expectTypeOf<keyof Schema['image']['properties']['latent']['properties']>().toEqualTypeOf<
    KeysOf<NonNullable<PackManifest['image']['latent']>>
  >();
  expectTypeOf<keyof Schema['tokens']['properties']>().toEqualTypeOf<KeysOf<PackManifest['tokens']>>();
  expectTypeOf<keyof Schema['limits']['properties']>().toEqualTypeOf<KeysOf<NonNullable<PackManifest['limits']>>>();
  expectTypeOf<keyof Schema['diffusion']['properties']>().toEqualTypeOf<KeysOf<PackManifest['diffusion']>>();
  type Language = NonNullable<PackManifest['languageModel']>;
  expectTypeOf<keyof Schema['languageModel']['properties']>().toEqualTypeOf<KeysOf<Language>>();
  expectTypeOf<keyof Schema['languageModel']['properties']['templates']['properties']>().toEqualTypeOf<
    KeysOf<Language['templates']>
  >();
  expectTypeOf<keyof Schema['languageModel']['properties']['defaults']['properties']>().toEqualTypeOf<
    KeysOf<Language['defaults']>
  >();
  expectTypeOf<keyof Schema['graphs']['properties']>().toEqualTypeOf<KeysOf<PackManifest['graphs']>>();
  expectTypeOf<keyof Schema['attributes']['properties']>().toEqualTypeOf<
    KeysOf<NonNullable<PackManifest['attributes']>>
  >();
  expectTypeOf<keyof Schema['presets']['properties']>().toEqualTypeOf<KeysOf<NonNullable<PackManifest['presets']>>>();
  expectTypeOf<keyof (typeof schema)['$defs']['preset']['properties']>().toEqualTypeOf<KeysOf<GenerationSettings>>();
  expectTypeOf<keyof Schema['provenance']['properties']>().toEqualTypeOf<KeysOf<PackManifest['provenance']>>();
  expectTypeOf<keyof Schema['provenance']['properties']['scores']['items']['properties']>().toEqualTypeOf<
    KeysOf<PackScore>
  >();
});

const paths = ['encoder.onnx', 'decoder.onnx', 'lm.onnx', 'tokenizer.json'];

function sound(): PackManifest {
  return fakeManifest({ files: paths.map((path) => ({ path, bytes: 1, sha256: '0'.repeat(64) })) });
}

/** Takes a template away from a pack that plans. */
function without(manifest: PackManifest, template: 'textToImage' | 'caption' | 'editFromPlan'): void {
  manifest.languageModel = planningLanguage();
  delete manifest.languageModel.templates[template];
}

/** The rules that `change` breaks, one line each. */
function rulesBrokenBy(change: (manifest: PackManifest) => unknown): string {
  const manifest = sound();
  change(manifest);
  const parsed = parseManifest(JSON.stringify(manifest));
  return Array.isArray(parsed) ? parsed.map(({ code, file, rule }) => `${code} ${file} ${rule}`).join('\n') : '';
}

/** Its language model on a server instead of in a graph. */
function withCompletions(manifest: PackManifest): void {
  delete manifest.graphs.lm;
  const { defaults } = manifest.languageModel!;
  Object.assign(manifest.languageModel!, {
    completions: { model: 'lab/model', logprobs: 20 },
    defaults: { ...defaults, guidance: 1 },
  });
}

describe('parseManifest', () => {
  test('a sound manifest passes', () => {
    expect(rulesBrokenBy(() => undefined)).toBe('');
  });

  test('presets pass', () => {
    const presets = { fast: { steps: 1, tokenGuidance: 1 }, best: { bestOf: 8, temperature: 0.7 } };
    expect(rulesBrokenBy((manifest) => (manifest.presets = presets))).toBe('');
  });

  test('a raster of as many cells as tokens passes', () => {
    const changes = { keepFromTrained: false, schedule: { kind: 'raster', columns: 4, rows: 2 } as const };
    expect(rulesBrokenBy((manifest) => Object.assign(manifest.tokens, changes))).toBe('');
  });

  test('what came with format 2 passes', () => {
    expect(
      rulesBrokenBy((manifest) => {
        manifest.tokens.withoutTokensTrained = false;
        manifest.tokens.schedule = {
          kind: 'stages',
          bounds: [0.5, 1],
          tokensPerStage: [4, 4],
          rounding: 'floor-plus-one',
          resolution: 1000,
        };
        manifest.diffusion.sampler = 'adams-bashforth-2';
        manifest.limits = { rows: 2, positions: 12 };
      }),
    ).toBe('');
    expect(rulesBrokenBy((manifest) => (manifest.tokens.schedule = { kind: 'all' }))).toBe('');
  });

  test('format 1 is read as a format 2 that states nothing new', () => {
    const { format, ...rest } = sound();
    expect(parseManifest(JSON.stringify({ ...rest, format: 1 }))).toEqual({ ...rest, format });
  });

  test('plans and image ids by position pass', () => {
    expect(rulesBrokenBy((manifest) => (manifest.languageModel = planningLanguage()))).toBe('');
  });

  test('a description that is read twice passes', () => {
    const described = ['caption', { slot: 'description' }] as const;
    const readTwice = (manifest: PackManifest): void => {
      manifest.languageModel = planningLanguage();
      manifest.languageModel.templates.editPlan = ['begin', { slot: 'text' }, ...described, ...described, 'plan'];
    };
    expect(rulesBrokenBy(readTwice)).toBe('');
  });

  test('a language model on a server passes', () => {
    expect(rulesBrokenBy(withCompletions)).toBe('');
  });

  test.each<[string, (manifest: PackManifest) => unknown, string]>([
    ['a language model nowhere', (m) => delete m.graphs.lm, 'or languageModel.completions without that graph'],
    [
      'a language model in two places',
      (m) => (m.languageModel!.completions = { model: 'lab/model', logprobs: 20 }),
      'or languageModel.completions without that graph',
    ],
    [
      'guidance by text on a server',
      (m) => (withCompletions(m), (m.languageModel!.defaults.guidance = 2)),
      'guided by text, which completions cannot be',
    ],
    [
      'a preset guided so',
      (m) => (withCompletions(m), (m.presets = { best: { textGuidance: 2 } })),
      'guided by text, which completions cannot be',
    ],
    [
      'the best of several from a server',
      (m) => (withCompletions(m), (m.presets = { best: { bestOf: 4 } })),
      'keeps the best of several, which completions cannot tell',
    ],
    [
      'ids by position on a server',
      (m) => (withCompletions(m), (m.languageModel!.imageTokenIds = 'by-position')),
      'image ids by position, which completions cannot read',
    ],
    [
      'plans of a server',
      (m) => (withCompletions(m), (m.languageModel!.templates.plan = [{ slot: 'text' }])),
      'plans or descriptions first, which completions do not',
    ],
    [
      'a server in format 1',
      (m) => (withCompletions(m), Object.assign(m, { format: 1 })),
      'is of format 1 but states languageModel.completions of format 2',
    ],
    [
      'class names in format 1',
      (m) => Object.assign(m, { format: 1, classNames: ['tench'] }),
      'states classNames of format 2',
    ],
    ['no class at all', (m) => (m.classNames = []), 'at classNames'],
    ['a newer format', (m) => Object.assign(m, { format: 3 }), 'pack-unsupported pack.json has format 3'],
    [
      'a sampler in format 1',
      (m) => Object.assign(m, { format: 1, diffusion: { ...m.diffusion, sampler: 'euler' } }),
      'is of format 1 but states diffusion.sampler of format 2',
    ],
    [
      'guidance away from what was not trained',
      (m) => {
        m.tokens.withoutTokensTrained = false;
        m.diffusion.defaultGuidance = 2;
      },
      'not trained to draw without them',
    ],
    [
      'a preset that is guided so',
      (m) => {
        m.tokens.withoutTokensTrained = false;
        m.presets = { best: { tokenGuidance: 2 } };
      },
      'in presets.best',
    ],
    [
      'a resolution nothing is rounded to',
      (m) => (m.tokens.schedule = { kind: 'stages', bounds: [1], tokensPerStage: [8], resolution: 1000 }),
      'not rounded down',
    ],
    ['a sampler nobody knows', (m) => Object.assign(m.diffusion, { sampler: 'heun' }), 'at diffusion.sampler'],
    ['tiles of pixels', (m) => (m.limits = { vaeTile: 16 }), 'states tiles of latents but none'],
    [
      'tiles of latents that are no squares',
      (m) => {
        m.image.latent = { channels: 4, width: 4, height: 2, scale: 1, shift: 0 };
        m.limits = { vaeTile: 16 };
      },
      'states tiles of latents but none',
    ],
    ['no rows at all', (m) => (m.limits = { rows: 0 }), 'at limits.rows'],
    [
      'a best of several that nothing can choose',
      (m) => {
        m.presets = { best: { bestOf: 4 } };
        delete m.languageModel!.templates.caption;
      },
      'no caption task to choose by',
    ],
    ['a preset of another name', (m) => Object.assign(m, { presets: { balanced: { steps: 3 } } }), 'at presets'],
    ['a preset that changes nothing', (m) => (m.presets = { fast: {} }), 'at presets.fast'],
    ['a preset that cannot be run', (m) => (m.presets = { fast: { steps: 0 } }), 'at presets.fast.steps'],
    ['an unknown field', (m) => Object.assign(m, { colour: 1 }), 'Unrecognized key'],
    ['a missing field', (m) => Object.assign(m, { tokens: undefined }), 'at tokens'],
    ['a wrong type', (m) => Object.assign(m.tokens, { count: '8' }), 'at tokens.count'],
    ['a path upwards', (m) => (m.files[0]!.path = '../encoder.onnx'), 'at files.0.path'],
    ['an absolute path', (m) => (m.graphs.encoder = '/etc/passwd'), 'at graphs.encoder'],
    ['a Windows path', (m) => (m.graphs.encoder = 'C:\\x'), 'at graphs.encoder'],
    ['a path with dots inside', (m) => (m.graphs.encoder = 'a/../b'), 'at graphs.encoder'],
    ['a graph that is not listed', (m) => (m.graphs.renderer = 'renderer.onnx'), 'names renderer.onnx'],
    ['a file listed twice', (m) => m.files.push(m.files[0]!), 'lists a file twice'],
    ['an empty range', (m) => (m.image.range = [1, 1]), 'empty pixel range'],
    ['latents without a shape', (m) => (m.image.space = 'latents'), 'does not state their shape'],
    ['a language model without its graph', (m) => delete m.graphs.lm, 'languageModel and the lm graph'],
    ['a language model without tokenizer', (m) => delete m.tokenizer, 'no tokenizer'],
    ['codes beyond the vocabulary', (m) => (m.languageModel!.imageTokenOffset = 21), 'does not fit'],
    ['a special token beyond it', (m) => (m.languageModel!.specialTokens.end = 99), 'the special token end'],
    [
      'a special token that JavaScript has a meaning for',
      (m) => Object.defineProperty(m.languageModel!.specialTokens, '__proto__', { value: 1, enumerable: true }),
      'the key “__proto__”',
    ],
    ['an unknown special token', (m) => (m.languageModel!.unconditional = ['bos']), 'unknown special token bos'],
    ['a lacking slot', (m) => (m.languageModel!.templates.edit = ['begin', { slot: 'text' }]), 'image and text once'],
    [
      'ids by position among other ids',
      (m) => Object.assign(m.languageModel!, { imageTokenIds: 'by-position', vocabularySize: 31 }),
      'goes on behind the codes',
    ],
    ['ids of another kind', (m) => Object.assign(m.languageModel!, { imageTokenIds: 'none' }), 'imageTokenIds'],
    [
      'an edit planned without what it starts from',
      (m) => (m.languageModel!.templates.editPlan = ['begin', { slot: 'image' }, { slot: 'text' }]),
      'must fill description and image and text once in templates.editPlan',
    ],
    [
      'an instruction read twice',
      (m) => (m.languageModel!.templates.editPlan = [{ slot: 'text' }, { slot: 'description' }, { slot: 'text' }]),
      'must fill description and text once in templates.editPlan',
    ],
    ['a plan for nothing', (m) => without(m, 'textToImage'), 'no textToImage'],
    [
      'half of the templates of a planned edit',
      (m) => without(m, 'editFromPlan'),
      'editPlan and templates.editFromPlan',
    ],
    ['a planned edit without a description', (m) => without(m, 'caption'), 'no caption task to write one'],
    [
      'a described question without a description',
      (m) => {
        m.languageModel!.templates = {
          textToImage: m.languageModel!.templates.textToImage!,
          question: [{ slot: 'image' }, { slot: 'description' }, { slot: 'text' }],
        };
      },
      'answers from a description but has no caption task',
    ],
    [
      'a slot too many',
      (m) => m.languageModel!.templates.question!.push({ slot: 'plan' }),
      'must fill image and text once in templates.question',
    ],
    [
      'a plan without its slots',
      (m) => (m.languageModel!.templates.plan = ['begin']),
      'must fill text once in templates.plan',
    ],
    [
      'a slot of another name',
      (m) => Object.assign(m.languageModel!, { unconditional: [{ slot: 'x' }] }),
      'unconditional',
    ],
    ['an object’s own names', (m) => (m.languageModel!.unconditional = ['toString']), 'unknown special token toString'],
    [
      'a raster of other cells than tokens',
      (m) => {
        m.tokens.keepFromTrained = false;
        m.tokens.schedule = { kind: 'raster', columns: 3, rows: 2 };
      },
      'not as many as its tokens',
    ],
    [
      'a raster with a coarse end',
      (m) => (m.tokens.schedule = { kind: 'raster', columns: 4, rows: 2 }),
      'a raster does not have',
    ],
    [
      'stages that do not add up',
      (m) => (m.tokens.schedule = { kind: 'stages', bounds: [0.5, 1], tokensPerStage: [4, 3] }),
      'do not add up to K',
    ],
    [
      'stages that end early',
      (m) => (m.tokens.schedule = { kind: 'stages', bounds: [0.5, 0.9], tokensPerStage: [4, 4] }),
      'does not end at t = 1',
    ],
    [
      'stages that fall',
      (m) => (m.tokens.schedule = { kind: 'stages', bounds: [1, 1], tokensPerStage: [4, 4] }),
      'do not rise',
    ],
  ])('%s is refused', (_name, change, rule) => {
    expect(rulesBrokenBy(change)).toContain(rule);
  });

  test.each(['', '{', 'null', '[]', '7', '"x"'])('%j is refused', (text) => {
    expect(parseManifest(text)).toEqual(expect.arrayContaining([expect.objectContaining({ file: 'pack.json' })]));
  });
});
