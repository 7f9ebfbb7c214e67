import type { Properties } from '../provider.ts';
import type { AwsCalls } from './calls.ts';
import { type Kinds, tagList, text } from './kind.ts';
import { isNoLongerThan, isWithin, matches, refusalsOf } from './limits.ts';

const ALARMS_VERSION = '2010-08-01';

const logs = (calls: AwsCalls, action: string, body: object) =>
  calls.json('logs', `Logs_20140328.${action}`, body);

const retain = async (calls: AwsCalls, inputs: Properties): Promise<void> => {
  await logs(calls, 'PutRetentionPolicy', {
    logGroupName: inputs.name,
    retentionInDays: inputs.retentionInDays,
  });
};

const putFilter = (calls: AwsCalls, inputs: Properties) => {
  const { name, namespace, value, dimensions } = inputs.metricTransformation as Properties;
  return logs(calls, 'PutMetricFilter', {
    logGroupName: inputs.logGroupName,
    filterName: inputs.name,
    filterPattern: inputs.pattern,
    metricTransformations: [
      { metricName: name, metricNamespace: namespace, metricValue: value, dimensions },
    ],
  });
};

const dimensionsOf = (dimensions: unknown) =>
  Object.entries((dimensions ?? {}) as object).map(([Name, Value]) => ({
    Name,
    Value: String(Value),
  }));

type MetricQuery = {
  readonly id: string;
  readonly expression?: string;
  readonly returnData?: boolean;
  readonly metric?: Properties;
};

const queryOf = ({ id: Id, expression, returnData, metric }: MetricQuery) => ({
  Id,
  Expression: expression,
  // The provider sends what is not given as false.
  ReturnData: returnData ?? false,
  ...(metric && {
    MetricStat: {
      Metric: {
        Namespace: metric.namespace,
        MetricName: metric.metricName,
        Dimensions: dimensionsOf(metric.dimensions),
      },
      Period: metric.period,
      Stat: metric.stat,
    },
  }),
});

const putAlarm = (calls: AwsCalls, inputs: Properties): Promise<string> =>
  calls.query('monitoring', ALARMS_VERSION, {
    Action: 'PutMetricAlarm',
    AlarmName: inputs.name,
    AlarmDescription: inputs.alarmDescription,
    ComparisonOperator: inputs.comparisonOperator,
    EvaluationPeriods: inputs.evaluationPeriods,
    Threshold: inputs.threshold,
    TreatMissingData: inputs.treatMissingData,
    Namespace: inputs.namespace,
    MetricName: inputs.metricName,
    Statistic: inputs.statistic,
    Period: inputs.period,
    Dimensions: dimensionsOf(inputs.dimensions),
    AlarmActions: inputs.alarmActions,
    OKActions: inputs.okActions,
    Metrics: (inputs.metricQueries as readonly MetricQuery[] | undefined)?.map(queryOf),
    Tags: tagList(inputs),
  });

/** "PutMetricAlarm", Amazon CloudWatch API Reference: a metric, or queries of which one is watched. */
const isWatchable = (inputs: Properties): readonly string[] => {
  const queries = inputs.metricQueries as readonly MetricQuery[] | undefined;
  const watched = queries?.filter(({ returnData }) => returnData === true).length;
  if (queries === undefined)
    return inputs.metricName === undefined ? ['An alarm needs a metric or queries'] : [];
  return watched === 1 && inputs.metricName === undefined
    ? []
    : ['An alarm of queries has one that returns data, and no metric of its own'];
};

const putDashboard = (calls: AwsCalls, inputs: Properties): Promise<string> =>
  calls.query('monitoring', ALARMS_VERSION, {
    Action: 'PutDashboard',
    DashboardName: inputs.dashboardName,
    DashboardBody: inputs.dashboardBody,
  });

export const OBSERVABILITY: Kinds = {
  'aws:cloudwatch/logGroup:LogGroup': {
    naming: { property: 'name', most: 512 },
    fixed: ['name'],
    refusals: (inputs) => refusalsOf(inputs, { name: matches(/^[\w.\-/#]{1,512}$/) }),
    create: async (inputs, { calls }) => {
      await logs(calls, 'CreateLogGroup', {
        logGroupName: inputs.name,
        kmsKeyId: inputs.kmsKeyId,
        tags: inputs.tags,
      });
      await retain(calls, inputs);
      const { logGroups } = await logs(calls, 'DescribeLogGroups', {
        logGroupNamePrefix: inputs.name,
      });
      const found = (logGroups as readonly Properties[]).find(
        ({ logGroupName }) => logGroupName === inputs.name,
      );
      // The provider takes off the end that stands for the streams.
      const arn = String(found?.arn).replace(/:\*$/, '');
      return { id: text(inputs, 'name'), properties: { ...inputs, arn } };
    },
    update: async ({ properties }, { after }, { calls }) => {
      await retain(calls, after);
      return { ...properties, ...after };
    },
    remove: async ({ id }, { calls }) => {
      await logs(calls, 'DeleteLogGroup', { logGroupName: id });
    },
  },
  'aws:cloudwatch/logMetricFilter:LogMetricFilter': {
    naming: { property: 'name', most: 512 },
    fixed: ['name', 'logGroupName'],
    refusals: (inputs) => refusalsOf(inputs, { pattern: isNoLongerThan(1024) }),
    create: async (inputs, { calls }) => {
      await putFilter(calls, inputs);
      return { id: text(inputs, 'name'), properties: inputs };
    },
    update: async (_made, { after }, { calls }) => {
      await putFilter(calls, after);
      return after;
    },
    remove: async ({ id, properties }, { calls }) => {
      const body = { logGroupName: properties.logGroupName, filterName: id };
      await logs(calls, 'DeleteMetricFilter', body);
    },
  },
  'aws:cloudwatch/metricAlarm:MetricAlarm': {
    naming: { property: 'name', most: 255 },
    fixed: ['name'],
    refusals: (inputs) => [
      ...refusalsOf(inputs, {
        name: isNoLongerThan(255),
        alarmDescription: isNoLongerThan(1024),
        evaluationPeriods: isWithin(1, 100),
        period: (period) => isWithin(60, 86_400)(period) && Number(period) % 60 === 0,
      }),
      ...isWatchable(inputs),
    ],
    create: async (inputs, { calls }) => {
      await putAlarm(calls, inputs);
      return { id: text(inputs, 'name'), properties: inputs };
    },
    update: async (_made, { after }, { calls }) => {
      await putAlarm(calls, after);
      return after;
    },
    remove: async ({ id }, { calls }) => {
      await calls.query('monitoring', ALARMS_VERSION, { Action: 'DeleteAlarms', AlarmNames: [id] });
    },
  },
  'aws:cloudwatch/dashboard:Dashboard': {
    fixed: ['dashboardName'],
    refusals: (inputs) => refusalsOf(inputs, { dashboardName: matches(/^[\w-]{1,255}$/) }),
    create: async (inputs, { calls }) => {
      await putDashboard(calls, inputs);
      return { id: text(inputs, 'dashboardName'), properties: inputs };
    },
    update: async (_made, { after }, { calls }) => {
      await putDashboard(calls, after);
      return after;
    },
    remove: async ({ id }, { calls }) => {
      await calls.query('monitoring', ALARMS_VERSION, {
        Action: 'DeleteDashboards',
        DashboardNames: [id],
      });
    },
  },
};
