import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeIn, headingIds } from '#test/unit/docs/markdown.ts';

/** What people type, command by command, below one heading of a guide. */
export interface Section {
  readonly id: string;
  readonly commands: readonly string[];
}

/** Where a command of more than one line ends, by what stands in its first. */
const endOf = (line: string): RegExp | undefined => {
  if (/^for /.test(line)) return /^done$/;
  const word = /<<'?(\w+)'?$/.exec(line)?.[1];
  return word === undefined ? undefined : new RegExp(`^${word}$`);
};

/** One command a line, but for those that go on. */
const commandsIn = (code: string): readonly string[] => {
  const commands: string[] = [];
  let open: { lines: string[]; end: RegExp | undefined } | undefined;
  for (const line of code.split('\n')) {
    if (open === undefined && (line.trim() === '' || line.startsWith('#'))) continue;
    const current = open ?? { lines: [], end: endOf(line) };
    current.lines.push(line);
    const goesOn = current.end === undefined ? /\\$/.test(line) : !current.end.test(line);
    open = goesOn ? current : undefined;
    if (!goesOn) commands.push(current.lines.join('\n'));
  }
  return commands;
};

const indented = /^ {3}/gm;

/** The sections of a guide in `docs/guides`, in their order. */
export const readGuide = (name: string): readonly Section[] => {
  const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'guides', `${name}.md`);
  const [, ...sections] = readFileSync(file, 'utf8').split(/^#{2,3} /m);
  return sections.map((section) => ({
    id: headingIds(`## ${section}`)[0] ?? '',
    commands: codeIn(section.replaceAll(indented, ''), ['sh']).flatMap(commandsIn),
  }));
};
