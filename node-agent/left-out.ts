/**
 * Stands in the agent's bundle for what prom-client brings and the agent does not use: other kinds of metrics, measures of its own
 * process, and the spans that those ask `@opentelemetry/api` for. Together that is a sixth of the bundle.
 */
export const trace = undefined;
