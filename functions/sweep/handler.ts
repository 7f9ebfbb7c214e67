import { instrument, type LambdaHandler } from '#operator/instrument.ts';
import type { Operator } from '#operator/operator.ts';

/** Reconciles for what events missed. Called by a schedule, whose event says nothing. */
export const createHandler = ({
  telemetry,
  sweep,
}: Pick<Operator, 'telemetry' | 'sweep'>): LambdaHandler<unknown, void> =>
  instrument(telemetry, async () => {
    const report = await sweep.run();
    const {
      instances,
      interfaces,
      orphansMarked,
      orphansCollected,
      heartbeats,
      scalingErrors,
      unreadyNodeEnis,
    } = report;
    const hints = report.hintedInstances.length + report.hintedNodeEnis.length;
    telemetry.count('InstancesSwept', instances);
    telemetry.count('InterfacesSwept', interfaces);
    telemetry.count('HintsSent', hints);
    telemetry.count('OrphansMarked', orphansMarked.length);
    telemetry.count('OrphansCollected', orphansCollected.length);
    telemetry.count('HeartbeatsSwept', heartbeats.sent);
    telemetry.count('NodeEnisNotReady', unreadyNodeEnis.length);
    if (heartbeats.errors.length > 0)
      telemetry.logger.error('heartbeats failed', { errors: heartbeats.errors });
    if (scalingErrors.length > 0)
      telemetry.logger.error('Auto Scaling did not tell who waits', { errors: scalingErrors });
    telemetry.logger.info('swept', {
      ...(report.shard && { shard: report.shard }),
      instances,
      interfaces,
      hints,
      heartbeats: heartbeats.sent,
      orphansMarked,
      orphansCollected,
      unreadyNodeEnis,
    });
  });
