import { Tracer } from '@aws-lambda-powertools/tracer';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import type { MiddlewareObj } from '@middy/core';

/**
 * A trace segment around every invocation. The X-Ray SDK costs about 40 ms of start, so this file is
 * only ever imported on demand, by whoever reads the option that asks for traces.
 */
export const createTracing = (): MiddlewareObj =>
  captureLambdaHandler(new Tracer({ serviceName: 'nodeeni' }), { captureResponse: false });
