import { inPieces, isPiece, PieceReader } from '../engine/pieces.js';
import type { EngineProcess } from './engine-process.js';

/**
 * The same process, whose long messages travel in pieces both ways: between two of them everything else that this thread has to do
 * gets its turn. Messages arrive in the order in which they were sent.
 */
export function piecewise(process: EngineProcess): EngineProcess {
  const waiting: Generator<object, void>[] = [];
  let ended = false;
  const sendOn = (): void => {
    while (waiting.length > 0 && !ended) {
      const next = waiting[0]!.next();
      if (next.done === true) waiting.shift();
      else {
        // The other side puts pieces together (engine/process.ts).
        process.send(next.value as Parameters<EngineProcess['send']>[0]);
        if (isPiece(next.value)) return void setImmediate(sendOn);
      }
    }
  };
  return {
    send: (message) => {
      if (waiting.push(inPieces(message)) === 1) sendOn();
    },
    onMessage: (listener) => {
      const reader = new PieceReader();
      process.onMessage((message) => {
        const whole = readOr(reader, message, () => process.kill());
        if (whole !== null) listener(whole as typeof message);
      });
    },
    onExit: (listener) =>
      process.onExit((reason) => {
        ended = true;
        listener(reason);
      }),
    kill: () => {
      ended = true;
      process.kill();
    },
  };
}

/** Pieces that do not belong together come from a process that is out of its mind: it ends, and its exit is reported as a crash. */
function readOr(reader: PieceReader, message: unknown, end: () => void): unknown {
  try {
    return reader.read(message);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    end();
    return null;
  }
}
