import { simulateLaunch } from '#cli/simulate/launch.ts';
import { summarize } from '#cli/simulate/summary.ts';
import { silentTelemetry } from '#cli/simulation/silent-telemetry.ts';
import { growthTable } from './growth.ts';
import { describeMachine } from './machine.ts';
import { markdownTable } from './markdown-table.ts';
import { MOST_OBJECT_BYTES, objectOf } from './object-size.ts';
import { settleFleet } from './settled-fleet.ts';
import { measureSteps, type StepFigures } from './step.ts';

const SIZES = [100, 1000, 5000];

/** Nodes and interfaces a node. */
const LAUNCHES = [
  [100, 1],
  [100, 2],
  [1000, 2],
  [5000, 1],
] as const;

const say = (line: string): void => {
  process.stderr.write(`bench: ${line}\n`);
};

/** The power of the size with which the time grows from one size to the next. */
const exponent = (from: StepFigures, to: StepFigures): number =>
  Math.log(to.milliseconds / from.milliseconds) / Math.log(to.nodes / from.nodes);

/** The same of n log n. */
const logLinearExponent = (from: number, to: number): number =>
  Math.log((to * Math.log(to)) / (from * Math.log(from))) / Math.log(to / from);

const stepTable = (figures: readonly StepFigures[]): string => {
  const rows = figures.map((figure) => {
    const { step, nodes, milliseconds, megabytes, ec2Calls, kubernetesRequests } = figure;
    const before = figures.findLast((other) => other.step === step && other.nodes < nodes);
    const growth =
      before === undefined
        ? ''
        : `${exponent(before, figure).toFixed(2)} (${logLinearExponent(before.nodes, nodes).toFixed(2)})`;
    return [
      step,
      String(nodes),
      milliseconds.toFixed(1),
      growth,
      ec2Calls.toFixed(1),
      kubernetesRequests.toFixed(0),
      megabytes.toFixed(1),
    ];
  });
  return markdownTable(
    ['step', 'nodes', 'ms', 'n^x (n log n)', 'EC2 calls', 'Kubernetes requests', 'heap, MB'],
    rows,
  );
};

/** Nodes, and NodeENIs of tenants that select none of them. */
const TENANTS = [
  [1000, 0],
  [1000, 500],
  [1000, 2000],
  [5000, 500],
] as const;

const tenantTable = async (): Promise<string> => {
  const rows: string[][] = [];
  for (const [nodes, guests] of TENANTS) {
    say(`steps of ${nodes} nodes and ${guests} NodeENIs`);
    const figures = await measureSteps(await settleFleet(nodes, silentTelemetry, guests));
    for (const { step, milliseconds, megabytes, ec2Calls } of figures)
      rows.push([
        step,
        String(nodes),
        String(guests),
        milliseconds.toFixed(1),
        ec2Calls.toFixed(1),
        megabytes.toFixed(1),
      ]);
  }
  return markdownTable(['step', 'nodes', 'idle NodeENIs', 'ms', 'EC2 calls', 'heap, MB'], rows);
};

const measureAllSteps = async (): Promise<readonly StepFigures[]> => {
  const all: StepFigures[] = [];
  for (const nodes of SIZES) {
    say(`steps of ${nodes} nodes`);
    all.push(...(await measureSteps(await settleFleet(nodes))));
  }
  return all.toSorted((left, right) => left.step.localeCompare(right.step));
};

const objectTable = (): string =>
  markdownTable(
    ['nodes', 'rows kept', 'kB', 'most, kB'],
    SIZES.map((nodes) => {
      const { status, bytes } = objectOf(nodes);
      const kilobytes = (count: number): string => (count / 1024).toFixed(0);
      const rows = String(status.attachments?.length ?? 0);
      return [String(nodes), rows, kilobytes(bytes), kilobytes(MOST_OBJECT_BYTES)];
    }),
  );

const launchOf = async (nodes: number, interfaces: number) => {
  say(`launch of ${nodes} nodes × ${interfaces}`);
  const fleet = { nodes, interfaces, instanceType: 'm5.4xlarge', budget: 0.5, buckets: {} };
  const beganAt = performance.now();
  const summary = summarize(fleet, await simulateLaunch(fleet));
  const { seconds = Number.NaN, leastSeconds, ratio = Number.NaN, peaks, hook } = summary;
  return {
    hasConverged: summary.hasConverged,
    row: [
      `${nodes} × ${interfaces}`,
      seconds.toFixed(1),
      leastSeconds.toFixed(1),
      ratio.toFixed(3),
      String(summary.refusedCalls),
      String(summary.calls.reduce((sum, { calls }) => sum + calls, 0)),
      String(summary.kubernetesCalls),
      peaks.map(({ calls, budget }) => `${calls} of ${budget}`).join(', '),
      hook?.longestSilenceSeconds.toFixed(0) ?? '–',
      ((performance.now() - beganAt) / 1000).toFixed(0),
    ],
  };
};

/**
 * Load on the simulator: how sweep and roll-ups grow to 15,000 nodes; at 100, 1,000 and 5,000 nodes how each step grows, the size
 * of a NodeENI, and launches of a whole
 * fleet against the budget. Out: false when a launch did not converge. Times are printed and never judged.
 */
export const benchLoad = async (): Promise<boolean> => {
  const growth = await growthTable();
  const steps = stepTable(await measureAllSteps());
  const tenants = await tenantTable();
  const launches: Awaited<ReturnType<typeof launchOf>>[] = [];
  for (const [nodes, interfaces] of LAUNCHES) launches.push(await launchOf(nodes, interfaces));
  const launchTable = markdownTable(
    [
      'launch',
      'seconds',
      'least',
      'ratio',
      'refused',
      'EC2 calls',
      'Kubernetes requests',
      'peak in 1 s of budget (create, attach, modify)',
      'longest silence, s',
      'wall s',
    ],
    launches.map(({ row }) => row),
  );
  process.stdout.write(
    `\nLoad on the simulator, AWS's request buckets, half the refill and 0.8 of the burst\n${describeMachine()}\n\nGrowth with nodes of 40 kB, CPU of the product alone\n\n${growth}\n\nSteps, with nodes as small as the simulator's\n\n${steps}\n\nTenants whose NodeENIs select no node\n\n${tenants}\n\nNodeENI in JSON, every row failing with a long message\n\n${objectTable()}\n\n${launchTable}\n`,
  );
  return launches.every(({ hasConverged }) => hasConverged);
};
