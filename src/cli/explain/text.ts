import { formatTable } from '../table.ts';
import type { Explained, ExplainedNetwork, ExplainedNodeEni, ExplainedSubject } from './explain.ts';
import type { Moment } from './moments.ts';
import type { Stretch } from './stretches.ts';
import type { Wait } from './waits.ts';

const spanOf = (seconds: number): string => {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
};

const secondsBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 1000);

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ');

const momentLine = (moment: Moment, first: string): string => {
  const after = `+${spanOf(Math.max(0, secondsBetween(first, moment.at)))}`;
  const about = moment.slot === undefined ? '' : `${moment.slot}: `;
  return `  ${moment.at.slice(0, 19)}Z ${after.padStart(8)}  ${moment.by}: ${about}${moment.what}`;
};

const timeline = (moments: readonly Moment[]): readonly string[] => {
  const [first] = moments;
  if (first === undefined) return ['  Nobody knows anything of it any more.'];
  return moments.map((moment) => momentLine(moment, first.at));
};

const WORDS: Readonly<Record<Stretch['until'], string>> = {
  decision: 'until decided',
  attachment: 'until attached',
  ready: 'until ready',
};

const cellFor = (stretches: readonly Stretch[], until: Stretch['until']): string => {
  const stretch = stretches.find((each) => each.until === until);
  if (stretch === undefined) return '';
  return `${spanOf(stretch.seconds)}${stretch.to === undefined ? ' so far' : ''}`;
};

const durations = (stretches: readonly Stretch[]): readonly string[] => {
  if (stretches.length === 0) return [];
  const slots = [...new Set(stretches.map(({ slot }) => slot))];
  const columns = Object.keys(WORDS) as Stretch['until'][];
  const rows = slots.map((slot) => {
    const own = stretches.filter((stretch) => stretch.slot === slot);
    return [slot, ...columns.map((until) => cellFor(own, until))];
  });
  const table = formatTable([['interface', ...columns.map((until) => WORDS[until])], ...rows]);
  return ['Where the time went:', indented(table)];
};

const networkRow = (network: ExplainedNetwork): readonly string[] => {
  const { name, type, addresses, addressesInUse = '', resourceName, offered, reason } = network;
  const inScheduler = resourceName === undefined ? 'not counted' : `${offered ?? 0}`;
  return [name, type, `${addresses}`, `${addressesInUse}`, inScheduler, reason];
};

const networks = (all: readonly ExplainedNetwork[]): readonly string[] => {
  if (all.length === 0) return [];
  const header = ['network', 'type', 'addresses', 'in use', 'offered', 'state'];
  return ['Networks for pods:', indented(formatTable([header, ...all.map(networkRow)]))];
};

const waitLines = (wait: Wait, now: string): readonly string[] => {
  const { slot, nodeEni, reason, message, since, until, cutShortBy } = wait;
  const about = slot ?? nodeEni;
  const dates = [
    ...(since === undefined ? [] : [`since ${since} (${spanOf(secondsBetween(since, now))})`]),
    ...(until === undefined
      ? []
      : [
          Date.parse(until) > Date.parse(now)
            ? `until ${until} at the latest (in ${spanOf(secondsBetween(now, until))})`
            : `due since ${until}`,
        ]),
  ];
  return [
    `  ${about === undefined ? '' : `${about}: `}${reason}: ${message}`,
    ...(dates.length === 0 ? [] : [`    ${dates.join(', ')}`]),
    `    sooner by: ${cutShortBy}`,
  ];
};

const waiting = ({ waits, now }: Pick<Explained, 'waits' | 'now'>): readonly string[] =>
  waits.length === 0
    ? ['Nothing is waited for.']
    : ['Waited for now:', ...waits.flatMap((wait) => waitLines(wait, now))];

const section = (each: Explained): string => {
  const { instanceId, node, state = 'unknown to EC2', lifecycleState } = each;
  const facts = [node, state, lifecycleState].filter(Boolean).join(', ');
  return [
    `${instanceId} (${facts})`,
    ...timeline(each.moments),
    ...durations(each.stretches),
    ...networks(each.networks),
    ...waiting(each),
  ].join('\n');
};

const nodeEniSection = (nodeEni: ExplainedNodeEni): string =>
  [`NodeENI ${nodeEni.nodeEni}`, ...timeline(nodeEni.moments), ...waiting(nodeEni)].join('\n');

/** The explanation as text for people. */
export const asText = ({ instances, nodeEni }: ExplainedSubject): string => {
  const sections = [
    ...(instances.length === 0 ? ['No instance has interfaces here.'] : instances.map(section)),
    ...(nodeEni === undefined ? [] : [nodeEniSection(nodeEni)]),
  ];
  return `${sections.join('\n\n')}\n`;
};
