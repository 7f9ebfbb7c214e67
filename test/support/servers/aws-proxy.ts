import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AwsAnswer, AwsRule } from './aws-answers.ts';
import { type AwsCallLog, createCallLog } from './aws-call-log.ts';
import { type AwsRequest, type AwsService, readAwsRequest } from './aws-query.ts';
import { createAttachmentRule } from './aws-rules/attachments.ts';
import { createClientTokenRule } from './aws-rules/client-tokens.ts';
import { createFaults, type Faults } from './aws-rules/faults.ts';
import { createInterfaceGroupRule } from './aws-rules/interface-groups.ts';
import { createLifecycleRule, type LifecycleRule } from './aws-rules/lifecycle.ts';
import { createSecondaryAddressRule } from './aws-rules/secondary-addresses.ts';
import { createTerminationRule } from './aws-rules/termination.ts';
import { createUpstream } from './aws-upstream.ts';
import { createLine } from './one-at-a-time.ts';

export type AwsProxyOptions = { readonly target: string; readonly latencyMs?: number };

export type AwsProxy = AwsCallLog &
  Pick<Faults, 'failNext' | 'loseNextAnswer'> &
  Omit<LifecycleRule, 'rule'> & {
    readonly url: string;
    /** Forgets the calls so far and the faults still ordered; the emulator keeps all it holds. */
    readonly reset: () => void;
    readonly stop: () => Promise<void>;
    readonly [Symbol.asyncDispose]: () => Promise<void>;
  };

type Perform = (request: AwsRequest) => Promise<AwsAnswer>;

const chain = (rules: readonly AwsRule[], last: Perform): Perform =>
  rules.reduceRight<Perform>((next, rule) => (request) => rule(request, next), last);

/** The emulator with AWS's rules before it. */
const withRules = (target: string, lifecycleRule: AwsRule): Perform => {
  const { forward, askEc2 } = createUpstream(target);
  const ec2Rules = [
    createClientTokenRule(),
    createSecondaryAddressRule(askEc2),
    createAttachmentRule(askEc2),
    createInterfaceGroupRule(),
    createTerminationRule(askEc2),
  ];
  const perform: Readonly<Record<AwsService, Perform>> = {
    ec2: chain(ec2Rules, forward),
    autoscaling: chain([lifecycleRule], forward),
    other: forward,
  };
  const takeTurn = createLine();
  return (request) => {
    // A dry run asks about permissions only; the rules are about the state of things.
    if (request.service === 'other' || request.params.get('DryRun') === 'true') {
      return forward(request);
    }
    if (request.action.startsWith('Describe')) return perform[request.service](request);
    // Two attaches to one index must not both find it free: changes take turns, reads do not wait.
    return takeTurn(() => perform[request.service](request));
  };
};

const listen = async (handle: (incoming: IncomingMessage, outgoing: ServerResponse) => void) => {
  const server = createServer(handle);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${port}`, stop };
};

/**
 * A proxy before the AWS emulator that counts calls, slows EC2 down, makes calls fail on order and
 * adds the rules of EC2 and Auto Scaling that the emulator lacks (each in `aws-rules/`). In: the
 * emulator's URL and the delay of each EC2 call. Out: the URL to give to AWS clients, and the
 * handles above. Services other than those two pass through untouched and uncounted.
 */
export const startAwsProxy = async ({
  target,
  latencyMs = 0,
}: AwsProxyOptions): Promise<AwsProxy> => {
  const { rule: lifecycleRule, ...lifecycle } = createLifecycleRule();
  const { takeFailure, takeLoss, clear: clearFaults, ...faults } = createFaults();
  const { log, begin, end, clear: clearCalls } = createCallLog();
  const perform = withRules(target, lifecycleRule);

  const performCounted: Perform = async (request) => {
    const call = begin(request);
    if (request.service === 'ec2' && latencyMs > 0) await sleep(latencyMs);
    const answer = takeFailure(request) ?? (await perform(request));
    await end(call, answer.status);
    return answer;
  };

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const request = await readAwsRequest(incoming);
    const answer = await (request.service === 'other' ? perform : performCounted)(request);
    if (takeLoss(request)) outgoing.destroy();
    else outgoing.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body);
  };

  const { url, stop } = await listen((incoming, outgoing) => {
    // The emulator going away looks to the caller like AWS going away: a cut connection.
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const reset = (): void => {
    clearCalls();
    clearFaults();
  };
  return { ...lifecycle, ...faults, ...log, url, reset, stop, [Symbol.asyncDispose]: stop };
};
