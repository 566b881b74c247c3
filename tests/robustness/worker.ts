/**
 * The process that gets killed: opens a project, or makes it first, and works on it until it is ended. Every action is
 * acknowledged on stdout after it has returned; what is in the pipe by then outlives the process.
 */
import { existsSync, writeSync } from 'node:fs';
import { ProjectFile } from '../../src/main/storage/projects/project-file.js';
import { historyLimit, nextAction } from './script.js';

const [path, seedText] = process.argv.slice(2) as [string, string];
const seed = Number(seedText);
const say = (line: string): void => void writeSync(1, `${line}\n`);

if (!existsSync(path)) ProjectFile.create(path, 'robust', 'Robust', '2026-01-01T00:00:00.000Z');
for (;;) {
  const project = ProjectFile.open(path, 'write', { historyLimit });
  say(`open ${project.revision}`);
  for (let step = 0; step < 40; step++) {
    const action = nextAction(seed, project);
    if (action.kind === 'undo') project.undo();
    else if (action.kind === 'redo') project.redo();
    else {
      const imageIds = action.images.map((image) => project.addImage(image).imageId);
      project.commit({ label: action.label, operations: action.operations(imageIds) });
    }
    say(`done ${project.revision}`);
  }
  // Closing and opening again belong to what may be interrupted.
  project.close();
}
