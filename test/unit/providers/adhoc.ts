import { createScenario } from '#test/support/scenario.ts';
const s = createScenario();
await s.applyNodeEni('data', { subnetIDs: [s.subnets.a] } as never);
const first = await s.addNode({ tags: { 'aws:autoscaling:groupName': 'gone' } });
const second = await s.addNode();
await s.pass(600);
console.log(s.oursOn(first.instanceId).length, s.oursOn(second.instanceId).length, s.autoScaling.wire.log.counts());
console.log(JSON.stringify(s.lines.filter((l: any) => /rror|warn/i.test(JSON.stringify(l))).slice(0, 3)).slice(0, 1500));
console.log(s.sqs ? 'ok' : '');
