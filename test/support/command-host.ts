import type { HostStatus, SlotSpec } from '#core/apis/v1alpha1/node-eni-state.ts';
import { documentNameOf, ssmDocument } from '#core/manifests/ssm-document.ts';
import type { ScriptEnd } from '#simulator/ssm/simulated-ssm.ts';
import { createScenario, type Scenario, type ScenarioOptions } from './scenario.ts';

type Row = Partial<HostStatus>;

interface Document {
  readonly spec: { readonly interfaces: Readonly<Record<string, SlotSpec>> };
}

/** What a good host says of a slot. */
const done = ({ phase, mtu, deviceIndex }: SlotSpec): Row =>
  phase === 'Releasing'
    ? { released: true }
    : {
        configured: true,
        interfaceName: `ens${deviceIndex}`,
        pciAddress: '0000:00:06.0',
        driver: 'ena',
        ...(mtu !== undefined && { mtu }),
      };

/** The id of the so-many-th boot of a host. */
export const bootIdOf = (boots: number): string =>
  `00000000-0000-4000-8000-${String(boots).padStart(12, '0')}`;

/**
 * A host without an agent, managed by Systems Manager: it takes commands, and answers for each slot what it is told to
 * answer, as the document's script would. `received` are the desired states it was sent, oldest first.
 */
export const createCommandHost = (
  { ssm }: Pick<Scenario, 'ssm'>,
  instanceId: string,
  answer: (slot: SlotSpec) => Row = done,
) => {
  const received: Readonly<Record<string, SlotSpec>>[] = [];
  let bootId: string | undefined;
  let ending: ((end: ScriptEnd) => ScriptEnd | undefined) | undefined;
  ssm.manage(instanceId, async ({ desired = '' }) => {
    const { spec } = JSON.parse(Buffer.from(desired, 'base64').toString()) as Document;
    received.push(spec.interfaces);
    const rows = Object.entries(spec.interfaces).map(([slot, record]) => {
      const { eniId = '', generation } = record;
      return [slot, { eniId, generation, ...answer(record) }] as const;
    });
    const converged = rows.every(([, row]) => (row.configured ?? row.released) === true);
    const result = JSON.stringify({ converged, bootId, host: Object.fromEntries(rows) });
    const end = { exitCode: converged ? 0 : 1, output: `${result}\n` };
    return ending === undefined ? end : ending(end);
  });
  return {
    received,
    /** From now on the script ends like that; undefined: no SSM Agent takes the command. */
    endWith(change: (end: ScriptEnd) => ScriptEnd | undefined): void {
      ending = change;
    },
    recover(): void {
      ending = undefined;
    },
    /** From now on the host tells that it is in this boot. */
    boot(id: string): void {
      bootId = id;
    },
  };
};

/** The document of the installation, as far as calls are checked against it. */
export const createCommandDocument = ({ ssm }: Pick<Scenario, 'ssm'>, clusterName = 'prod') =>
  ssm.createDocument({
    name: documentNameOf(clusterName),
    ...(ssmDocument('', '') as { parameters: Record<string, { allowedPattern: string }> }),
  });

/** A cluster of one node, in an installation that sends commands unless told otherwise. */
export const createCommandScenario = async (
  host: 'agent' | 'ssm' | 'either' = 'ssm',
  options: Pick<ScenarioOptions, 'eventBridge'> = {},
) => {
  const scenario = createScenario({ ...options, installation: { host } });
  createCommandDocument(scenario);
  const { instanceId } = await scenario.addNode();
  const commands = () =>
    scenario.ssm.wire.log.calls.filter(({ action }) => action === 'SendCommand');
  const state = async () => (await scenario.states())[0];
  return { scenario, instanceId, commands, state };
};
