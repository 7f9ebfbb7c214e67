/** What the functions wrote while it was listened to. */
export interface Logged {
  readonly bytes: number;
  /** Custom metrics in the embedded metric format, each by its name and dimensions. */
  readonly metrics: ReadonlySet<string>;
}

interface MetricLine {
  readonly _aws?: {
    readonly CloudWatchMetrics: readonly {
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [field: string]: unknown;
}

/** The metrics that CloudWatch takes from a line ("Specification: Embedded metric format", CloudWatch User Guide). */
const metricsIn = (line: string): readonly string[] => {
  const fields = JSON.parse(line) as MetricLine;
  return (fields._aws?.CloudWatchMetrics ?? []).flatMap(({ Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name }) =>
      Dimensions.map((names) =>
        [Name, ...names.map((name) => `${name}=${String(fields[name])}`)].join(' '),
      ),
    ),
  );
};

const STREAMS = [process.stdout, process.stderr] as const;

/** Keeps what is written while `run` goes on from the terminal, and counts it. Every line must be JSON. */
export const tapLogs = async (run: () => Promise<void>): Promise<Logged> => {
  let text = '';
  const written = STREAMS.map((stream) => stream.write);
  for (const stream of STREAMS)
    stream.write = (chunk: string | Uint8Array): boolean => {
      text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      return true;
    };
  try {
    await run();
  } finally {
    for (const [index, stream] of STREAMS.entries()) stream.write = written[index] ?? stream.write;
  }
  const lines = text.split('\n').filter((line) => line !== '');
  return { bytes: Buffer.byteLength(text), metrics: new Set(lines.flatMap(metricsIn)) };
};
