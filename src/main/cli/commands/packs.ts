/** `packs list` and `packs verify`. */
import type { Command } from 'commander';
import { StudioError } from '../../../shared/errors.js';
import type { PackSummary } from '../../../shared/pack.js';
import { listPacks, packError, verifyPack } from '../../engine/pack/pack.js';
import { findPack, packDirectories } from '../packs.js';
import { withCommonOptions, type CommonOptions } from '../options.js';
import { visibleLine } from '../visible.js';
import type { Act } from '../context.js';

export function addPacks(program: Command, act: Act): void {
  const packs = program.command('packs').description('list and check model packs');
  withCommonOptions(packs.command('list').description('list the packs the studio finds'))
    .addHelpText('after', '\nExample:\n  ddt-studio packs list')
    .action(
      act(async ({ output }, _options: CommonOptions) => {
        const found = await listPacks(packDirectories());
        for (const pack of found) output.event({ type: 'pack', ...describePack(pack) });
        const lines = found.map((pack) =>
          visibleLine(`${pack.id}  ${(pack.bytes / 1e6).toFixed(1)} MB  ${pack.manifest.license}  ${pack.directory}`),
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
