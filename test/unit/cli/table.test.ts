import { expect, it } from 'vitest';
import { formatTable } from '#cli/table.ts';

it('A table has a header in capitals, columns as wide as their widest cell and no blanks at the end', () => {
  const text = formatTable([
    ['name', 'ready', 'reason'],
    ['a-long-name', '1/1', ''],
    ['b', '10/10', 'Attaching'],
  ]);

  expect(text).toBe(
    ['NAME          READY   REASON', 'a-long-name   1/1', 'b             10/10   Attaching'].join(
      '\n',
    ),
  );
});
