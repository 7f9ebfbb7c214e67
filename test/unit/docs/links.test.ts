import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents } from './files.ts';
import { headingIds, withoutCode } from './markdown.ts';

const linksIn = (file: string): string[] =>
  [...withoutCode(readFileSync(file, 'utf8')).matchAll(/\]\(([^)\s]+)\)/g)]
    .flatMap(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link));

/** Why a link leads nowhere; undefined when it leads somewhere. */
const faultOf = (file: string, link: string): string | undefined => {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? file : join(dirname(file), path);
  if (!existsSync(target)) return `${file}: ${link} is not there`;
  if (anchor === undefined) return undefined;
  return headingIds(readFileSync(target, 'utf8')).includes(anchor)
    ? undefined
    : `${file}: ${link} names no heading`;
};

describe('the links of the documentation', () => {
  it('lead to files and headings that are there', () => {
    const links = documents().flatMap((file) => linksIn(file).map((link) => ({ file, link })));

    const faults = links.flatMap(({ file, link }) => faultOf(file, link) ?? []);

    expect(links.length).toBeGreaterThan(40);
    expect(faults).toEqual([]);
  });

  it('reach every guide from the index', () => {
    const guides = documents().filter((file) => file.startsWith('docs/guides/'));

    const linked = linksIn('docs/README.md').map((link) => join('docs', link));

    expect(guides.filter((guide) => !linked.includes(guide))).toEqual([]);
  });
});
