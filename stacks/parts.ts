import { createAlarms } from './alarms.ts';
import { applyManifests, connect, manifestsFor, readClusterUid } from './cluster.ts';
import { createClusterAccess } from './cluster-access.ts';
import { createDashboard } from './dashboard.ts';
import { createEventRules, createSchedule } from './events.ts';
import { createFunctions } from './functions.ts';
import { createHostCommands } from './host-commands.ts';
import { createLifecycleHooks } from './lifecycle-hooks.ts';
import type { Options } from './options.ts';
import { createQueues } from './queues.ts';
import { createRemovalGuard } from './removal-guard.ts';
import type { Scope } from './scope.ts';
import { createSubscriptions } from './subscriptions.ts';
import { createWebhook } from './webhook.ts';

/** Everything one installation consists of. In: what there is of it so far. Out: what whoever deploys may need to know. */
export const createParts = (
  scope: Scope,
  options: Options,
  everything: () => readonly $util.Resource[],
) => {
  const queues = createQueues(scope, options);
  const hostCommands = createHostCommands(scope, options);
  const provider = options.manifests ? connect(scope, options) : undefined;
  const clusterUid = options.clusterUid ?? (provider && readClusterUid(scope, provider));
  const given = { scope, options, queues, clusterUid, ...(hostCommands && { hostCommands }) };
  const functions = createFunctions(given);
  const webhook = options.webhook.isOn ? createWebhook(given) : undefined;
  const all = { ...functions, ...(webhook && { 'on-kubernetes-change': webhook.relay }) };

  createSubscriptions(scope, options, { queues, functions });
  createEventRules(options, { scope, queues, functions });
  createSchedule(options, { scope, functions });
  createLifecycleHooks(scope, options);
  createClusterAccess(scope, options, functions);
  createAlarms(scope, options, { queues, functions: all });
  createDashboard(scope, options, { queues, functions: Object.values(all) });
  if (provider !== undefined) applyManifests(scope, provider, manifestsFor(options, webhook?.url));
  createRemovalGuard(scope, {
    guard: functions['on-remove'].lambda,
    isMade: $util.all([...Object.values(all).map(({ lambda }) => lambda.arn), webhook?.url]),
    everything,
  });

  return {
    workQueueUrl: queues.work.url,
    // For `nodeeni manifests --webhook-url`, where the deploy does not apply the objects itself.
    ...(webhook && { webhookUrl: webhook.url }),
    // For `nodeeni local --host ssm`.
    ...(hostCommands && { agentBundleUrl: hostCommands.bundleUrl }),
  };
};
