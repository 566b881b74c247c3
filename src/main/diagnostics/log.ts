/**
 * What the program notes while it runs: one file for each process under `logs` in the data directory, kept small by moving a full one
 * to `<name>.old.log`. Nothing of it leaves the machine by itself.
 */
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import electronLog from 'electron-log/node';
import { makeFolder } from '../storage/database/folders.js';

/** The host writes both: a process that ends badly cannot write its own last words. */
export type LoggedProcess = 'studio' | 'engine';
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export type Log = Readonly<Record<LogLevel, (...said: unknown[]) => void>>;

export interface ProgramLogs {
  studio: Log;
  /** Takes what the engine's process prints, as it comes. */
  engineOutput: (chunk: Uint8Array) => void;
  /** The console is its own again. */
  close: () => void;
}

/** Bytes of one file; there are at most two for each process. */
const usualSize = 1024 * 1024;

export function logsDirectory(dataDirectory: string): string {
  return join(dataDirectory, 'logs');
}

export function openLog(dataDirectory: string, name: LoggedProcess, size = usualSize): Log {
  const path = join(logsDirectory(dataDirectory), `${name}.log`);
  try {
    makeFolder(logsDirectory(dataDirectory));
  } catch {
    // A program without a log still works; what is wrong with its data directory is told by whoever keeps projects there.
  }
  const log = electronLog.create({ logId: path });
  const { console: terminal, file } = log.transports;
  terminal.level = false;
  file.level = levelFromEnvironment();
  file.maxSize = size;
  // Its owner's alone, as everything in the data directory.
  file.writeOptions = { flag: 'a', mode: 0o600, encoding: 'utf8' };
  file.format = '{iso} [{level}] {text}';
  // Asked for once, whatever the path is in the end; without a name it refuses to work outside Electron.
  file.setAppName('ddt-studio');
  file.resolvePathFn = () => path;
  return { error: log.error, warn: log.warn, info: log.info, debug: log.debug };
}

/**
 * Both logs of a program. What is said on the console, and what ends the process, is noted too and still printed: to stderr, since
 * stdout belongs to whoever started the program.
 */
export function keepLogs(dataDirectory: string): ProgramLogs {
  const studio = openLog(dataDirectory, 'studio');
  const engine = openLog(dataDirectory, 'engine');
  const before = { error: console.error, warn: console.warn };
  const noted =
    (level: 'error' | 'warn') =>
    (...said: unknown[]) => {
      before[level](...said);
      studio[level](...said);
    };
  Object.assign(console, { error: noted('error'), warn: noted('warn') });
  const noteEnd = (error: Error): void => studio.error('The program ends:', error);
  process.on('uncaughtExceptionMonitor', noteEnd);
  return {
    studio,
    engineOutput: byLines((line) => engine.info(line)),
    close: () => {
      Object.assign(console, before);
      process.off('uncaughtExceptionMonitor', noteEnd);
    },
  };
}

/** A line at a time; the last one waits for its end. */
export function byLines(hear: (line: string) => void): (chunk: Uint8Array) => void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return (chunk) => {
    const lines = (rest + decoder.write(Buffer.from(chunk))).split(/\r?\n/);
    rest = lines.pop()!.slice(-longestLine);
    for (const line of lines) if (line !== '') hear(line.slice(0, longestLine));
  };
}

/** Characters; who prints without ever ending a line does not fill the memory. */
const longestLine = 10_000;

/** `DDT_STUDIO_LOG`: error, warn, info or debug; usually info. */
function levelFromEnvironment(): LogLevel {
  const asked = process.env['DDT_STUDIO_LOG'];
  return (['error', 'warn', 'info', 'debug'] as const).find((level) => level === asked) ?? 'info';
}
