import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCommandWorld } from '#test/support/command-world.ts';

let world: Awaited<ReturnType<typeof openCommandWorld>>;

beforeEach(async () => {
  world = await openCommandWorld();
});

afterEach(() => world.close());

describe('A command that changes or deletes', () => {
  it.each([
    ['adopt'],
    ['gc'],
    ['gc --retained'],
    ['release data'],
    ['release data --abandon'],
    ['uninstall'],
  ])('%s is refused where nobody can be asked, and asks nothing of anybody', async (line) => {
    const { code, stdout, stderr } = await world.run(line.split(' '));

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      'Nothing was done: there is no terminal to ask on. See what would be done with --dry-run, and give --yes.\n',
    );
    expect(world.requests).toEqual([]);
  });

  it.each(['no', '', '\u0004'])('does nothing after the answer %j', async (answer) => {
    const { code, stdout } = await world.runOnTerminal(['uninstall'], `${answer}\r`);

    expect(code).toBe(2);
    expect(stdout).toContain('data would be deleted, and 0 interfaces released');
    expect(stdout).toContain('Nothing was done.');
    expect(world.holdings.nodeEnis).toEqual(['data']);
  });

  it('does what it listed after yes', async () => {
    const { code, stdout } = await world.runOnTerminal(['uninstall'], 'yes\r');

    expect(code).toBe(0);
    expect(stdout).toMatch(/data would be deleted[\s\S]*Type "yes" to do this[\s\S]*data: gone/);
    expect(world.holdings.nodeEnis).toEqual([]);
  });

  it('does not ask about nothing', async () => {
    world.holdings.nodeEnis = [];

    const { code, stdout } = await world.runOnTerminal(['uninstall'], '');

    expect(code).toBe(0);
    expect(stdout).not.toContain('Type "yes"');
  });

  it('does it without a terminal after --yes', async () => {
    const { code, stdout } = await world.run(['uninstall', '--yes']);

    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching('data: gone'),
    });
    expect(world.holdings.nodeEnis).toEqual([]);
  });
});

describe('Output that is lost', () => {
  it('does not end what was begun when nobody reads it any more', async () => {
    const { stdout, stderr } = await world.runInShell(
      'nodeeni uninstall --yes | true; echo $PIPESTATUS',
    );

    expect(stdout).toBe('0\n');
    expect(stderr).toContain('Nobody reads the output any more; what was begun is done.');
    expect(world.holdings.nodeEnis).toEqual([]);
  });

  it('ends what only shows something, as a closed pipe ends other programs', async () => {
    const { stdout, stderr } = await world.runInShell('nodeeni demo | true; echo $PIPESTATUS');

    expect({ stdout, stderr }).toEqual({ stdout: '141\n', stderr: '' });
  });

  it('is an error in one line when the disk is full', async () => {
    const { code, stderr } = await world.runInShell('nodeeni manifests > /dev/full');

    expect(code).toBe(1);
    expect(stderr).toMatch(/^The output cannot be written: [^\n]+\n$/);
  });
});
