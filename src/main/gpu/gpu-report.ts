/** What there is to compute on, what stands in the way of each provider, and the way out, in words. */
import { readFile } from 'node:fs/promises';
import { namedDevices } from '../engine/model/devices.js';
import { obstacleTo, providersToTry, type ProviderFacts } from '../engine/model/providers.js';
import { leastDriver } from './components.js';

export interface GpuReport {
  runtime: string;
  platform: string;
  cards: { id: string; name: string }[];
  /** Of NVIDIA's driver, null where there is none. */
  driver: string | null;
  /** In the order they are tried; null = nothing known stands in the way. */
  providers: { provider: string; obstacle: string | null }[];
  /** Where CUDA was installed by the studio, null where it was not. */
  installed: string | null;
  advice: string;
}

export interface GpuFacts {
  runtime: string;
  installed: string | null;
  providers: Omit<ProviderFacts, 'requested'>;
  arch: string;
  /** Of tests. */
  driverFolder?: string;
}

export async function gpuReport({
  runtime,
  installed,
  providers: known,
  arch,
  driverFolder,
}: GpuFacts): Promise<GpuReport> {
  const { cards, driver } = await cardsAndDriver(driverFolder);
  const facts = { ...known, requested: false };
  const providers = providersToTry(known.platform).map((provider) => ({
    provider,
    obstacle: obstacleTo(provider, facts),
  }));
  const report = { runtime, platform: `${known.platform} ${arch}`, cards, driver, providers, installed };
  return { ...report, advice: adviceFor(report, known.platform, arch) };
}

/** What NVIDIA's driver says of itself and its cards. */
export async function cardsAndDriver(
  driverFolder = '/proc/driver/nvidia',
): Promise<Pick<GpuReport, 'cards' | 'driver'>> {
  const [cards, driver] = await Promise.all([
    namedDevices(`${driverFolder}/gpus`),
    driverVersion(`${driverFolder}/version`),
  ]);
  return { cards, driver };
}

/** On Linux: why CUDA would not compute, with the way out; null: nothing known stands in its way. */
export function obstacleToCuda({ cards, driver }: Pick<GpuReport, 'cards' | 'driver'>): string | null {
  if (cards.length === 0) {
    return `NVIDIA’s driver shows no card. With one, install its driver, version ${leastDriver} or newer, first.`;
  }
  if (driver !== null && Number.parseInt(driver, 10) < leastDriver) {
    return `NVIDIA’s driver is version ${driver}, and CUDA 13 needs ${leastDriver} or newer: update the driver.`;
  }
  return null;
}

/** From the driver's own words; null where it says none. */
async function driverVersion(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return /Kernel Module(?: for \S+)?\s+(\d+(?:\.\d+)+)/.exec(text)?.[1] ?? null;
}

function adviceFor(
  { cards, driver, installed }: Omit<GpuReport, 'advice'>,
  platform: NodeJS.Platform,
  arch: string,
): string {
  if (platform === 'win32') {
    return 'DirectML is part of the studio. With several cards, --provider dml:1 takes the second one.';
  }
  if (platform === 'darwin') return 'WebGPU and Core ML are part of the studio; nothing has to be installed.';
  if (arch !== 'x64')
    return 'There are no CUDA libraries for this processor; WebGPU is tried where there is a graphics device.';
  const obstacle = obstacleToCuda({ cards, driver });
  if (cards.length === 0) return `${obstacle} Other cards are tried with WebGPU.`;
  if (obstacle !== null) return installed === null ? `${obstacle} Then run “ddt-studio gpu install”.` : obstacle;
  return installed === null
    ? 'Run “ddt-studio gpu install” to add CUDA: 1.6 GB are fetched, 2.4 GB stay on the disk.'
    : 'CUDA is installed and tried whenever the engine starts.';
}
