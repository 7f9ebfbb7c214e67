import { readOptions } from './read-options.ts';

/** `npm run options`: whether the options of a deploy can be read, before there is one. */
try {
  readOptions(process.env);
  process.stdout.write('The options can be deployed.\n');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
