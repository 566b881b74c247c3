/** A pack's part of a comparison as a job of the queue: with the engine that has this pack open, and the project's pictures. */
import type { ComparisonEngines } from './comparison-engines.js';
import { oneByOne, pictureFor } from '../job-work.js';
import type { JobWork } from '../job-queue.js';
import { comparePack } from './comparison-parts.js';
import type { PackComparisonRequest } from '../../../shared/jobs/jobs.js';
import type { PictureReader } from '../../pictures/picture-tasks.js';
import type { ProjectFile } from '../../storage/projects/project-file.js';

interface PackComparisonContext {
  compared: ComparisonEngines;
  project: ProjectFile;
  pictures: PictureReader;
}

/** Nothing of it is kept in the project: the pictures are for looking at. */
export function packComparisonWork(
  request: PackComparisonRequest,
  jobId: string,
  context: PackComparisonContext,
): JobWork {
  const { compared } = context;
  return async ({ signal, onEvent }) => {
    try {
      const engine = await compared.engineFor(request.directory, signal);
      const pack = engine.pack!;
      const pictures = await oneByOne(request.pictures, ({ imageId }) =>
        pictureFor(imageId, { ...context, pack, signal }),
      );
      await comparePack(
        {
          pack,
          provider: engine.status.provider ?? 'unknown',
          run: async (asked, heard) => (await engine.run(jobId, asked, { signal, onEvent: heard })).result,
        },
        { ...request, pictures },
        onEvent,
      );
      return { kind: 'pack-comparison', pack: pack.id, memory: engine.status.memory };
    } finally {
      compared.rest();
    }
  };
}
