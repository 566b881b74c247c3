/** What a timeline computed stays on disk, as much of it as a person gives it room. */
import { join } from 'node:path';
import type { StudioStatus } from '../../shared/contract/status.js';
import { PositionCache } from '../storage/positions/position-cache.js';
import type { ProjectLibrary, Settings } from '../storage/projects/library.js';
import type { Calls } from './calls.js';

const defaultLimit = 256 * 1024 * 1024;

export function openTimelineCache(dataDirectory: string, library: ProjectLibrary, onChange: () => void): PositionCache {
  const limit = limitOf(library.readSettings());
  return new PositionCache(join(dataDirectory, 'cache', 'timeline'), { limit, onChange });
}

/** Settings are a file anyone may edit. */
function limitOf({ timelineCacheLimit: limit }: Settings): number {
  return typeof limit === 'number' && limit >= 0 ? limit : defaultLimit;
}

interface Context {
  cache: PositionCache;
  library: ProjectLibrary;
  status: () => StudioStatus;
}

export function timelineCacheCalls({ cache, library, status }: Context): Calls<unknown, 'setTimelineCache'> {
  return {
    setTimelineCache: async (_client, { limit, clear }) => {
      if (limit !== undefined) {
        await cache.setLimit(limit);
        library.writeSettings({ timelineCacheLimit: limit });
      }
      if (clear === true) await cache.clear();
      return status();
    },
  };
}
