import { describe, expect, it } from 'vitest';
import { drawSvg } from '#cli/simulate/svg.ts';
import { launchOf } from './builders.ts';

const pathsOf = (svg: string): readonly (readonly (readonly number[])[])[] =>
  [...svg.matchAll(/<path d="([^"]+)"/g)].map(([, d = '']) =>
    d
      .split(/[ML]/)
      .filter(Boolean)
      .map((pair) => pair.trim().split(' ').map(Number)),
  );

describe('The SVG', () => {
  it('draws the bound and the interfaces that were ready, up and to the right', () => {
    const [bound = [], ready = []] = pathsOf(drawSvg(launchOf(), 'a fleet'));

    expect([bound, ready].map(({ length }) => length)).toEqual([101, 10]);
    for (const path of [bound, ready]) {
      expect(path.map(([x]) => x)).toEqual(path.map(([x]) => x).toSorted((a = 0, b = 0) => a - b));
      expect(path.map(([, y]) => y)).toEqual(
        path.map(([, y]) => y).toSorted((a = 0, b = 0) => b - a),
      );
    }
    expect(ready.at(-1)).toEqual([780, 50]);
  });

  it('stays inside its frame when the budget allows more than is wanted', () => {
    const [bound = []] = pathsOf(drawSvg(launchOf({ wanted: 10 }), 'a fleet'));

    expect(bound.every(([x = -1, y = -1]) => x >= 0 && x <= 800 && y >= 50 && y <= 400)).toBe(true);
  });

  it('escapes its title', () => {
    const svg = drawSvg(launchOf(), '<b> & co');

    expect(svg).toContain('<title>&lt;b&gt; &amp; co</title>');
    expect(svg).not.toContain('<b>');
  });
});
