import type { LambdaFunctionURLResult } from 'aws-lambda';
import { type AdmissionHint, parseAdmissionReview } from '#core/events/admission-review.ts';
import { VERSION_HEADER } from '#core/events/relay-version.ts';
import { instrument, type LambdaHandler } from '#operator/instrument.ts';
import type { KubernetesRelay } from '#operator/operator.ts';
import { sendHintsWithin } from '#operator/send-hints.ts';
import { readBody, readCall } from './function-url.ts';

/** The webhook gives up after 2 s, and the answer needs its way back. */
const HINT_LIMIT_MILLISECONDS = 1500;

const allow = ({ uid, warnings }: AdmissionHint): LambdaFunctionURLResult => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid, allowed: true, ...(warnings.length > 0 && { warnings }) },
  }),
});

/**
 * Answers the API server's admission webhook, always with "allowed", and passes on who the change is
 * about. Whoever knows the secret path and asks with HEAD is told the version. Whoever does not know it gets nothing parsed,
 * nothing sent and no body.
 */
export const createHandler = (
  relay: KubernetesRelay,
): LambdaHandler<unknown, LambdaFunctionURLResult> =>
  instrument(relay.telemetry, async (event) => {
    const refuse = (statusCode: number, reason: string): LambdaFunctionURLResult => {
      relay.telemetry.count('CallsRefused', 1, { reason });
      return { statusCode };
    };
    const call = readCall(event);
    if (call === undefined || !relay.isSecret(call.rawPath.slice(1))) return refuse(403, 'secret');
    const { method } = call.requestContext.http;
    if (method === 'HEAD') return { statusCode: 200, headers: { [VERSION_HEADER]: relay.version } };
    if (method !== 'POST') return refuse(405, 'method');

    const hint = parseAdmissionReview(readBody(call));
    if (hint.ignored) relay.telemetry.count('EventsIgnored', 1, { reason: hint.ignored });
    await sendHintsWithin(HINT_LIMIT_MILLISECONDS, relay, hint.keys);
    return allow(hint);
  });
