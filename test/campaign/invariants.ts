import { TAGS } from '#core/apis/v1alpha1/names.ts';
import type { NodeEniSpec } from '#core/apis/v1alpha1/node-eni.ts';
import type { NodeEniState } from '#core/apis/v1alpha1/node-eni-state.ts';
import type { KubernetesObject } from '#providers/kubernetes/kubernetes-api.ts';
import { NODE_ENIS } from '#providers/kubernetes/resources.ts';
import type { SimulatedInterface } from '#simulator/ec2/model.ts';
import { createPauseWatch } from './pauses.ts';
import { slotOf } from './slot.ts';
import type { Stage } from './stage.ts';
import { statesOf } from './states.ts';

/** Whoever attached an interface elsewhere has taken it from us: it counts for no slot until its tags go. */
const isTaken = ({ attachment, tags }: SimulatedInterface): boolean =>
  attachment !== undefined && attachment.instanceId !== tags.get(TAGS.instance);

/** Who deletes the record of a create call that is under way takes away what a second one is prevented by. */
const FORGIVEN_SECONDS = 1200;

/** Says of which interfaces such a person, and not the product, must answer for a second one in their slot. */
const createForgiveness = ({ forgottenMs, clock }: Stage) => {
  /** By slot: when its NodeENI was last seen paused. */
  const pausedMs = new Map<string, number>();

  const isForgiven = (eni: SimulatedInterface): boolean => {
    const atMs = forgottenMs.get(eni.tags.get(TAGS.instance) ?? '');
    if (atMs === undefined) return false;
    const sinceMs = Math.max(atMs, pausedMs.get(slotOf(eni)) ?? 0);
    return clock.now().getTime() - sinceMs < FORGIVEN_SECONDS * 1000;
  };

  return {
    isForgiven,
    /** Of a paused NodeENI nothing is taken away, so the time to make it good begins when it goes on. */
    notePauses(ours: readonly SimulatedInterface[], paused: ReadonlySet<string>) {
      for (const eni of ours)
        if (paused.has(eni.tags.get(TAGS.uid) ?? '') && isForgiven(eni))
          pausedMs.set(slotOf(eni), clock.now().getTime());
    },
  };
};

type Forgiveness = ReturnType<typeof createForgiveness>;

const isPaused = ({ spec }: KubernetesObject): boolean =>
  (spec as Partial<NodeEniSpec> | undefined)?.paused === true;

const doubles = (
  ours: readonly SimulatedInterface[],
  { isForgiven }: Forgiveness,
): readonly string[] =>
  [
    ...Map.groupBy(
      ours.filter((eni) => !isTaken(eni) && !isForgiven(eni)),
      slotOf,
    ),
  ]
    .filter(([, enis]) => enis.length > 1)
    .map(
      ([slot, enis]) => `${enis.map(({ eniId }) => eniId).join(' and ')} hold one slot, ${slot}`,
    );

/** EC2 may not show an ENI that is younger, and without its record nobody else can tell of it. */
const UNSEEN_SECONDS = 60;

const isYoung = ({ createdAt }: SimulatedInterface, { clock }: Stage): boolean =>
  clock.now().getTime() - createdAt < UNSEEN_SECONDS * 1000;

/** Checks what must hold at every moment, whatever goes wrong. Out: `look`, which tells what does not hold now. */
export const createInvariants = (stage: Stage) => {
  const seenUids = new Set<string>();
  /** What nobody could know of when its NodeENI went; the sweep must find it. */
  const unseen = new Set<string>();
  const forgiveness = createForgiveness(stage);
  const judgePauses = createPauseWatch(stage);

  return async (): Promise<readonly string[]> => {
    const { kubernetes, hosts, networks, referee } = stage;
    const actAndPlayPods = async (told: readonly NodeEniState[]): Promise<readonly string[]> => {
      const broken = await hosts.act(told);
      networks.note(stage);
      return [...broken, ...networks.takeFouls()];
    };
    stage.missingNodes.note();
    stage.indexes.note();
    stage.besetNodes.note();
    const nodeEnis = kubernetes.stored(NODE_ENIS);
    const states = statesOf(stage);
    const living = new Set(nodeEnis.map(({ metadata }) => metadata.uid ?? ''));
    for (const uid of living) seenUids.add(uid);
    const ours = stage.ours();
    forgiveness.notePauses(
      ours,
      new Set(nodeEnis.filter(isPaused).map(({ metadata }) => metadata.uid ?? '')),
    );
    const left = ours
      .filter((eni) => !isTaken(eni))
      .filter(({ tags }) => {
        const uid = tags.get(TAGS.uid) ?? '';
        return seenUids.has(uid) && !living.has(uid) && !stage.forced.has(uid);
      });
    for (const eni of left)
      if (forgiveness.isForgiven(eni) && isYoung(eni, stage)) unseen.add(eni.eniId);
    return [
      ...referee.takeFouls(),
      ...stage.launches.takeFouls(),
      ...stage.missingNodes.takeFouls(),
      ...stage.indexes.takeFouls(),
      ...stage.besetNodes.takeFouls(),
      ...judgePauses(),
      // What outlives its NodeENI is no second one but an orphan, of which the end is to show none.
      ...doubles(
        ours.filter(({ tags }) => living.has(tags.get(TAGS.uid) ?? '')),
        forgiveness,
      ),
      ...left
        .filter(({ eniId }) => !unseen.has(eniId))
        .map(({ eniId }) => `a finalizer let go while EC2 has ${eniId}`),
      ...(await actAndPlayPods(states)),
    ];
  };
};
