import type { AwsAnswer, AwsRule } from '../aws-answers.ts';
import type { AwsRequest } from '../aws-query.ts';
import type { AwsUpstream } from '../aws-upstream.ts';

type AskEc2 = AwsUpstream['askEc2'];

const COUNT = 'SecondaryPrivateIpAddressCount';

const textIn = ({ body }: AwsAnswer, element: string): readonly string[] =>
  [...body.matchAll(new RegExp(`<${element}>([^<]+)</${element}>`, 'g'))].map(
    ([, text = '']) => text,
  );

/** Where an answer has the addresses of an interface. */
const ADDRESSES = /<privateIpAddressesSet>.*?<\/privateIpAddressesSet>/s;

const numberOf = (address: string): number =>
  address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);

const addressOf = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');

/** The first addresses of a block that nobody has, past those that AWS keeps ("Subnet sizing", Amazon VPC User Guide). */
const freeIn = (block: string, taken: ReadonlySet<string>, count: number): readonly string[] => {
  const [network = '', length = ''] = block.split('/');
  const first = numberOf(network) + 4;
  const all = Array.from({ length: 2 ** (32 - Number(length)) - 5 }, (_, at) =>
    addressOf(first + at),
  );
  return all.filter((address) => !taken.has(address)).slice(0, count);
};

const without = (request: AwsRequest, name: string): AwsRequest => {
  const params = new URLSearchParams(request.body);
  params.delete(name);
  return { ...request, params: new Map(params), body: params.toString() };
};

/**
 * An address of a subnet is given once. The emulator draws secondary addresses at random, and gives the same one to two interfaces,
 * or twice to one.
 */
export const createSecondaryAddressRule =
  (askEc2: AskEc2): AwsRule =>
  async (request, next) => {
    const count = Number(request.params.get(COUNT) ?? 0);
    if (request.action !== 'CreateNetworkInterface' || count === 0) return next(request);
    const subnetId = request.params.get('SubnetId') ?? '';
    const answer = await next(without(request, COUNT));
    const [eniId] = textIn(answer, 'networkInterfaceId');
    if (answer.status !== 200 || eniId === undefined) return answer;
    const filter = { 'Filter.1.Name': 'subnet-id', 'Filter.1.Value.1': subnetId };
    const taken = new Set(
      textIn(await askEc2('DescribeNetworkInterfaces', filter), 'privateIpAddress'),
    );
    const [block = ''] = textIn(
      await askEc2('DescribeSubnets', { 'SubnetId.1': subnetId }),
      'cidrBlock',
    );
    const names = freeIn(block, taken, count).map(
      (address, at) => [`PrivateIpAddress.${at + 1}`, address] as const,
    );
    await askEc2('AssignPrivateIpAddresses', {
      NetworkInterfaceId: eniId,
      ...Object.fromEntries(names),
    });
    const given = await askEc2('DescribeNetworkInterfaces', { 'NetworkInterfaceId.1': eniId });
    const [all = ''] = ADDRESSES.exec(given.body) ?? [];
    return { ...answer, body: answer.body.replace(ADDRESSES, all) };
  };
