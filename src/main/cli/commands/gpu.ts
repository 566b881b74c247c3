/** `gpu`, `gpu install` and `gpu remove`: what there is to compute on, and CUDA for it. */
import type { Command } from 'commander';
import { StudioError } from '../../../shared/errors.js';
import { applicationPaths } from '../../application.js';
import { loadOnnxRuntime, providerFacts } from '../../engine/model/session.js';
import { gpuComponents } from '../../gpu/components.js';
import { gpuReport } from '../../gpu/gpu-report.js';
import { bundledVersion, engineEnvironment, installedRuntime } from '../../gpu/gpu-runtime.js';
import { installGpu, removeGpu } from '../../gpu/install-gpu.js';
import { megabytes } from '../../storage/incoming.js';
import { withCommonOptions, type CommonOptions } from '../options.js';
import type { Act } from '../context.js';

type GpuOptions = CommonOptions & { data?: string };
type InstallOptions = GpuOptions & { from?: string; acceptLicense: boolean };

export function addGpu(program: Command, act: Act): void {
  const gpu = program.command('gpu').description('say what there is to compute on; install or remove CUDA');
  const data = ['--data <folder>', "where it is kept (default: the person's data folder)"] as const;
  withCommonOptions(
    gpu.command('show', { isDefault: true }).description('cards, driver, providers, and what stands in their way'),
  )
    .option(...data)
    .addHelpText('after', '\nExample:\n  ddt-studio gpu')
    .action(
      act(async ({ output }, options: GpuOptions) => {
        const { dataDirectory } = applicationPaths(options.data);
        const installed = installedRuntime(dataDirectory)?.directory ?? null;
        Object.assign(process.env, engineEnvironment(dataDirectory));
        const report = await gpuReport({
          runtime: bundledVersion(),
          installed,
          providers: await providerFacts(await loadOnnxRuntime()),
          arch: process.arch,
        });
        const cards = report.cards.map(({ id, name }) => `  ${id}  ${name}`);
        const providers = report.providers.map(({ provider, obstacle }) => `  ${provider}: ${obstacle ?? 'is tried'}`);
        const lines = [
          `onnxruntime ${report.runtime} on ${report.platform}`,
          ...(report.driver === null ? [] : [`NVIDIA driver ${report.driver}`]),
          ...(cards.length === 0 ? [] : ['Cards:', ...cards]),
          'Providers, in the order they are tried:',
          ...providers,
          report.advice,
        ];
        output.result(lines.join('\n'), { ...report });
      }),
    );
  withCommonOptions(
    gpu.command('install').description('fetch CUDA for the engine (Linux): 1.6 GB, checked by their hashes'),
  )
    .option('--accept-license', 'agree to the licences of the libraries; without it, they are only named', false)
    .option('--from <folder>', 'take the files from a folder, without a network')
    .option(...data)
    .addHelpText(
      'after',
      '\nDDT_STUDIO_GPU_MIRROR names a mirror, HTTPS_PROXY a proxy. What was fetched is kept when it ends early.\n\nExample:\n  ddt-studio gpu install --accept-license',
    )
    .action(
      act(async ({ output, signal }, options: InstallOptions) => {
        const { dataDirectory } = applicationPaths(options.data);
        for (const { file, bytes, license } of gpuComponents) output.note(`${license}: ${file}, ${megabytes(bytes)}`);
        if (!options.acceptLicense) throw licensesNotAccepted();
        const directory = await installGpu({
          dataDirectory,
          from: options.from,
          address: process.env['DDT_STUDIO_GPU_MIRROR'],
          signal,
          onProgress: (phase, done, total) =>
            phase === 'fetching'
              ? output.progress(phase, Math.round(done / 1e6), Math.round(total / 1e6))
              : output.progress(phase, done, total),
        });
        output.result(`CUDA is installed in ${directory}; it is tried whenever the engine starts.`, { directory });
      }),
    );
  withCommonOptions(gpu.command('remove').description('remove what “gpu install” brought'))
    .option(...data)
    .addHelpText('after', '\nExample:\n  ddt-studio gpu remove')
    .action(
      act(async ({ output }, options: GpuOptions) => {
        const removed = await removeGpu(applicationPaths(options.data).dataDirectory);
        output.result(removed ? 'CUDA is removed.' : 'There was nothing to remove.', { removed });
      }),
    );
}

function licensesNotAccepted(): StudioError {
  return new StudioError(
    'bad-request',
    'The libraries come under the licences of NVIDIA and Microsoft, which were not agreed to; nothing was fetched.',
    'Read them at docs.nvidia.com/cuda/eula and docs.nvidia.com/deeplearning/cudnn; if you agree, run the command again with --accept-license.',
  );
}
