/** What a run came to. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The part of vitest's TestModule that counting takes. */
export interface RanModule {
  readonly children: {
    allTests(): Iterable<{ result(): { readonly state: string } }>;
  };
  ok(): boolean;
}

const countsOf = (module: RanModule): Counts => {
  const states = [...module.children.allTests()].map((test) => test.result().state);
  const count = (state: string): number => states.filter((each) => each === state).length;
  const failed = count('failed');
  return {
    passed: count('passed'),
    // A file whose set-up fails has no failed test of its own, and still is a failure.
    failed: failed === 0 && !module.ok() ? 1 : failed,
    skipped: count('skipped') + count('pending'),
  };
};

const sumOf = (all: readonly Counts[]): Counts => ({
  passed: all.reduce((sum, { passed }) => sum + passed, 0),
  failed: all.reduce((sum, { failed }) => sum + failed, 0),
  skipped: all.reduce((sum, { skipped }) => sum + skipped, 0),
});

/** Counts a whole run. Errors that belong to no test count as failures, one each. */
export const countRun = (modules: readonly RanModule[], errorsOutsideTests: number): Counts =>
  sumOf([...modules.map(countsOf), { passed: 0, failed: errorsOutsideTests, skipped: 0 }]);

/** The line that people and programs look for at the end of a run. */
export const lastLineOf = ({ passed, failed }: Pick<Counts, 'passed' | 'failed'>): string =>
  `${passed} passed, ${failed} failed`;

/** Reads the last such line of an output; undefined when there is none. */
export const readLastLine = (output: string): Pick<Counts, 'passed' | 'failed'> | undefined => {
  const lines = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)];
  const [, passed, failed] = lines.at(-1) ?? [];
  return passed === undefined ? undefined : { passed: Number(passed), failed: Number(failed) };
};
