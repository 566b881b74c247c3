/** Opens a project where it may not be written, and says what came of it. */
import { ProjectLibrary } from '../../src/main/storage/projects/library.js';
import { StudioError } from '../../src/shared/errors.js';

const [data, id] = process.argv.slice(2) as [string, string];
const { project, readOnly, close } = new ProjectLibrary(data).open(id);
let refused: unknown = null;
try {
  project.commit({ label: 'x', operations: [{ type: 'rename', name: 'x' }] });
} catch (error) {
  refused = error instanceof StudioError ? error.code : String(error);
}
process.stdout.write(JSON.stringify({ readOnly: readOnly?.message, name: project.document.name, refused }));
close();
