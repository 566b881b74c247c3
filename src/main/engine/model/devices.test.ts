import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { countByPlace, deviceName, executionProvider, missingLibrary, namedDevices, parseDevice } from './devices.js';

describe('one device of several', () => {
  test.each([
    ['cuda', { provider: 'cuda', index: null }, 'cuda'],
    ['cuda:1', { provider: 'cuda', index: 1 }, { name: 'cuda', deviceId: 1 }],
    ['dml:0', { provider: 'dml', index: 0 }, { name: 'dml', deviceId: 0 }],
    ['webgpu:1', { provider: 'webgpu', index: 1 }, 'webgpu'],
    ['cuda:x', { provider: 'cuda:x', index: null }, 'cuda:x'],
  ])('%s', (device, choice, provider) => {
    expect(parseDevice(device)).toEqual(choice);
    expect(executionProvider(device)).toEqual(provider);
  });

  test('is counted by its place, unless the person says otherwise', () => {
    const environment: NodeJS.ProcessEnv = {};
    countByPlace(environment);
    expect(environment).toEqual({ CUDA_DEVICE_ORDER: 'PCI_BUS_ID' });
    const own: NodeJS.ProcessEnv = { CUDA_DEVICE_ORDER: 'FASTEST_FIRST' };
    countByPlace(own);
    expect(own).toEqual({ CUDA_DEVICE_ORDER: 'FASTEST_FIRST' });
  });
});

describe('names', () => {
  let driver: string;
  beforeEach(() => (driver = mkdtempSync(join(tmpdir(), 'ddt-devices-'))));
  afterEach(() => rmSync(driver, { recursive: true }));

  test('are the driver’s, in the order of the bus', async () => {
    for (const [place, text] of [
      ['0000:65:00.0', 'Model: \t\t NVIDIA RTX A6000\nIRQ:   42\n'],
      ['0000:17:00.0', 'Model: \t\t NVIDIA GeForce RTX 4090\n'],
      ['0000:ca:00.0', ''],
    ]) {
      mkdirSync(join(driver, place!));
      writeFileSync(join(driver, place!, 'information'), text!);
    }
    const devices = await namedDevices(driver);
    expect(devices).toEqual([
      { id: 'cuda:0', name: 'NVIDIA GeForce RTX 4090' },
      { id: 'cuda:1', name: 'NVIDIA RTX A6000' },
      { id: 'cuda:2', name: 'Graphics device at 0000:ca:00.0' },
    ]);
    expect(deviceName('cuda:1', devices)).toBe('NVIDIA RTX A6000');
    expect(deviceName('cuda', devices)).toBe('NVIDIA GeForce RTX 4090');
    expect(deviceName('cpu', devices)).toBeNull();
  });

  test('are none without such a driver', async () => {
    expect(await namedDevices(join(driver, 'nowhere'))).toEqual([]);
  });
});

describe('a missing library', () => {
  test.each([
    [
      'Failed to load library libonnxruntime_providers_cuda.so with error: libcublasLt.so.12: cannot open shared object file: No such file or directory',
      'libcublasLt.so.12',
    ],
    ['/opt/x/libcudnn.so.9: cannot open shared object file: No such file or directory', 'libcudnn.so.9'],
    [
      'Error loading "C:\\ort\\onnxruntime_providers_cuda.dll" which depends on "cudnn64_9.dll" which is missing.',
      'cudnn64_9.dll',
    ],
    [
      'LoadLibrary failed with error 126 "The specified module could not be found." when trying to load "C:\\x\\DirectML.dll"',
      'DirectML.dll',
    ],
    ['dlopen(x): Library not loaded: @rpath/libomp.dylib', 'libomp.dylib'],
    ['CUDA failure 100: no CUDA-capable device is detected', null],
  ])('%s', (message, library) => {
    expect(missingLibrary(message)).toBe(library);
  });
});
