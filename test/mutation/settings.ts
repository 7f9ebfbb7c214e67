/** Where the tools and the copy of the sources are kept, below the checkout. */
export const CACHE_FOLDER = '.cache/mutation';

/** The tools, pinned. They are no dependency of the product: nobody but this script needs them. */
export const TOOLS: Readonly<Record<string, string>> = {
  '@stryker-mutator/core': '10.1.1',
  '@stryker-mutator/vitest-runner': '10.1.1',
};

export const VITEST_FILE = 'vitest.mutation.ts';
export const SETTINGS_FILE = 'stryker.json';
export const REPORT_FILE = 'mutation.json';

/** Tests of pure code take milliseconds: what takes this long turns in a circle. */
const TIMEOUT_MILLISECONDS = 10_000;

/** "Configuration", Stryker documentation. In: files or ranges of them, `file.ts:10-20`. */
export const strykerSettings = (mutate: readonly string[]) => ({
  mutate,
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  // Every test that covers a mutant runs, not only those whose file imports the mutant's.
  vitest: { configFile: VITEST_FILE, related: false },
  coverageAnalysis: 'perTest',
  // A constant at the top of a module is evaluated once, before any mutant is switched on.
  ignoreStatic: true,
  timeoutMS: TIMEOUT_MILLISECONDS,
  concurrency: 1,
  inPlace: true,
  checkers: [],
  disableTypeChecks: false,
  // Stryker rewrites a tsconfig with the API of TypeScript's compiler, which version 7 does not have.
  tsconfigFile: 'none.json',
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: REPORT_FILE },
});

const UNIT_TESTS = ['test/unit/core/**/*.test.ts'];
const INTEGRATION_TESTS = ['test/integration/**/*.test.ts', 'test/unit/functions/**/*.test.ts'];

/** The configuration of Vitest, as a file. Integration tests cover nearly everything, so they cost minutes. */
export const vitestConfig = ({ withIntegration }: { readonly withIntegration: boolean }) => {
  const include = [...UNIT_TESTS, ...(withIntegration ? INTEGRATION_TESTS : [])];
  // Those two start processes or count calls of a whole fleet.
  const exclude = ['**/budget.test.ts', '**/local.test.ts'];
  return `export default ${JSON.stringify({ test: { include, exclude } })};\n`;
};
