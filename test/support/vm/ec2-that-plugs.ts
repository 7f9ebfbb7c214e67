import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeNetworkInterfacesCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { AwsAnswer } from '#test/support/servers/aws-answers.ts';
import { type AwsRequest, readAwsRequest } from '#test/support/servers/aws-query.ts';
import { createUpstream } from '#test/support/servers/aws-upstream.ts';
import { awsClientConfig } from '#test/support/servers/fleet.ts';
import { required } from '#test/support/servers/fleet-network.ts';
import type { Machine } from './machine.ts';

/** What happens to a device between EC2 and the machine, in the order in which it does. */
export type PlugMoment = 'attached' | 'detach asked' | 'unplugged';

export interface PluggingOptions {
  readonly motoUrl: string;
  readonly machine: Pick<Machine, 'plug' | 'unplug'>;
  /** Waited for before anything further happens, with the device's PCI address. */
  readonly onMoment: (moment: PlugMoment, address: string) => Promise<void>;
}

export interface PluggingEc2 {
  /** To be used in the place of the emulator's. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

interface Plugged {
  readonly position: number;
  readonly address: string;
}

/**
 * An EC2 whose one instance is a virtual machine: the emulator moto, and before it this server, which passes every call on
 * as it came. An interface that moto has attached is plugged in with its own MAC, at the next free PCI slot; one that moto
 * has detached is taken out. A call is answered when the machine has followed it. EC2 answers earlier, and shows the
 * attachment as `attaching` or `detaching` meanwhile, which moto cannot.
 */
export const startEc2ThatPlugs = async ({
  motoUrl,
  machine,
  onMoment,
}: PluggingOptions): Promise<PluggingEc2> => {
  const { forward } = createUpstream(motoUrl);
  const moto = new EC2Client(awsClientConfig(motoUrl));
  const plugged = new Map<string, Plugged>();

  const freePosition = (): number => {
    const taken = new Set([...plugged.values()].map(({ position }) => position));
    let position = 1;
    while (taken.has(position)) position += 1;
    return position;
  };

  const plugIn = async (eniId: string): Promise<void> => {
    const { NetworkInterfaces = [] } = await moto.send(
      new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [eniId] }),
    );
    const macAddress = required(NetworkInterfaces[0]?.MacAddress, 'MAC address');
    const attachmentId = required(NetworkInterfaces[0]?.Attachment?.AttachmentId, 'attachment id');
    const position = freePosition();
    const address = await machine.plug({ position, macAddress });
    plugged.set(attachmentId, { position, address });
    await onMoment('attached', address);
  };

  const attach = async (request: AwsRequest): Promise<AwsAnswer> => {
    const answer = await forward(request);
    if (answer.status === 200) await plugIn(request.params.get('NetworkInterfaceId') ?? '');
    return answer;
  };

  const detach = async (request: AwsRequest): Promise<AwsAnswer> => {
    const attachmentId = request.params.get('AttachmentId') ?? '';
    const found = plugged.get(attachmentId);
    if (found === undefined) return forward(request);
    await onMoment('detach asked', found.address);
    const answer = await forward(request);
    await machine.unplug(found.position);
    plugged.delete(attachmentId);
    await onMoment('unplugged', found.address);
    return answer;
  };

  const perform = async (request: AwsRequest): Promise<AwsAnswer> => {
    if (request.action === 'AttachNetworkInterface') return attach(request);
    if (request.action === 'DetachNetworkInterface') return detach(request);
    return forward(request);
  };

  const answerTo = async (incoming: IncomingMessage): Promise<AwsAnswer> =>
    perform(await readAwsRequest(incoming));

  const server = createServer((incoming, outgoing) => {
    answerTo(incoming).then(
      ({ status, contentType, body }) =>
        outgoing.writeHead(status, { 'content-type': contentType }).end(body),
      (error: unknown) => outgoing.destroy(error instanceof Error ? error : undefined),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      moto.destroy();
    },
  };
};
