import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MANIFEST, SUBNET_ID } from '#cli/demo/manifest.ts';
import { type DemoOptions, runDemo } from '#cli/demo/run.ts';
import { GROUP_NAME, type Stage } from '#cli/demo/stage.ts';

const play = async (options: Partial<DemoOptions> = {}) => {
  let text = '';
  const write = (part: string): void => {
    text += part;
  };
  const code = await runDemo({ write, isColoured: false, isPaced: false, ...options });
  return { code, text, lines: text.trimEnd().split('\n') };
};

let first: ReturnType<typeof play> | undefined;
/** The demo as it is without a terminal: it is the same each time, so one is enough for most. */
const playPlain = (): ReturnType<typeof play> => {
  first ??= play();
  return first;
};

/** Does something to the stage before one of the steps. */
const meddleBefore = (position: number, meddle: (stage: Stage) => void): Partial<DemoOptions> => ({
  onStep: (step, stage) => {
    if (step === position) meddle(stage);
  },
});

/** A launch hook that is not the product's, and that lets an instance in when nobody has answered. */
const letEverybodyIn = {
  name: 'nodeeni-launch',
  transition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
  heartbeatTimeoutSeconds: 30,
  defaultResult: 'CONTINUE',
} as const;

describe('The demo', () => {
  it('applies a manifest of the user documents as it stands there', () => {
    const file = '../../fixtures/seed-manifests/multus-eni-config.yaml';

    const text = readFileSync(new URL(file, import.meta.url), 'utf8');

    expect(MANIFEST.trim()).toBe(text.trim());
  });

  it('plays all steps and leaves no interface', async () => {
    const { code, lines, text } = await playPlain();

    expect(text).not.toContain('✗');
    expect(lines.filter((line) => /^\d+\. /.test(line))).toHaveLength(10);
    expect(lines.at(-1)).toBe('0 interfaces left');
    expect(code).toBe(0);
  });

  it('shows the manifest, the objects at their best and the calls to EC2', async () => {
    const { lines } = await playPlain();

    expect(lines.map((line) => line.trim())).toEqual(
      expect.arrayContaining(MANIFEST.split('\n').map((line) => line.trim())),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/^ +multus-eni-config +3 +3\/3 +2 +AllInterfacesReady +12m/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^ +ip-\S+ +eni-\w+ +2 +9001 .* attached$/));
    expect(lines).toContain('CreateNetworkInterface            5');
    expect(lines).toContainEqual(expect.stringMatching(/^ +pod-3 {2}10\.1\.0\.\d+ +ip-\S+$/));
  });

  it('tells causes before effects, in the order of time', async () => {
    const { lines } = await playPlain();
    const [created, attached, completed, inService] = [
      /nodeeni +creates an interface/,
      /EC2 +eni-\w+ is attached to/,
      /nodeeni +completes the hook of i-\w+: CONTINUE/,
      /Auto Scaling +i-\w+ is InService/,
    ].map((line) => lines.findIndex((candidate) => line.test(candidate)));
    const times = lines.flatMap((line) => /^\d\d:\d\d(?= )/.exec(line)?.[0] ?? []);

    expect(created).toBeGreaterThan(0);
    expect(attached).toBeGreaterThan(created ?? 0);
    expect(completed).toBeGreaterThan(attached ?? 0);
    expect(inService).toBeGreaterThan(completed ?? 0);
    expect(times).toEqual(times.toSorted());
  });

  it('is plain text when it is not on a terminal, and the same each time', async () => {
    const [one, another] = [await playPlain(), await play()];

    expect(one.text).not.toContain('\u001B');
    expect(another.text).toBe(one.text);
  });

  it('tells the same in colours, with a clock that takes its line back', async () => {
    const [plain, coloured] = [await playPlain(), await play({ isColoured: true })];

    const readable = coloured.lines
      .map((line) => line.split('\r').at(-1) ?? '')
      .map(stripVTControlCharacters);
    expect(coloured.text).toContain('\u001B[32m');
    expect(coloured.text).toMatch(/\d\d:\d\d {2}…/);
    expect(readable).toEqual(plain.lines);
  });
});

describe('The demo of a product that does not work', () => {
  it.each<[string, Partial<DemoOptions>, string, string]>([
    [
      'EC2 cannot be reached',
      meddleBefore(2, ({ world }) => world.ec2.wire.setUnreachable(true)),
      'Step 2 failed: The group grows from 0 to 3.',
      '3 interfaces are in EC2, each attached',
    ],
    [
      'an interface too many is there',
      meddleBefore(2, ({ world }) => void world.ec2.byHand.create({ subnetId: SUBNET_ID })),
      'Step 2 failed: The group grows from 0 to 3.',
      '3 interfaces are in EC2, each attached',
    ],
    [
      'Auto Scaling cannot be reached',
      meddleBefore(2, ({ world }) => world.autoScaling.wire.setUnreachable(true)),
      'Step 2 failed: The group grows from 0 to 3.',
      '3 launch hooks were completed with CONTINUE',
    ],
    [
      'nobody completes the hooks, and their time-out lets the instances in',
      meddleBefore(2, ({ world }) => {
        world.autoScaling.putHook(GROUP_NAME, letEverybodyIn);
      }),
      'Step 2 failed: The group grows from 0 to 3.',
      '3 launch hooks were completed with CONTINUE',
    ],
    [
      'instances come in without their interfaces',
      meddleBefore(2, ({ world }) => {
        world.ec2.wire.setUnreachable(true);
        world.autoScaling.putHook(GROUP_NAME, letEverybodyIn);
      }),
      'Step 2 failed: The group grows from 0 to 3.',
      'no instance was InService before its interface was attached',
    ],
    [
      'the API server is away while nothing happens',
      meddleBefore(3, ({ world }) => world.kubernetes.setUnreachable(true)),
      'Step 3 failed: Twelve minutes pass, and nobody does anything.',
      'no error, but there was',
    ],
    [
      'the functions are dead when somebody detaches an interface',
      meddleBefore(4, ({ installation }) => installation.kill()),
      'Step 4 failed: Somebody detaches an interface by hand, and no event tells of it.',
      'the same interface is back on its instance',
    ],
    [
      'the functions are dead when a label goes',
      meddleBefore(5, ({ installation }) => installation.kill()),
      'Step 5 failed: A node loses its label.',
      'its interface is deleted',
    ],
    [
      'an interface does not end with its instance',
      meddleBefore(6, ({ world }) => {
        for (const { attachment } of world.ec2.extraInterfaces())
          if (attachment) attachment.deleteOnTermination = false;
      }),
      'Step 6 failed: The group shrinks from 3 to 2.',
      'nobody had to delete it',
    ],
    [
      'the functions are dead when the NodeENI is deleted',
      meddleBefore(7, ({ installation }) => installation.kill()),
      'Step 7 failed: The NodeENI is deleted.',
      'no interface is in EC2',
    ],
  ])('says so and exits with 1 when %s', async (_, options, failure, expected) => {
    const { code, lines, text } = await play(options);

    expect(code).toBe(1);
    expect(lines.at(-1)).toBe(failure);
    expect(text).toContain(`✗ expected: ${expected}`);
    expect(text).not.toContain('interfaces left');
  });
});
