import type { Stage } from './stage.ts';

/** EC2 shows after this time who is at an index, and whoever has read that sooner has made the call. */
const KNOWN_SECONDS = 120;

interface AttachCall {
  readonly NetworkInterfaceId?: string;
  readonly InstanceId?: string;
  readonly DeviceIndex?: number;
}

export interface IndexWatch {
  begin(stage: Stage): void;
  /** Called every few seconds. */
  note(): void;
  /** Called with each call of EC2 at the moment it arrives. */
  see(action: string, input: AttachCall): void;
  /** What went wrong since the last time. */
  takeFouls(): readonly string[];
}

/** One that is being detached may be gone by now: the simulator looks at it with the next call. */
const placesOf = ({ ec2 }: Stage): readonly (readonly [place: string, eniId: string])[] =>
  ec2
    .interfaces()
    .flatMap(({ eniId, attachment }) =>
      attachment?.status !== 'attached'
        ? []
        : [[`${attachment.instanceId}/${attachment.deviceIndex}`, eniId] as const],
    );

/** Watches attachments: nothing is attached at an index at which EC2 has long shown another interface, since the call would be refused. */
export const createIndexWatch = (): IndexWatch => {
  let stage: Stage | undefined;
  /** Who is at which index of which instance → since when, in milliseconds. */
  let holders: ReadonlyMap<string, { readonly eniId: string; readonly sinceMs: number }> =
    new Map();
  const fouls: string[] = [];

  return {
    begin(begun) {
      stage = begun;
    },
    note() {
      const nowMs = stage?.clock.now().getTime() ?? 0;
      const before = holders;
      holders = new Map(
        (stage ? placesOf(stage) : []).map(([place, eniId]) => {
          const known = before.get(place);
          return [place, known?.eniId === eniId ? known : { eniId, sinceMs: nowMs }];
        }),
      );
    },
    see(action, { NetworkInterfaceId, InstanceId, DeviceIndex }) {
      const place = `${InstanceId}/${DeviceIndex}`;
      const holder = holders.get(place);
      if (stage === undefined || action !== 'AttachNetworkInterface' || holder === undefined)
        return;
      if (!placesOf(stage).some(([at, eniId]) => at === place && eniId === holder.eniId)) return;
      const seconds = (stage.clock.now().getTime() - holder.sinceMs) / 1000;
      if (holder.eniId !== NetworkInterfaceId && seconds > KNOWN_SECONDS)
        fouls.push(
          `${NetworkInterfaceId} is to be attached at index ${DeviceIndex} of ${InstanceId}, which ${holder.eniId} has`,
        );
    },
    takeFouls: () => fouls.splice(0),
  };
};
