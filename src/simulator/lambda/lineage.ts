import { AsyncLocalStorage } from 'node:async_hooks';
import type { SQSRecord } from 'aws-lambda';

/**
 * Lambda and the SDK pass on with each message how many invocations led to it, and Lambda ends a chain after about this many
 * ("Use Lambda recursive loop detection to prevent infinite loops", AWS Lambda Developer Guide).
 */
export const LONGEST_LINEAGE = 16;

const lineage = new AsyncLocalStorage<number>();

/** Invocations that led to the code that asks, its own included; 0 outside of functions. */
export const currentLineage = (): number => lineage.getStore() ?? 0;

/** Runs an invocation of which `length` invocations are known, itself included. */
export const inLineage = <Result>(length: number, invoke: () => Result): Result =>
  lineage.run(length, invoke);

/**
 * Runs what EventBridge, Auto Scaling or an API server does of its own: they pass on no lineage, so whatever they invoke
 * begins a new one.
 */
export const outsideLineage = <Result>(act: () => Result): Result => lineage.run(0, act);

/** The header by which a lineage travels with a message; which functions it leads through is left out. */
export const traceHeaderOf = (length: number): string => `Root=1-00000000-0;Lineage=${length}`;

/** How many invocations led to a record; 0 when none did. */
export const lineageOf = ({ attributes }: Pick<SQSRecord, 'attributes'>): number =>
  Number(/Lineage=(\d+)/.exec(attributes.AWSTraceHeader ?? '')?.[1] ?? 0);
