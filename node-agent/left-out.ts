/**
 * Stands in for `@opentelemetry/api` in the agent's bundle: prom-client asks it for the span of its own process metrics, which the
 * agent does not collect, and it is a tenth of the bundle.
 */
export const trace = undefined;
