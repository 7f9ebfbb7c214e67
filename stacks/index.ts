import { createAlarms } from './alarms.ts';
import { applyManifests, manifestsFor } from './cluster.ts';
import { createClusterAccess } from './cluster-access.ts';
import { createDashboard } from './dashboard.ts';
import { createEventRules, createSchedule } from './events.ts';
import { createFunctions } from './functions.ts';
import { setGuardRails } from './guard-rails.ts';
import { createHostCommands } from './host-commands.ts';
import { createLifecycleHooks } from './lifecycle-hooks.ts';
import type { Options } from './options.ts';
import { createQueues } from './queues.ts';
import { createRemovalGuard, watchResources } from './removal-guard.ts';
import { createSubscriptions } from './subscriptions.ts';
import { createWebhook } from './webhook.ts';

/** Everything one installation consists of. Out: what whoever deploys may need to know. */
export const createInstallation = (options: Options) => {
  setGuardRails(options);
  const everything = watchResources();
  const queues = createQueues();
  const hostCommands = createHostCommands(options);
  const functions = createFunctions({ options, queues, ...(hostCommands && { hostCommands }) });
  const webhook = options.webhook.isOn ? createWebhook({ options, queues }) : undefined;
  const all = { ...functions, ...(webhook && { 'on-kubernetes-change': webhook.relay }) };

  createSubscriptions(options, { queues, functions });
  createEventRules(options, { queues, functions });
  createSchedule(options, { functions });
  createLifecycleHooks(options);
  createClusterAccess(options, functions);
  createAlarms(options, { queues, functions: all });
  createDashboard(options, { queues, functions: Object.values(all) });
  if (options.manifests) applyManifests(options, manifestsFor(options, webhook?.url));
  createRemovalGuard({
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
