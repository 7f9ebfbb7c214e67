import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { lastLineReporter } from './test/report/last-line-reporter.ts';
import { LongestFirst } from './test/report/longest-first.ts';

const MINUTE_MS = 60_000;

export default defineConfig({
  test: {
    reporters: ['default', lastLineReporter],
    // By default one processor is kept free, which on two is half the machine.
    maxWorkers: '100%',
    allowOnly: false,
    expect: { requireAssertions: true },
    // A new order each run, so that no test leans on another; vitest prints the seed to repeat it.
    sequence: { shuffle: { files: true }, sequencer: LongestFirst },
    coverage: {
      provider: 'v8',
      include: ['src/**', 'functions/**'],
      reporter: ['text-summary', 'html'],
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/{unit,integration,conformance,campaign,security}/**/*.test.ts'],
          exclude: ['**/*.e2e.test.ts'],
          // Files share a process, so that the sources are read once and not 290 times: a test puts back what it changes
          // outside its own objects.
          isolate: false,
          // Programs that tests start are compiled once for all starts: that is most of a start.
          env: { NODE_COMPILE_CACHE: join(import.meta.dirname, '.cache/compiled') },
          // Not what a test takes, but what it may take on a machine that does ten other things.
          testTimeout: MINUTE_MS,
          hookTimeout: MINUTE_MS,
          sequence: { shuffle: { tests: true } },
        },
      },
      {
        extends: true,
        test: {
          name: 'infra',
          // Builds the functions, and brings the sources of SST where they are missing.
          globalSetup: ['test/support/infra/set-up.ts'],
          include: ['test/infra/**/*.test.ts'],
          testTimeout: MINUTE_MS,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          // Builds what people run, and starts the servers that most files share.
          globalSetup: ['test/e2e/set-up.ts'],
          include: ['test/e2e/**/*.test.ts', 'test/conformance/**/*.e2e.test.ts'],
          // They share servers, or start their own; two at once would measure the machine.
          fileParallelism: false,
          testTimeout: 2 * MINUTE_MS,
          // The first run on a machine builds the servers.
          hookTimeout: 20 * MINUTE_MS,
        },
      },
      {
        extends: true,
        test: {
          name: 'release',
          // Builds the command line and the chart.
          globalSetup: ['test/release/set-up.ts'],
          include: ['test/release/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 2 * MINUTE_MS,
          // The first run on a machine builds helm and the servers.
          hookTimeout: 20 * MINUTE_MS,
        },
      },
      {
        extends: true,
        test: {
          name: 'deploy',
          // What is deployed is what people build.
          globalSetup: ['test/e2e/build.ts'],
          include: ['test/deploy/**/*.test.ts'],
          // Each file has an account and a cluster of its own.
          fileParallelism: false,
          // A deploy, or a removal, of everything there is.
          testTimeout: 15 * MINUTE_MS,
          // The first run on a machine builds the engine and the provider.
          hookTimeout: 60 * MINUTE_MS,
        },
      },
      {
        extends: true,
        test: {
          name: 'node',
          // Builds the agent, and starts the API server that all files share.
          globalSetup: ['test/support/node/set-up.ts'],
          setupFiles: ['test/support/node/skip-where-impossible.ts'],
          include: ['test/node/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: MINUTE_MS,
        },
      },
      {
        extends: true,
        test: {
          name: 'kubelet',
          // Builds the agent; each file starts a cluster with nodes of its own.
          globalSetup: ['test/support/kubelet/set-up.ts'],
          setupFiles: ['test/support/node/skip-where-impossible.ts'],
          include: ['test/kubelet/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 2 * MINUTE_MS,
        },
      },
      {
        extends: true,
        test: {
          name: 'vm',
          // Builds the agent, and makes the image of the machines where it is missing.
          globalSetup: ['test/support/vm/set-up.ts'],
          include: ['test/vm/**/*.test.ts'],
          testTimeout: 4 * MINUTE_MS,
          hookTimeout: 3 * MINUTE_MS,
        },
      },
    ],
  },
});
