/** `packs list`, `packs verify`, `packs install`, `packs remove` and `packs export`. */
import type { Command } from 'commander';
import { StudioError } from '../../../shared/errors.js';
import type { PackSummary } from '../../../shared/packs/pack.js';
import { listPacks, packError, verifyPack } from '../../engine/pack/pack.js';
import type { PackOffer } from '../../../shared/contract/pack-installation.js';
import { installPack, removePack } from '../../packs/install-pack.js';
import { megabytes } from '../../storage/incoming.js';
import { exportTriton } from '../../servers/triton-export.js';
import { findPack, packDirectories } from '../packs.js';
import { withCommonOptions, whole, type CommonOptions } from '../options.js';
import { visibleLine } from '../visible.js';
import type { Act } from '../context.js';

export function addPacks(program: Command, act: Act): void {
  const packs = program.command('packs').description('list, check, install, remove and export model packs');
  withCommonOptions(packs.command('list').description('list the packs the studio finds'))
    .addHelpText('after', '\nExample:\n  ddt-studio packs list')
    .action(
      act(async ({ output }, _options: CommonOptions) => {
        const found = await listPacks(packDirectories());
        for (const pack of found) output.event({ type: 'pack', ...describePack(pack) });
        const lines = found.map((pack) =>
          visibleLine(`${pack.id}  ${megabytes(pack.bytes)}  ${pack.manifest.license}  ${pack.directory}`),
        );
        output.result(lines.length === 0 ? 'No packs found.' : lines.join('\n'), { packs: found.map(describePack) });
      }),
    );
  withCommonOptions(packs.command('verify').description('check every file of a pack against what its pack.json states'))
    .argument('[pack]', 'id or folder of a pack (default: every pack the studio finds)')
    .addHelpText('after', '\nExample:\n  ddt-studio packs verify scenes-128')
    .action(
      act(async ({ output, signal }, named: string | undefined, _options: CommonOptions) => {
        const directories =
          named === undefined
            ? (await listPacks(packDirectories())).map(({ directory }) => directory)
            : [await findPack(named)];
        if (directories.length === 0) throw noPacks();
        let firstProblem: StudioError | null = null;
        for (const directory of directories) {
          signal.throwIfAborted();
          const findings = await verifyPack(directory);
          output.event({ type: 'verified', directory, findings });
          for (const { file, rule } of findings) output.note(`${directory}: ${file} ${rule}`);
          if (findings.length === 0) output.note(`${directory}: sound`);
          else firstProblem ??= packError(directory, findings[0]!);
        }
        if (firstProblem !== null) throw firstProblem;
        output.result('', { verified: directories });
      }),
    );
  withCommonOptions(packs.command('install').description('install a pack from its folder or a zip of it'))
    .argument('<source>', 'folder of a pack, or a zip file that holds one')
    .option('--accept-license', 'agree to the licence the pack states; without it, it is only shown', false)
    .option('--replace', 'take the place of the same pack of the same version', false)
    .addHelpText('after', '\nExample:\n  ddt-studio packs install dar-256.zip --accept-license')
    .action(
      act(async ({ output, signal }, source: string, options: InstallOptions) => {
        const installed = await installPack({
          packs: packDirectories().at(-1)!,
          source,
          replace: options.replace,
          agree: (offer) => {
            output.event({ type: 'offer', ...offer });
            output.note(visibleLine(`${offer.id}, ${megabytes(offer.bytes)}: ${offer.description}`));
            output.note(visibleLine(`License: ${offer.license}`));
            for (const line of (offer.licenseText ?? '').split('\n')) output.note(visibleLine(line));
            if (!options.acceptLicense) throw licenseNotAccepted(offer);
          },
          onProgress: ({ phase, done, total }) =>
            output.progress(phase, Math.round(done / 1e6), Math.round(total / 1e6)),
          signal,
        });
        output.result(visibleLine(`${installed.id} is installed in ${installed.directory}`), describePack(installed));
      }),
    );
  withCommonOptions(packs.command('export').description('write a pack as a model repository for an inference server'))
    .argument('<pack>', 'id or folder of a pack')
    .requiredOption(
      '--triton <folder>',
      'where to write the repository of NVIDIA Triton; other packs may lie there too',
    )
    .option('--instances <n>', 'copies of each graph that run side by side', whole({ smallest: 1, largest: 64 }), 1)
    .option(
      '--queue-delay <microseconds>',
      'how long a request may wait for others to share a batch with',
      whole({ smallest: 0, largest: 1_000_000 }),
      0,
    )
    .option('--replace', 'take the place of the same models', false)
    .addHelpText('after', '\nExample:\n  ddt-studio packs export scenes-128 --triton models')
    .action(
      act(async ({ output }, named: string, options: ExportOptions) => {
        const { triton, instances, queueDelay, replace } = options;
        const written = await exportTriton(await findPack(named), triton, { instances, queueDelay, replace });
        const lines = [
          `${written.pack} is in ${written.directory}: ${written.models.join(', ')}.`,
          `Serve it with: tritonserver --model-repository=${triton}`,
        ];
        output.result(visibleLine(lines[0]!) + `\n${visibleLine(lines[1]!)}`, { ...written });
      }),
    );
  withCommonOptions(packs.command('remove').description('remove a pack that was installed'))
    .argument('<pack>', 'id or name of an installed pack')
    .addHelpText('after', '\nExample:\n  ddt-studio packs remove dar-256@1.0.0')
    .action(
      act(async ({ output }, named: string, _options: CommonOptions) => {
        const removed = await removePack(packDirectories().at(-1)!, named);
        output.result(visibleLine(`${removed.id} is removed.`), describePack(removed));
      }),
    );
}

type ExportOptions = CommonOptions & { triton: string; instances: number; queueDelay: number; replace: boolean };
type InstallOptions = CommonOptions & { acceptLicense: boolean; replace: boolean };

function licenseNotAccepted({ id, license }: PackOffer): StudioError {
  return new StudioError(
    'bad-request',
    `${id} is licensed under ${license}, which was not agreed to; nothing was installed.`,
    'Read the licence; if you agree, run the command again with --accept-license.',
  );
}

function describePack({ id, directory, bytes, manifest }: PackSummary): Record<string, unknown> {
  return { id, directory, bytes, license: manifest.license, description: manifest.description };
}

function noPacks(): StudioError {
  return new StudioError(
    'pack-missing',
    'There is no model pack to check.',
    `Put one into ${packDirectories().at(-1)}, or name its folder.`,
  );
}
