import { watchOutput } from './output.ts';
import { argumentsFor, createProgram, nameFor } from './program.ts';
import { runProgram } from './run-program.ts';

const exit = (code: number): void => {
  process.exitCode = code;
};

const output = watchOutput(process.stdout, process.stderr);

/** How commands end that only show something, and that do so for long. */
const ENDS: Readonly<Record<string, () => void>> = {
  demo: () => process.exit(output.codeFor(0)),
  simulate: () => process.exit(output.codeFor(0)),
  // It gives its lease back first.
  local: () => process.emit('SIGTERM'),
};

const program = createProgram(exit)
  .name(nameFor(process.argv))
  .hook('preAction', (_program, command) => {
    const end = ENDS[command.name()];
    const isAsked = command.options.some(({ long }) => long === '--yes');
    if (end !== undefined) output.whenReaderLeaves({ type: 'end', end });
    else if (isAsked) output.whenReaderLeaves({ type: 'go-on' });
  });

await runProgram(program, argumentsFor(process.argv), exit);
await output.flushed();
// Sleeping watches and timers do not keep a command that is done.
process.exit(output.codeFor(Number(process.exitCode ?? 0)));
