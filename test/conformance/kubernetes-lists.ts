import { describe, expect } from 'vitest';
import type { KubernetesList } from '#providers/kubernetes/kubernetes-api.ts';
import { NODES } from '#providers/kubernetes/resources.ts';
import { createNode, expectFailure, type Rules, uniqueName } from './kubernetes-subject.ts';

const namesIn = ({ items }: KubernetesList): readonly string[] =>
  items.map(({ metadata }) => metadata.name);

const describeSelectors = ({ api, rule }: Rules): void => {
  const createFleet = async () => {
    const fleet = uniqueName('fleet');
    const prefix = uniqueName('node');
    const zones = { a: 'a', b: 'b', none: undefined };
    for (const [suffix, zone] of Object.entries(zones)) {
      const labels = { fleet, ...(zone === undefined ? {} : { 'example.com/zone': zone }) };
      await createNode(api(), { name: `${prefix}-${suffix}`, labels });
    }
    return async (selector: string): Promise<readonly string[]> => {
      const list = await api().list(NODES, { labelSelector: `fleet=${fleet},${selector}` });
      return namesIn(list).map((name) => name.slice(prefix.length + 1));
    };
  };

  rule('selects by labels, equality and set based', async () => {
    const select = await createFleet();

    expect(await select('example.com/zone=a')).toEqual(['a']);
    expect(await select('example.com/zone==b')).toEqual(['b']);
    expect(await select('example.com/zone!=a')).toEqual(['b', 'none']);
    expect(await select('example.com/zone in (a, b)')).toEqual(['a', 'b']);
    expect(await select('example.com/zone notin (a)')).toEqual(['b', 'none']);
    expect(await select('example.com/zone')).toEqual(['a', 'b']);
    expect(await select('!example.com/zone')).toEqual(['none']);
  });

  rule('selects by the field metadata.name', async () => {
    const { metadata } = await createNode(api());

    const list = await api().list(NODES, { fieldSelector: `metadata.name=${metadata.name}` });

    expect(namesIn(list)).toEqual([metadata.name]);
  });

  rule('refuses a selector that it cannot read', async () => {
    await expectFailure(api().list(NODES, { labelSelector: 'a in (b' }), 'Invalid');
    await expectFailure(api().list(NODES, { fieldSelector: 'spec.nothing=x' }), 'Invalid');
  });
};

const describePages = ({ api, rule }: Rules): void => {
  const createFleet = async (size: number) => {
    const fleet = uniqueName('fleet');
    const nodes = Array.from({ length: size }, () => createNode(api(), { labels: { fleet } }));
    const created = await Promise.all(nodes);
    return {
      labelSelector: `fleet=${fleet}`,
      names: created.map(({ metadata }) => metadata.name).toSorted(),
    };
  };

  rule('gives a list in pages, in the order of names', async () => {
    const { labelSelector, names } = await createFleet(5);

    const first = await api().list(NODES, { labelSelector, limit: 2 });
    const second = await api().list(NODES, { labelSelector, limit: 2, ...next(first) });
    const third = await api().list(NODES, { labelSelector, limit: 2, ...next(second) });

    expect([first, second, third].map(namesIn)).toEqual([
      names.slice(0, 2),
      names.slice(2, 4),
      names.slice(4),
    ]);
    expect(third.continue ?? '').toBe('');
  });

  rule('names no next page after the last object', async () => {
    const { items } = await api().list(NODES);

    const page = await api().list(NODES, { limit: items.length });

    expect(page.items).toHaveLength(items.length);
    expect(page.continue ?? '').toBe('');
  });

  rule('says how many follow a page, of a list without a selector', async () => {
    const { labelSelector } = await createFleet(3);
    const { items } = await api().list(NODES);

    const first = await api().list(NODES, { limit: 1 });
    const selected = await api().list(NODES, { labelSelector, limit: 1 });

    expect(first.remainingItemCount).toBe(items.length - 1);
    expect(selected.remainingItemCount).toBeUndefined();
  });

  rule('names a next page while unselected objects follow, though it is empty', async () => {
    const { labelSelector } = await createFleet(2);
    await createNode(api(), { name: uniqueName('z') });

    const full = await api().list(NODES, { labelSelector, limit: 2 });
    const empty = await api().list(NODES, { labelSelector, limit: 2, ...next(full) });

    expect(full.items).toHaveLength(2);
    expect(full.continue ?? '').not.toBe('');
    expect(empty.items).toEqual([]);
    expect(empty.continue ?? '').toBe('');
  });

  rule('shows on every page the moment of the first', async () => {
    const { labelSelector, names } = await createFleet(3);
    const first = await api().list(NODES, { labelSelector, limit: 1 });
    await api().delete(NODES, names[2] ?? '');

    const rest = await api().list(NODES, { labelSelector, limit: 5, ...next(first) });

    expect(namesIn(rest)).toEqual(names.slice(1));
    expect(rest.resourceVersion).toBe(first.resourceVersion);
  });
};

const next = ({ continue: token }: KubernetesList) =>
  token === undefined ? {} : { continue: token };

/** Lists: selectors and pages. */
export const describeLists = (rules: Rules): void => {
  describe('selectors', () => describeSelectors(rules));
  describe('pages', () => describePages(rules));
};
