import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What SST's command line answers to the components that it runs. */
const ANSWERS: Readonly<Record<string, (input: { bundle?: string; handler?: string }) => unknown>> =
  {
    'Provider.Aws.Bootstrap': () => ({ asset: 'sst-asset-test', state: 'sst-state-test' }),
    // A function that was built before is taken as it is (sst, pkg/runtime/runtime.go).
    'Runtime.Build': ({ bundle, handler }) => ({
      out: bundle,
      handler,
      errors: [],
      sourcemaps: [],
    }),
  };

const answer = (body: string): object => {
  const { method, params } = JSON.parse(body) as { method: string; params: [object] };
  try {
    const given = ANSWERS[method];
    if (given === undefined) throw new Error(`nobody answers ${method}`);
    return { result: given(params[0]) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
};

/** Stands in for the process of SST's command line that components call. Out: its URL. Ends with the process. */
export const standInForCommandLine = async (): Promise<string> => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      // A connection kept alive would hold the process for seconds.
      response.setHeader('connection', 'close');
      response.end(JSON.stringify(answer(Buffer.concat(chunks).toString())));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
