import { dashboardBody } from './dashboard-body.ts';
import type { DeployedFunction } from './functions.ts';
import type { Options } from './options.ts';
import type { Queues } from './queues.ts';
import type { Scope } from './scope.ts';

/** What CloudWatch takes ("PutDashboard", Amazon CloudWatch API Reference). */
const MOST_IN_NAME = 255;

const namesOf = (queues: readonly sst.aws.Queue[]) =>
  $util.all(queues.map(({ nodes }) => nodes.queue.name));

/** One page that shows whether work comes in, gets done, and stays behind. */
export const createDashboard = (
  { logical, physical, child }: Scope,
  { clusterName }: Pick<Options, 'clusterName'>,
  {
    queues,
    functions,
  }: { readonly queues: Queues; readonly functions: readonly DeployedFunction[] },
): void => {
  const { work, rollUp, delay, workDlq, rollUpDlq, delayDlq, deliveryDlq } = queues;
  new aws.cloudwatch.Dashboard(
    logical('Dashboard'),
    {
      dashboardName: physical({ most: MOST_IN_NAME }),
      dashboardBody: $resolve({
        region: aws.getRegionOutput({}, child).region,
        functions: $util.all(functions.map(({ lambda }) => lambda.name)),
        queues: namesOf([work, rollUp, delay]),
        deadLetterQueues: namesOf([workDlq, rollUpDlq, delayDlq, deliveryDlq]),
      }).apply((names) => dashboardBody({ ...names, clusterName })),
    },
    child,
  );
};
