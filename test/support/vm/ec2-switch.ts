import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isInBlock } from '#node-agent/agent/address-blocks.ts';

/** An ENI, as EC2 knows it. */
export type KnownInterface = {
  readonly macAddress: string;
  /** Its addresses and prefixes, as blocks. */
  readonly blocks: readonly string[];
};

/** Where a card of a machine is plugged in: QEMU sends from one port of UDP to the other. */
export type SwitchPort = { readonly local: number; readonly remote: number };

/**
 * A subnet of a VPC: it carries frames from ENI to ENI by what EC2 knows of them, and nothing else. A frame whose source MAC is not
 * the ENI's of its port is dropped, and so is one whose source address, or that of its ARP, that ENI does not have ("source/destination
 * check"); it goes to the ENI that has the destination address, whatever MAC it names, and nowhere when none has it.
 */
export type Ec2Switch = {
  readonly connect: (eni: KnownInterface) => Promise<SwitchPort>;
  /** Why frames were dropped, and how many. */
  readonly dropped: () => Readonly<Record<string, number>>;
  readonly carried: () => number;
  readonly close: () => void;
};

const ARP = 0x0806;
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const ICMPV6 = 58;
const NEIGHBOUR_SOLICITATION = 135;

const macOf = (frame: Buffer): string =>
  (frame.toString('hex', 6, 12).match(/../g) ?? []).join(':');
const ipv4At = (frame: Buffer, at: number): string => frame.subarray(at, at + 4).join('.');
const ipv6At = (frame: Buffer, at: number): string =>
  (frame.toString('hex', at, at + 16).match(/.{4}/g) ?? []).join(':');

type Ends = { readonly source: string; readonly destination: string };

/** The addresses of a frame (RFC 826, 791, 8200, 4861); undefined for what no VPC carries. */
const endsOfFrame = (frame: Buffer): Ends | undefined => {
  const type = frame.readUInt16BE(12);
  if (type === ARP) return { source: ipv4At(frame, 28), destination: ipv4At(frame, 38) };
  if (type === IPV4) return { source: ipv4At(frame, 26), destination: ipv4At(frame, 30) };
  if (type !== IPV6) return undefined;
  const isSolicitation = frame[20] === ICMPV6 && frame[54] === NEIGHBOUR_SOLICITATION;
  return { source: ipv6At(frame, 22), destination: ipv6At(frame, isSolicitation ? 62 : 38) };
};

const has = ({ blocks }: KnownInterface, address: string): boolean =>
  blocks.some((block) => isInBlock(address, block));

const bound = async (): Promise<Socket> => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
};

/** A port of UDP that nobody has. */
const freePort = async (): Promise<number> => {
  const socket = await bound();
  const { port } = socket.address();
  await new Promise<void>((closed) => socket.close(() => closed()));
  return port;
};

export const createEc2Switch = (): Ec2Switch => {
  const members: { eni: KnownInterface; socket: Socket; remote: number }[] = [];
  const dropped: Record<string, number> = {};
  let carried = 0;

  const whyDropped = (eni: KnownInterface, frame: Buffer): string | undefined => {
    if (macOf(frame) !== eni.macAddress) return 'source MAC';
    const ends = endsOfFrame(frame);
    if (ends === undefined) return 'protocol';
    return has(eni, ends.source) ? undefined : 'source address';
  };
  const carry = (eni: KnownInterface, frame: Buffer): void => {
    const why = whyDropped(eni, frame);
    const { destination = '' } = endsOfFrame(frame) ?? {};
    const target = why === undefined ? members.find((one) => has(one.eni, destination)) : undefined;
    if (target === undefined || target.eni === eni) {
      const reason = why ?? 'destination';
      dropped[reason] = (dropped[reason] ?? 0) + 1;
      return;
    }
    carried += 1;
    target.socket.send(frame, target.remote, '127.0.0.1');
  };

  return {
    async connect(eni) {
      const socket = await bound();
      const remote = await freePort();
      socket.on('message', (frame) => carry(eni, frame));
      socket.on('error', () => undefined);
      members.push({ eni, socket, remote });
      return { local: socket.address().port, remote };
    },
    dropped: () => dropped,
    carried: () => carried,
    close() {
      for (const { socket } of members) socket.close();
    },
  };
};
