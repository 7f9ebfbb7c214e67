import { describe, expect, it } from 'vitest';
import { TAGS } from '#core/apis/v1alpha1/names.ts';
import { CallError } from '#core/errors.ts';
import { createRetained } from '#core/operations/retained.ts';
import type { Instance, NetworkInterface, NetworkInterfaceProvider } from '#core/ports/cloud.ts';
import { anAvailableEni, anEni, anInstance, INSTANCE_ID } from '#test/support/builders.ts';

const nobodyAsks = () => Promise.reject(new Error('nobody asks'));

const aRetained = ({
  enis = [],
  alive = [],
  remove = async () => undefined,
}: {
  readonly enis?: readonly NetworkInterface[];
  readonly alive?: readonly Instance[];
  readonly remove?: NetworkInterfaceProvider['delete'];
}) => {
  const done: unknown[] = [];
  const provider: Pick<NetworkInterfaceProvider, 'list' | 'delete'> = {
    list: async () => enis,
    delete(eniId, cause) {
      done.push(`delete ${eniId}`);
      return remove(eniId, cause);
    },
  };
  const retained = createRetained({
    enis: provider as NetworkInterfaceProvider,
    instances: {
      async get(ids) {
        done.push(ids);
        return new Map(alive.map((instance) => [instance.instanceId, instance]));
      },
    },
    workQueue: {
      async hint(keys) {
        done.push(...keys);
      },
      requeueAfter: nobodyAsks,
      announce: nobodyAsks,
    },
  });
  return { done, retained };
};

/** Somebody has taken off the tag that says whose it was. */
const untagged = (): NetworkInterface => {
  const { [TAGS.instance]: _, ...tags } = anAvailableEni().tags;
  return { ...anAvailableEni(), tags };
};

const RECONCILE = { kind: 'instance', instanceId: INSTANCE_ID };

describe('find', () => {
  it.each([
    { name: 'is unknown to EC2', alive: [], found: ['eni-1'] },
    { name: 'is terminated', alive: [anInstance({ state: 'terminated' })], found: ['eni-1'] },
    { name: 'is stopped', alive: [anInstance({ state: 'stopped' })], found: [] },
  ])('tells what is left of an instance that $name: $found', async ({ alive, found }) => {
    const { retained } = aRetained({ enis: [anAvailableEni()], alive });

    expect((await retained.find()).map(({ eniId }) => eniId)).toEqual(found);
  });

  it.each<[string, NetworkInterface]>([
    ['in use', anEni()],
    ['available and still shows an attachment', anEni({ status: 'available' })],
    ['on its way', { ...anAvailableEni(), status: 'attaching' }],
  ])('does not tell of an ENI that is %s', async (_name, eni) => {
    expect(await aRetained({ enis: [eni] }).retained.find()).toEqual([]);
  });

  it('asks for each instance once', async () => {
    const enis = [anAvailableEni(), anAvailableEni({ eniId: 'eni-2' })];
    const { done, retained } = aRetained({ enis });

    await retained.find();

    expect(done).toEqual([[INSTANCE_ID]]);
  });
});

describe('an ENI that names no instance', () => {
  it('is reported, and EC2 is asked for no instance without an id', async () => {
    const { done, retained } = aRetained({ enis: [untagged()] });

    const found = await retained.find();

    expect(found).toHaveLength(1);
    expect(done).toEqual([[]]);
  });

  it('is deleted, and no reconcile is asked for', async () => {
    const { done, retained } = aRetained({});

    await retained.delete(untagged());

    expect(done).toEqual(['delete eni-1']);
  });
});

describe('delete', () => {
  it('deletes the ENI, then asks for the reconcile that forgets it', async () => {
    const { done, retained } = aRetained({});

    await retained.delete(anAvailableEni());

    expect(done).toEqual(['delete eni-1', RECONCILE]);
  });

  it('takes an ENI that is gone for deleted', async () => {
    const gone = () => Promise.reject(new CallError('NotFound', 'Code', 'gone'));
    const { done, retained } = aRetained({ remove: gone });

    await retained.delete(anAvailableEni({ tags: { [TAGS.name]: 'data' } }));

    expect(done).toContainEqual(RECONCILE);
  });

  it('throws any other failure on, and asks for no reconcile', async () => {
    const refused = () => Promise.reject(new CallError('Denied', 'Code', 'no'));
    const { done, retained } = aRetained({ remove: refused });

    await expect(retained.delete(anAvailableEni())).rejects.toMatchObject({ failure: 'Denied' });
    expect(done).toEqual(['delete eni-1']);
  });
});
