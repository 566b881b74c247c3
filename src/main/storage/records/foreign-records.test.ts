/** Texts of programs other than ComfyUI, made as those programs make them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileTexts } from '../images/file-texts.js';
import { readForeign, type ForeignMetadata } from './foreign-records.js';
import { runs } from '../../../../tests/property-runs.js';

const read = (named: Record<string, string>, more: Partial<FileTexts> = {}): ForeignMetadata | null =>
  readForeign({
    named: Object.entries(named).map(([keyword, text]) => ({ keyword, text })),
    exif: [],
    xmp: null,
    faults: [],
    ...more,
  });
const facts = (found: ForeignMetadata | null): Record<string, string> => Object.fromEntries(found?.recipe?.facts ?? []);

describe('AUTOMATIC1111, Forge and what writes like them', () => {
  const line = fc.stringMatching(/^[a-zé日 ,:()<>{}|.]{1,30}$/u).map((text) => text.trim()).filter((text) => text !== '' && !/^(?:Steps:|Negative prompt:|[[{])/.test(text)); // prettier-ignore
  const lines = fc.array(line, { minLength: 1, maxLength: 3 }).map((all) => all.join('\n'));
  const extra = fc.constantFrom<[string, string]>(
    ['Model', '"a, b: c"'],
    ['Hashes', '{"vae": "1b, c", "model": "e:f"}'],
    ['Lora hashes', '"one: 12, two: 34"'],
    ['ADetailer prompt', '"x\\nSteps: 3, Seed: 9, Size: 1x1"'],
    ['Version', 'v1.10.1'],
  );

  test('prompt, negative and seed of any text with settings, whatever follows them', () => {
    fc.assert(
      fc.property(lines, fc.option(lines), fc.nat(), fc.array(extra, { maxLength: 4 }), fc.option(line), (prompt, negative, seed, extras, after) => {
        const known = [['Steps', '20'], ['Sampler', 'Euler a'], ['CFG scale', '7'], ['Seed', String(seed)], ['Size', '512x512'], ...extras];
        const settings = known.map(([name, value]) => `${name}: ${value}`).join(', ');
        const text = [prompt, ...(negative === null ? [] : [`Negative prompt: ${negative}`]), settings, ...(after === null ? [] : [after])].join('\n');
        const found = read({ parameters: text });
        expect(found).toMatchObject({ source: 'automatic1111', recipe: { text: prompt, seed }, faults: [] });
        expect(facts(found)['Negative prompt'] ?? null).toBe(negative);
        expect(facts(found)['Steps']).toBe('20');
      }),
      { numRuns: runs(300) },
    );
  }); // prettier-ignore

  test('without settings, the last lines are words', () => {
    const text = 'a red circle\nNegative prompt: blue, artist: foo, style: bar, x: y';
    expect(facts(read({ parameters: text }))['Negative prompt']).toBe('blue, artist: foo, style: bar, x: y');
    expect(read({ parameters: 'a photo, light: soft, mood: calm, x: y' })?.recipe?.text).toContain('mood: calm');
  });

  test('where the negative prompt begins is certain, or the prompt cannot be told', () => {
    const settings = 'Steps: 20, Sampler: Euler, Seed: 5';
    for (const sign of ['a cat Negative prompt: dog', 'a cat\nnegative prompt : dog', 'a cat\nNegtive prompt: dog', 'a cat\n?Negative promp: dog']) {
      expect(read({ parameters: `${sign}\n${settings}` })).toMatchObject({ recipe: null, faults: [expect.stringContaining('“Negative prompt:”')] });
    }
    expect(read({ parameters: `a positive prompt: cat\n${settings}` })?.recipe?.text).toBe('a positive prompt: cat');
  }); // prettier-ignore

  test('settings that do not begin with the steps are found before other lines too', () => {
    const settings = 'Size: 512x512, Seed: 5, Model: v1, Steps: 20, Sampler: Euler a';
    for (const negative of ['', '\nNegative prompt: blue']) {
      const found = read({ parameters: `a red circle${negative}\n${settings}\nUsed embeddings: easynegative [119b]` });
      expect(found).toMatchObject({ recipe: { text: 'a red circle', seed: 5, model: 'v1' }, faults: [] });
      expect(facts(found)['Negative prompt']).toBe(negative === '' ? undefined : 'blue');
    }
    const words = 'Seed: a red flower, Model: photo, style: x\nmore words\nSteps: 20, Sampler: Euler a, Seed: 5';
    expect(read({ parameters: words })?.recipe?.text).toBe('Seed: a red flower, Model: photo, style: x\nmore words');
  });

  test('words in one line with the settings cannot be told apart from them; the settings can', () => {
    const settings = 'Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5';
    for (const after of ['', '\nUsed embeddings: easynegative']) {
      for (const words of ['a red circle', 'a red circle,', 'a red circle\nunder a tree', 'a red circle, Negative prompt: blue,']) {
        const found = read({ parameters: `${words} ${settings}${after}` });
        expect(found).toMatchObject({ recipe: null, faults: [expect.stringContaining('in one line with the settings')] });
      }
      const negative = read({ parameters: `a red circle\nNegative prompt: blue, ${settings}${after}` });
      expect(negative).toMatchObject({ recipe: { text: 'a red circle', seed: 5 }, faults: ['Its negative prompt cannot be told: it stands in one line with the settings.'] });
      expect(facts(negative)).toEqual({ Steps: '20', 'CFG scale': '7', Sampler: 'Euler a' });
    }
  }); // prettier-ignore

  test('the same text where other programs keep descriptions and comments', () => {
    const text = 'a red circle\nNegative prompt: blue\nSteps: 20, Sampler: Euler a, Seed: 5';
    for (const found of [read({ Comment: text }), read({ Description: text }), read({}, { exif: [{ tag: 'ImageDescription', text }] })])
      expect(found).toMatchObject({ source: 'automatic1111', recipe: { text: 'a red circle', seed: 5 } });
    expect(read({ Description: 'A red circle: seen at night' }, { exif: [{ tag: 'ImageDescription', text: 'OLYMPUS DIGITAL CAMERA' }] })).toBeNull();
  }); // prettier-ignore

  test('of a picture that was edited here the lines alone do not say which words are its own', () => {
    const text = (program: string): string => `a cat\nEdit: make it blue\nSteps: 4, Sampler: Euler, Seed: 5, Version: ${program}`;
    expect(read({ parameters: text('DDT Studio') })).toMatchObject({ recipe: null, faults: [expect.stringContaining('it was edited')] });
    expect(read({ parameters: text('v1.10') })?.recipe?.text).toBe('a cat\nEdit: make it blue');
  }); // prettier-ignore

  test('letters that no prompt holds are damage', () => {
    for (const letter of ['\u0001', '\ufffd', '\ud800', '\uffff'])
      expect(read({ parameters: `a ${letter} cat\nSteps: 20, Sampler: Euler, Seed: 5` })).toMatchObject({ recipe: null, faults: [expect.stringContaining('damaged')] });
    expect(read({ parameters: 'a\tcat 👩‍🚀\nSteps: 20, Sampler: Euler, Seed: 5' })?.recipe?.text).toBe('a\tcat 👩‍🚀');
  }); // prettier-ignore

  test('a seed that stands for any seed is none', () => {
    expect(read({ parameters: 'a\nSteps: 1, Sampler: a, Seed: -1' })).toMatchObject({ recipe: { seed: null }, faults: [] });
  }); // prettier-ignore
});

describe('objects', () => {
  test.each<[string, Record<string, string>, Partial<FileTexts>, object, object]>([
    ['SwarmUI', { parameters: JSON.stringify({ sui_image_params: { prompt: 'a', negativeprompt: 'b', seed: 77, model: 'm' }, sui_extra_data: {} }) }, {}, { source: 'swarmui', recipe: { text: 'a', seed: 77, model: 'm' } }, { 'Negative prompt': 'b' }],
    ['SwarmUI, older JPEG', {}, { exif: [{ tag: 'Model', text: '{"sui_image_params":{"prompt":"a","seed":1}}' }] }, { source: 'swarmui', recipe: { text: 'a', seed: 1 } }, {}],
    ['Fooocus', { fooocus_scheme: 'fooocus', parameters: JSON.stringify({ prompt: 'a', negative_prompt: 'b', seed: '1234567890123456789', base_model: 'm', performance: 'Speed', version: 'Fooocus v2.5.0' }) }, {}, { source: 'fooocus', recipe: { text: 'a', seed: null, model: 'm' }, faults: [expect.stringContaining('1234567890123456789')] }, { 'Negative prompt': 'b' }],
    ['Fooocus, as its log has it', { Comment: JSON.stringify({ Prompt: 'a', 'Negative Prompt': 'b', Seed: 5, Performance: 'Speed', 'Base Model': 'm' }) }, {}, { source: 'fooocus', recipe: { text: 'a', seed: 5 } }, { 'Negative prompt': 'b' }],
    ['Fooocus, the other form', { fooocus_scheme: 'a1111', parameters: 'a\nNegative prompt: b\nSteps: 30, Sampler: x, Seed: 5, Version: Fooocus v2.3.0' }, {}, { source: 'fooocus', recipe: { text: 'a', seed: 5 } }, { 'Negative prompt': 'b' }],
    ['RuinedFooocus', { parameters: JSON.stringify({ Prompt: 'a', Negative: 'b', steps: 30, cfg: 8, seed: 77, sampler_name: 's', base_model_name: 'm', software: 'RuinedFooocus' }) }, {}, { source: 'fooocus', recipe: { text: 'a', seed: 77, model: 'm' } }, { 'Negative prompt': 'b', Steps: '30', 'CFG scale': '8', Sampler: 's' }],
    ['Fooocus-MRE', { Comment: JSON.stringify({ prompt: 'a', negative_prompt: 'b', performance: 'Speed', seed: 77, base_model_name: 'm', software: 'Fooocus-MRE v2.0.78.5' }) }, {}, { source: 'fooocus', recipe: { text: 'a', seed: 77, model: 'm' } }, { 'Negative prompt': 'b' }],
    ['Fooocus in EXIF', {}, { exif: [{ tag: 'UserComment', text: '{"prompt":"a","seed":"5"}' }, { tag: 'MakerNote', text: 'fooocus' }] }, { source: 'fooocus', recipe: { text: 'a', seed: 5 } }, {}],
    ['NovelAI', { Software: 'NovelAI', Description: 'a', Comment: JSON.stringify({ prompt: 'a', uc: 'b', seed: 3000000000, steps: 28, scale: 5, sampler: 'k_euler' }) }, {}, { source: 'novelai', recipe: { text: 'a', seed: 3000000000 } }, { 'Negative prompt': 'b', Steps: '28' }],
    ['NovelAI, oldest', { Software: 'NovelAI', Description: 'a', Comment: '{"steps":28,"uc":"b","seed":1}' }, {}, { source: 'novelai', recipe: { text: 'a', seed: 1 } }, { 'Negative prompt': 'b' }],
    ['NovelAI, WebP', {}, { exif: [{ tag: 'UserComment', text: JSON.stringify({ Software: 'NovelAI', Description: 'a', Comment: '{"prompt":"a","uc":"b"}' }) }] }, { source: 'novelai', recipe: { text: 'a' } }, { 'Negative prompt': 'b' }],
    ['InvokeAI 2', { 'sd-metadata': JSON.stringify({ model_weights: 'm', image: { prompt: [{ prompt: 'a cat [dog] sits [bird]', weight: 1 }], seed: 9, steps: 50, cfg_scale: 7.5, sampler: 'k_lms' } }) }, {}, { source: 'invokeai', recipe: { text: 'a cat sits', seed: 9, model: 'm' } }, { 'Negative prompt': 'dog bird', Steps: '50' }],
    ['InvokeAI, its command line', { Dream: String.raw`"a \"red\" circle [blue]" -s 50 -S 2345678901 -W 512 -H 512 -C 7.5 -A k_lms` }, {}, { source: 'invokeai', recipe: { text: 'a "red" circle', seed: 2345678901 } }, { 'Negative prompt': 'blue', Steps: '50', 'CFG scale': '7.5', Sampler: 'k_lms' }],
    ['Draw Things', {}, { xmp: JSON.stringify({ c: 'a', uc: 'b', seed: 6, steps: 20, scale: 7, sampler: 's', model: 'm' }) }, { source: 'drawthings', recipe: { text: 'a', seed: 6, model: 'm' } }, { 'Negative prompt': 'b' }],
    ['Easy Diffusion', { prompt: 'a', negative_prompt: 'b', seed: '8', use_stable_diffusion_model: 'C:\\models\\m.ckpt' }, {}, { source: 'easydiffusion', recipe: { text: 'a', seed: 8, model: 'm.ckpt' } }, { 'Negative prompt': 'b' }],
    ['ComfyUI, WebP', {}, { exif: [{ tag: 'Make', text: 'workflow:{}' }, { tag: 'Model', text: 'prompt:{"1":{"class_type":"KSampler","inputs":{"seed":4,"positive":["2",0]}},"2":{"class_type":"CLIPTextEncode","inputs":{"text":"a"}}}' }] }, { source: 'comfyui', recipe: { text: 'a', seed: 4 } }, {}],
    ['ComfyUI of Civitai', {}, { exif: [{ tag: 'UserComment', text: '{"6":{"class_type":"smZ CLIPTextEncode","inputs":{"text":"a","parser":"A1111"}},"7":{"class_type":"smZ CLIPTextEncode","inputs":{"text":"b","parser":"A1111"}},"11":{"class_type":"KSampler","inputs":{"seed":4,"positive":["6",0],"negative":["7",0]}},"extra":{"airs":[]},"extraMetadata":"{}"}' }] }, { source: 'comfyui', recipe: { text: 'a', seed: 4 } }, { 'Negative prompt': 'b' }],
  ])('%s', (_name, named, more, expected, expectedFacts) => {
    const found = read(named, more);
    expect(found).toMatchObject(expected);
    expect(facts(found)).toMatchObject(expectedFacts);
  }); // prettier-ignore

  test('one that nobody knows, whole or damaged, is nobody’s prompt', () => {
    const swarm = JSON.stringify({ sui_image_params: { prompt: 'a red circle', seed: 77 } }, null, 2);
    for (const text of ['{"a": 1}', '[{"text": "a"}]', swarm.slice(0, 40), `x${swarm}`]) {
      expect(read({ parameters: text })).toMatchObject({
        recipe: null,
        faults: [expect.stringMatching(/cannot be told/)],
      });
    }
    const json = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())).map((value) => JSON.stringify(value)); // prettier-ignore
    fc.assert(
      fc.property(json, (text) => {
        expect(read({ parameters: text })?.recipe ?? null).toBeNull();
      }),
    );
  });

  test('what cameras and photo programs write is no prompt', () => {
    for (const text of ['Our trip to the sea', '{"mirror":false,"sensor":"rear"}', 'Model: X, Lens: Y']) {
      expect(read({ Comment: text }, { exif: [{ tag: 'UserComment', text }, { tag: 'Model', text: 'EOS' }], xmp: text })).toBeNull(); // prettier-ignore
    }
  });

  test('several prompts with weights, or one for each character, are not one prompt', () => {
    const weighted = { 'sd-metadata': JSON.stringify({ image: { prompt: [{ prompt: 'a', weight: 1 }, { prompt: 'b', weight: 2 }] } }) }; // prettier-ignore
    expect(read(weighted)).toMatchObject({ recipe: null, faults: [expect.stringMatching(/several prompts/)] });
    expect(read({ Dream: '"a cat:0.7 a dog:0.3" -s 5' })).toMatchObject({ recipe: null });
    const characters = { prompt: 'a', v4_prompt: { caption: { base_caption: 'a', char_captions: [{ char_caption: 'b' }] } } }; // prettier-ignore
    expect(read({ Software: 'NovelAI', Comment: JSON.stringify(characters) })).toMatchObject({ recipe: null });
  });

  test('any text at all under any known key is survived', () => {
    const key = fc.constantFrom('parameters', 'prompt', 'workflow', 'invokeai_metadata', 'sd-metadata', 'Dream', 'Comment', 'Description', 'Software'); // prettier-ignore
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.json({ maxDepth: 5 }));
    fc.assert(
      fc.property(fc.dictionary(key, text), (named) => {
        const found = read(named, { xmp: named['Comment'] ?? null });
        if (found !== null && found.recipe !== null) expect(found.recipe.text.trim()).not.toBe('');
        else if (found !== null) expect(found.faults.length).toBeGreaterThan(0);
      }),
      { numRuns: runs(300) },
    );
  });
});
