import { expect, it } from 'vitest';
import { cancelledError, StudioError } from '../../shared/errors.js';
import { Output } from './output.js';

function output(options: { json?: boolean; verbose?: boolean; isTTY?: boolean } = {}) {
  const written = { stdout: '', stderr: '' };
  const streams = {
    stdout: { write: (text: string) => (written.stdout += text) },
    stderr: { write: (text: string) => (written.stderr += text), isTTY: options.isTTY },
  };
  return { written, output: new Output(streams, { json: options.json ?? false, verbose: options.verbose ?? false }) };
}

it('says a failure in words with the way out, and the stack only when asked', () => {
  const failing = output();
  expect(failing.output.failure(new TypeError('x is undefined'))).toBe(1);
  expect(failing.written.stderr).toMatch(/x is undefined/);
  expect(failing.written.stderr).not.toMatch(/at .*:\d+/);
  const verbose = output({ verbose: true });
  verbose.output.failure(new TypeError('x is undefined'));
  expect(verbose.written.stderr).toMatch(/at .*:\d+/);
});

it('cancelled is 130 and not failed', () => {
  const { output: json, written } = output({ json: true });
  expect(json.failure(cancelledError())).toBe(130);
  expect(JSON.parse(written.stdout)).toEqual({ type: 'cancelled' });
});

it('with --json writes nothing but JSON lines on stdout', () => {
  const { output: json, written } = output({ json: true });
  json.progress('restoring', 1, 2);
  json.note('a remark');
  json.event({ type: 'progress', done: 1 });
  json.result('out.png', { file: 'out.png' });
  json.failure(new StudioError('disk-full', 'Full.', 'Free some.'));
  const lines = written.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string });
  expect(lines.map(({ type }) => type)).toEqual(['progress', 'result', 'failed']);
});

it('rewrites one line on a terminal and writes one line a phase in a log', () => {
  const terminal = output({ isTTY: true });
  terminal.output.progress('restoring', 1, 16);
  terminal.output.progress('restoring', 2, 16);
  expect(terminal.written.stderr.split('\n')).toHaveLength(1);
  const log = output();
  log.output.progress('restoring', 1, 16);
  log.output.progress('restoring', 2, 16);
  expect(log.written.stderr).toBe('restoring …\n');
});

it('shows what a terminal would obey, whoever wrote it and wherever it is printed', () => {
  const obeyed = 'a\u001b[2J\u009b31m\u202e';
  const people = output({ verbose: true });
  people.output.note(obeyed);
  people.output.remark({ file: obeyed, note: obeyed });
  people.output.result(obeyed, {});
  people.output.failure(new StudioError('not-found', obeyed, obeyed, { detail: obeyed }));
  const programs = output({ json: true });
  programs.output.remark({ file: obeyed, note: obeyed });
  programs.output.result('', { file: obeyed });
  programs.output.failure(new StudioError('not-found', obeyed, obeyed));
  for (const { written } of [people, programs]) {
    // eslint-disable-next-line no-control-regex -- what must not be left
    expect(written.stdout + written.stderr).not.toMatch(/[\u001b\u009b\u202e]/);
  }
});
