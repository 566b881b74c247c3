import { afterEach, expect, test, vi } from 'vitest';
import { loadOnnxRuntime, providerFacts } from './session.js';

afterEach(() => {
  delete process.env['DDT_STUDIO_RUNTIME'];
  vi.restoreAllMocks();
});

test('a runtime that was added and cannot be loaded does not stand in the way of the studio’s own', async () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  process.env['DDT_STUDIO_RUNTIME'] = '/nowhere/node_modules/onnxruntime-node';
  const runtime = await loadOnnxRuntime();
  expect(runtime.listSupportedBackends().map(({ name }) => name)).toContain('cpu');
  expect(warned).toHaveBeenCalledOnce();
  expect((await providerFacts(runtime)).added).toEqual([]);
});
