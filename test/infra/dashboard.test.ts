import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { drawDashboard, exampleDashboard } from '#stacks/dashboard-picture.ts';
import { ROOT } from '#test/support/infra/platform.ts';
import { jsonOf, resourceOf } from '#test/support/infra/synthesis.ts';

/** "Dashboard body structure and syntax", Amazon CloudWatch API Reference: what is in use here, and nothing else. */
const METRIC = z
  .array(z.string().min(1).max(255))
  .min(2)
  .refine((words) => words.length % 2 === 0, 'namespace, name, and pairs of dimension and value')
  .refine((words) => words.length <= 2 + 2 * 30, 'at most 30 dimensions');

const WIDGET = z
  .strictObject({
    type: z.literal('metric'),
    x: z.int().min(0).max(23),
    y: z.int().min(0),
    width: z.int().min(1).max(24),
    height: z.int().min(1).max(1000),
    properties: z.strictObject({
      title: z.string().min(1),
      region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
      view: z.enum(['timeSeries', 'singleValue', 'gauge', 'bar', 'pie', 'table']),
      stat: z.union([
        z.enum(['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']),
        z.string().regex(/^p\d{1,2}(\.\d+)?$/),
      ]),
      period: z.int().multipleOf(60).max(86_400),
      metrics: z.array(METRIC).min(1).max(500),
    }),
  })
  .refine(({ x, width }) => x + width <= 24, 'is wider than the page');

const BODY = z.strictObject({ widgets: z.array(WIDGET).min(1).max(500) });

type Widget = z.output<typeof WIDGET>;

const overlap = (one: Widget, other: Widget): boolean =>
  one !== other &&
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

describe.each(Object.entries(inject('syntheses')))(
  'the dashboard of the %s installation',
  (_, synthesis) => {
    const dashboard = resourceOf(synthesis, 'aws:cloudwatch/dashboard:Dashboard', 'Dashboard');
    const body = jsonOf(dashboard, 'dashboardBody');

    it('has the form that CloudWatch takes', () => {
      expect(BODY.safeParse(body).error?.issues ?? []).toEqual([]);
    });

    it('puts no graph over another', () => {
      const { widgets } = BODY.parse(body);

      expect(widgets.filter((one) => widgets.some((other) => overlap(one, other)))).toEqual([]);
    });
  },
);

describe('the picture of the dashboard', () => {
  it('is that of the documentation (node stacks/dashboard-picture.ts)', () => {
    expect(readFileSync(join(ROOT, 'docs', 'dashboard.svg'), 'utf8')).toBe(
      drawDashboard(exampleDashboard()),
    );
  });

  it('shows each graph of a deploy', () => {
    const { inputs } = resourceOf(
      inject('syntheses').usual,
      'aws:cloudwatch/dashboard:Dashboard',
      'Dashboard',
    );
    const titles = BODY.parse(JSON.parse(String(inputs.dashboardBody))).widgets.map(
      ({ properties }) => properties.title,
    );
    const picture = drawDashboard(exampleDashboard());

    expect(titles.filter((title) => !picture.includes(`>${title}<`))).toEqual([]);
  });
});
