/** Graphics devices: how one of several is named, found and asked for. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineDevice } from '../../../shared/packs/pack.js';

/** `cuda:1` is the second device of a provider; without a number the first. */
export interface DeviceChoice {
  provider: string;
  /** Null: whichever the provider takes by itself. */
  index: number | null;
}

/** What is no number stays part of the name, which then belongs to no provider. */
export function parseDevice(device: string): DeviceChoice {
  const match = /^([a-z]+):(\d{1,2})$/.exec(device);
  return match === null ? { provider: device, index: null } : { provider: match[1]!, index: Number(match[2]) };
}

/** Providers whose device onnxruntime lets one choose. */
const choosable = new Set(['cuda', 'dml']);

/** As onnxruntime takes it. */
export function executionProvider(device: string): string | { name: string; deviceId: number } {
  const { provider, index } = parseDevice(device);
  return index === null || !choosable.has(provider) ? provider : { name: provider, deviceId: index };
}

/**
 * Devices that can be chosen and are known by name, in the order their numbers count. NVIDIA's driver lists them by their place
 * on the bus, and CUDA counts so too once `countByPlace` was called. Other drivers tell names only to programs that draw.
 */
export async function namedDevices(driver = '/proc/driver/nvidia/gpus'): Promise<EngineDevice[]> {
  const places = (await readdir(driver).catch((): string[] => [])).sort();
  return Promise.all(
    places.map(async (place, index) => {
      const facts = await readFile(join(driver, place, 'information'), 'utf8').catch(() => '');
      const model = facts.split('\n').find((line) => line.startsWith('Model:'));
      return { id: `cuda:${index}`, name: model?.slice('Model:'.length).trim() ?? `Graphics device at ${place}` };
    }),
  );
}

/** CUDA counts the fastest first unless it is told otherwise, before it is loaded. */
export function countByPlace(environment: NodeJS.ProcessEnv = process.env): void {
  environment['CUDA_DEVICE_ORDER'] ??= 'PCI_BUS_ID';
}

/** The name of a device that is asked for, null when it has none. */
export function deviceName(device: string, devices: readonly EngineDevice[]): string | null {
  const { provider, index } = parseDevice(device);
  return devices.find(({ id }) => id === `${provider}:${index ?? 0}`)?.name ?? null;
}

/** The library that an error of the system's loader says is missing, null when it says something else. */
export function missingLibrary(message: string): string | null {
  // Linux, and onnxruntime quoting it.
  const [before, after] = message.split(': cannot open shared object file', 2);
  if (after !== undefined) return before!.split(/[\s:"'/\\]/).at(-1)!;
  const found =
    // macOS; Windows as onnxruntime tells it.
    /Library not loaded: (?:[^\s]*\/)?([^\s/]+\.dylib)/.exec(message) ??
    /depends on "([^"]+\.dll)" which is missing/i.exec(message) ??
    /error 126\b[^"]*(?:"[^"]*" )?when trying to load "(?:[^"]*[\\/])?([^"\\/]+\.dll)"/i.exec(message);
  return found?.[1] ?? null;
}

/** The file with which onnxruntime adds a provider that is no part of itself. */
export function providerLibrary(provider: string, platform: NodeJS.Platform): string {
  if (platform === 'win32') return `onnxruntime_providers_${provider}.dll`;
  return `libonnxruntime_providers_${provider}.${platform === 'darwin' ? 'dylib' : 'so'}`;
}
