import { pathToFileURL } from 'node:url';
import { lambdaContext } from '../unit/functions/invocation.ts';

/** The built function takes a batch, as Lambda gives it. In: its file, and the names of the NodeENIs. */
const [file = '', ...names] = process.argv.slice(2);
const { handler } = await import(pathToFileURL(file).href);
const Records = names.map((name, index) => ({
  messageId: `message-${index}`,
  body: JSON.stringify({ kind: 'node-eni', name }),
  attributes: { MessageGroupId: name },
}));
const { batchItemFailures } = await handler({ Records }, lambdaContext);
const { maxRSS } = process.resourceUsage();
process.stdout.write(
  `${JSON.stringify({ failures: batchItemFailures.length, megabytes: maxRSS / 1024 })}\n`,
);
process.exit(0);
