/** What is fixed about a function, whatever the options say. */
interface FunctionSettings {
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly description: string;
}

/** The functions by the folder they are built from. */
export const FUNCTION_SETTINGS = {
  'on-asg-lifecycle': {
    timeoutSeconds: 10,
    memoryMegabytes: 256,
    description: 'Asks for a reconcile at each instance that waits for a lifecycle hook',
  },
  'on-ec2-state-change': {
    timeoutSeconds: 10,
    memoryMegabytes: 256,
    description: 'Asks for a reconcile at each instance that started, stopped or ended',
  },
  'on-command-result': {
    timeoutSeconds: 10,
    memoryMegabytes: 256,
    description: 'Asks for a reconcile at each instance on which a command has ended',
  },
  'on-kubernetes-change': {
    // The API server gives up after 2 s.
    timeoutSeconds: 3,
    // Processor time comes with memory, and this is the only function somebody waits for.
    memoryMegabytes: 512,
    description: 'Answers the admission webhook and passes on who a change is about',
  },
  requeue: {
    timeoutSeconds: 15,
    memoryMegabytes: 256,
    description: 'Moves reconciles that have become due to the queue of their subject',
  },
  reconcile: {
    timeoutSeconds: 60,
    memoryMegabytes: 512,
    description: 'Gives instances their network interfaces',
  },
  'roll-up': {
    timeoutSeconds: 60,
    memoryMegabytes: 512,
    description: 'Rolls the states of instances up into NodeENIs',
  },
  sweep: {
    // No longer than the shortest time between two sweeps, so that they never overlap.
    timeoutSeconds: 60,
    memoryMegabytes: 512,
    description: 'Reconciles for what events missed',
  },
  'on-remove': {
    timeoutSeconds: 30,
    memoryMegabytes: 512,
    description: 'Refuses the removal of the installation while there are NodeENIs',
  },
} as const satisfies Readonly<Record<string, FunctionSettings>>;

export type FunctionName = keyof typeof FUNCTION_SETTINGS;

/** The functions that speak to the cluster; the others route what they get. */
export const WORKERS = [
  'reconcile',
  'roll-up',
  'sweep',
  'on-remove',
] as const satisfies readonly FunctionName[];

export const isWorker = (name: FunctionName): boolean => WORKERS.some((worker) => worker === name);

/** Whether a function is in the VPC of the options: those that work need the cluster, and some organisations want all. */
export const isInVpc = (
  name: FunctionName,
  { vpc }: { readonly vpc?: { readonly everyFunction: boolean } | undefined },
): boolean => vpc !== undefined && (vpc.everyFunction || isWorker(name));

/** As Pulumi wants to be named: `on-asg-lifecycle` is `OnAsgLifecycle`. */
export const resourceNameOf = (name: string): string =>
  name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
