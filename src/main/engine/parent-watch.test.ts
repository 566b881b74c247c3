/** A busy process whose parent is killed. */
import { buildSync } from 'esbuild';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ddt-parent-'));
  buildSync({
    entryPoints: [join(import.meta.dirname, 'parent-watch.ts')],
    outfile: join(folder, 'watch.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  writeFileSync(
    join(folder, 'busy.mjs'),
    `import { endWithParent } from './watch.mjs';
     endWithParent();
     console.log(process.pid);
     setTimeout(() => { for (;;); }, 200);`,
  );
  writeFileSync(
    join(folder, 'parent.mjs'),
    `import { spawn } from 'node:child_process';
     spawn(process.execPath, [process.argv[2]], { stdio: ['ignore', 'inherit', 'ignore'], detached: true });
     setInterval(() => {}, 1000);`,
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('ends although its event loop never turns', async () => {
  const parent = spawn(process.execPath, [join(folder, 'parent.mjs'), join(folder, 'busy.mjs')]);
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  const pid = Number(line);
  expect(isRunning(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isRunning(pid), { timeout: 30_000, interval: 200 }).toBe(false);
});
