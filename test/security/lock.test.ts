import { expect, it } from 'vitest';
import lock from '../../package-lock.json' with { type: 'json' };

interface Locked {
  readonly link?: boolean;
  readonly integrity?: string;
}

it('Nothing is installed whose content the lock file does not know', () => {
  const installed = Object.entries(lock.packages as Readonly<Record<string, Locked>>).filter(
    ([path, { link }]) => path.includes('node_modules/') && link !== true,
  );

  const unknown = installed.filter(
    ([, { integrity }]) => integrity?.startsWith('sha512-') !== true,
  );

  expect(installed.length).toBeGreaterThan(100);
  expect(unknown.map(([path]) => path)).toEqual([]);
});
