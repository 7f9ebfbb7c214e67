import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { bundleGoalOf, bundleSizeOf } from '#test/support/infra/bundle-size.ts';
import { ROOT } from '#test/support/infra/platform.ts';
import { startBundle } from '#test/support/infra/start-bundle.ts';
import {
  FUNCTION_SETTINGS,
  type FunctionName,
  resourceNameOf,
} from '../../stacks/function-settings.ts';

const syntheses = inject('syntheses');

/** Times are printed and never asserted: they are those of this machine. */
const STARTS = 3;

const OF_OTHER_PROVIDERS = ['sso_start_url', 'credential_process', 'AWS_WEB_IDENTITY_TOKEN_FILE'];

const NAMES = Object.keys(FUNCTION_SETTINGS) as FunctionName[];

it('builds a bundle for each function of the stack, and for no other', () => {
  expect(readdirSync(join(ROOT, 'dist', 'functions')).toSorted()).toEqual(NAMES.toSorted());
});

describe.each(NAMES)('the bundle of %s', (name) => {
  it('is small, and reads little of it at a start', () => {
    const { startBytes, allBytes } = bundleGoalOf(name);

    const { atStart, inAll } = bundleSizeOf(name);
    process.stdout.write(`${name.padEnd(22)} start ${atStart} B, all ${inAll} B\n`);

    expect(atStart).toBeLessThanOrEqual(startBytes);
    expect(inAll).toBeLessThanOrEqual(allBytes);
    expect(atStart).toBeLessThan(inAll);
  });

  it('leaves out the credential providers that Lambda has no use for', () => {
    const folder = join(ROOT, 'dist', 'functions', name);

    const text = readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('');

    // Not the text itself: a failure would print the whole bundle.
    expect(OF_OTHER_PROVIDERS.filter((word) => text.includes(word))).toEqual([]);
    expect(text.includes('Lambda sets AWS_ACCESS_KEY_ID')).toBe(true);
  });

  const deployed = Object.entries(syntheses).filter(([, { resources }]) =>
    resources.some((resource) => resource.name === `${resourceNameOf(name)}Function`),
  );

  it.each(deployed)(
    'starts with nothing but itself and the settings of the %s installation',
    async (installation, synthesis) => {
      const { handler, milliseconds } = await startBundle(synthesis, name, STARTS);
      process.stdout.write(`${name.padEnd(22)} ${milliseconds} ms, ${installation}\n`);

      expect(handler).toBe('function');
    },
  );
});
