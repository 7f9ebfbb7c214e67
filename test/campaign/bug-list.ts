interface Edit {
  readonly good: string;
  readonly bad: string;
}

/** A mistake somebody could make, in one file. Where a second defence would hide it, that one is taken away as well. */
export interface KnownBug {
  readonly name: string;
  readonly file: string;
  readonly edits: readonly Edit[];
}

const CONTROLLERS = 'src/core/controllers';

/** Each is to be caught by the campaign. */
export const KNOWN_BUGS: readonly KnownBug[] = [
  {
    name: 'token without incarnation',
    file: `${CONTROLLERS}/instance-interfaces/plan/create.ts`,
    edits: [
      { good: '      subnet.subnetId,\n      incarnation,\n', bad: '      subnet.subnetId,\n' },
    ],
  },
  {
    name: 'create before its parameters are stored',
    file: `${CONTROLLERS}/instance-interfaces/execute/passes.ts`,
    edits: [
      {
        good: 'const stored = mustRecordFirst(changes, progress.observed)',
        bad: 'const stored = mustRecordFirst({}, progress.observed)',
      },
    ],
  },
  {
    name: 'an unseen ENI counts as gone at once',
    file: `${CONTROLLERS}/instance-interfaces/plan/create.ts`,
    edits: [{ good: 'const isTooSoon = freshSeconds > 0;', bad: 'const isTooSoon = false;' }],
  },
  {
    name: 'orphans are never marked',
    file: `${CONTROLLERS}/sweep/plan.ts`,
    edits: [
      { good: 'orphans.filter((eni) => !isMarked(eni))', bad: 'orphans.filter(() => false)' },
    ],
  },
  {
    name: 'hook completed before the interfaces are attached',
    file: `${CONTROLLERS}/lifecycle-hooks/plan.ts`,
    edits: [{ good: 'readiness.isKnown && missing.length === 0', bad: 'readiness.isKnown' }],
  },
  {
    name: 'an ENI attached elsewhere is still used',
    file: 'src/core/instance/ownership.ts',
    edits: [
      { good: '  attachment.instanceId !== instanceId;', bad: '  attachment.instanceId === "";' },
    ],
  },
  {
    name: 'finalizer goes although EC2 shows an interface',
    file: `${CONTROLLERS}/roll-up/plan.ts`,
    edits: [
      {
        good: '    ...(remaining ?? []).flatMap(({ tags }) => tags[TAGS.instance] ?? []),\n',
        bad: '',
      },
      {
        good: '    remaining !== undefined &&\n    holders.length + remaining.length + unadopted.length === 0 &&\n',
        bad: '    holders.length + unadopted.length === 0 &&\n',
      },
    ],
  },
  {
    name: 'labels of a missing Node count as not matching',
    file: `${CONTROLLERS}/instance-interfaces/plan/desired.ts`,
    edits: [
      {
        good: "if (isNodeDoubtful(observed)) return 'unknown';",
        bad: "if (isNodeDoubtful(observed)) return 'no';",
      },
    ],
  },
  {
    name: 'a slot is forgotten while its create call may be on its way',
    file: `${CONTROLLERS}/instance-interfaces/plan/release.ts`,
    edits: [
      {
        good: 'if (!isDeleted && !absence && leaving.record?.create !== undefined && age < VISIBILITY_SECONDS)',
        bad: 'if (age < 0)',
      },
    ],
  },
  {
    name: 'a slot remembers an ENI that somebody took',
    file: `${CONTROLLERS}/instance-interfaces/plan/attached-elsewhere.ts`,
    edits: [
      {
        good: "taken && record.phase === 'Present'",
        bad: "taken && record.phase === 'Releasing'",
      },
    ],
  },
  {
    name: 'waiting instances are left to their events',
    file: `${CONTROLLERS}/sweep/plan.ts`,
    edits: [{ good: '        ...keepAlive.map(({ instanceId }) => instanceId),\n', bad: '' }],
  },
  {
    name: 'an index that nobody can leave is given away',
    file: `${CONTROLLERS}/instance-interfaces/plan/allocate.ts`,
    edits: [{ good: 'if (stuck.length === 0) return allocations;', bad: 'return allocations;' }],
  },
  {
    name: 'an index is asked for before it is left',
    file: `${CONTROLLERS}/instance-interfaces/plan/attach.ts`,
    edits: [
      {
        good: 'if (holder !== undefined && holder !== eni.eniId)',
        bad: 'if (holder === eni.eniId)',
      },
    ],
  },
  {
    name: 'a command that failed is never sent again',
    file: `${CONTROLLERS}/instance-interfaces/host-commands/plan.ts`,
    edits: [
      {
        good: 'isSame ? sendAgain(setting, command) : send(setting, 0)',
        bad: 'isSame ? { waiting } : send(setting, 0)',
      },
    ],
  },
  {
    name: 'a paused NodeENI changes records',
    file: 'src/core/instance/slot-plan.ts',
    edits: [
      {
        good: 'if (!record || sameJson(record, stored)) return undefined;',
        bad: 'return undefined;',
      },
    ],
  },
  {
    name: 'a host that was rebooted is not told again',
    file: `${CONTROLLERS}/instance-interfaces/host-commands/restart.ts`,
    edits: [
      {
        good: 'return isOtherBoot && bootIds.length > 0 && !isRunning(command);',
        bad: 'return false;',
      },
    ],
  },
  {
    name: 'what a host said before it started again still counts',
    file: `${CONTROLLERS}/instance-interfaces/host-commands/restart.ts`,
    edits: [
      {
        good: 'isRestartedSince(spec.hostCommand, host)',
        bad: 'spec.hostCommand.failures < 0',
      },
    ],
  },
  {
    name: 'a part of the labels counts for all of them',
    file: `${CONTROLLERS}/instance-interfaces/plan/desired.ts`,
    edits: [
      {
        good: 'areLabelsKnown: undecided.length === 0,',
        bad: 'areLabelsKnown: observed.node !== undefined || observed.predictedLabels !== undefined,',
      },
    ],
  },
  {
    name: "a namesake's hook is acted on",
    file: 'src/core/scaling/hook-metadata.ts',
    edits: [
      {
        good: 'return settings?.clusterUid === undefined || settings.clusterUid === uid ? settings : undefined;',
        bad: 'return settings;',
      },
    ],
  },
  {
    name: 'a heartbeat that is refused ends the reconcile',
    file: `${CONTROLLERS}/lifecycle-hooks/controller.ts`,
    edits: [
      {
        good: "await attempt('heartbeat', scaling.heartbeat(hook, instanceId, { why: STILL_WAITING }));",
        bad: 'await scaling.heartbeat(hook, instanceId, { why: STILL_WAITING });',
      },
    ],
  },
  {
    name: 'more than 100 groups are asked for in one call',
    file: 'src/providers/autoscaling/scaling-provider.ts',
    edits: [
      {
        good: 'inChunks(groupNames, MOST_GROUPS, describeGroups)',
        bad: 'describeGroups(groupNames)',
      },
    ],
  },
  {
    name: 'the sweep asks for no member of a warm pool',
    file: `${CONTROLLERS}/sweep/members.ts`,
    edits: [{ good: 'if (unreported.length > 0)', bad: 'if (unreported.length < 0)' }],
  },
  {
    name: 'a group of another VPC is dropped in silence',
    file: `${CONTROLLERS}/instance-interfaces/observe/security-groups.ts`,
    edits: [
      {
        good: 'if (vpcIds.some((id) => usableIn(named, id).length > 0)) return undefined;',
        bad: 'return undefined;',
      },
    ],
  },
  {
    name: 'a create call for a group that is gone is made again for ever',
    file: `${CONTROLLERS}/instance-interfaces/execute/failures.ts`,
    edits: [
      {
        good: "(PASSING.has(error.failure) && type !== 'create' && referenceRule(error) === undefined)",
        bad: 'PASSING.has(error.failure)',
      },
      {
        good: "const isRefusal = error.failure !== 'Unknown';",
        bad: "const isRefusal = error.failure !== 'Unknown' && !passes;",
      },
    ],
  },
  {
    name: 'a refusal by an unlisted code counts as no answer',
    file: 'src/providers/ec2/errors.ts',
    edits: [{ good: "isRefusal(error) ? 'Refused' : 'Unknown'", bad: "'Unknown'" }],
  },
  {
    name: 'a required index is never given',
    file: `${CONTROLLERS}/instance-interfaces/plan/attached.ts`,
    edits: [
      {
        good: 'attachment.deviceIndex !== desired.askedIndex;',
        bad: 'attachment.deviceIndex < 0;',
      },
    ],
  },
  {
    name: 'an ENI outlives its instance against its spec',
    file: `${CONTROLLERS}/instance-interfaces/plan/release.ts`,
    edits: [
      { good: '    !owner.spec.deleteOnTermination\n', bad: '    owner.spec !== undefined\n' },
    ],
  },
  {
    name: 'secondary addresses are never added to an ENI',
    file: `${CONTROLLERS}/instance-interfaces/plan/drift.ts`,
    edits: [
      {
        good: 'const ipv4 = secondaryPrivateIPAddressCount - eni.secondaryPrivateIpAddresses.length;',
        bad: 'const ipv4 = Math.min(0, secondaryPrivateIPAddressCount);',
      },
    ],
  },
  {
    name: 'the source/destination check is never set',
    file: `${CONTROLLERS}/instance-interfaces/plan/drift.ts`,
    edits: [
      {
        good: 'return value === undefined || value === eni.sourceDestCheck',
        bad: 'return value !== eni.sourceDestCheck || value === eni.sourceDestCheck',
      },
    ],
  },
  {
    name: 'a description that is taken out of the spec stays',
    file: `${CONTROLLERS}/instance-interfaces/plan/drift.ts`,
    edits: [
      {
        good: 'return eni.description === wanted',
        bad: 'return eni.description === wanted || desired.nodeEni.spec.description === undefined',
      },
    ],
  },
  {
    name: 'the mark of an orphan stays on an ENI that is wanted again',
    file: `${CONTROLLERS}/instance-interfaces/plan/drift.ts`,
    edits: [{ good: '[...users, TAGS.orphanSince].filter(', bad: '[...users].filter(' }],
  },
  {
    name: 'a host is never told of another MTU',
    file: `${CONTROLLERS}/instance-interfaces/plan/records.ts`,
    edits: [{ good: '...(spec.mtu ? { mtu: spec.mtu } : {}),', bad: '' }],
  },
  {
    name: 'the record of an instance that ended is never deleted',
    file: `${CONTROLLERS}/instance-interfaces/conclude.ts`,
    edits: [
      {
        good: 'if (state !== undefined) await states.delete(instanceId);',
        bad: 'if (state === undefined) await states.delete(instanceId);',
      },
    ],
  },
  {
    name: 'the name of a Node that registers anew is not recorded',
    file: `${CONTROLLERS}/instance-interfaces/plan/record-changes.ts`,
    edits: [
      {
        good: 'node !== undefined && node.name !== state?.spec.nodeName && { nodeName: node.name }',
        bad: 'node !== undefined && state?.spec.nodeName === undefined && { nodeName: node.name }',
      },
    ],
  },
  {
    name: 'groups of an interface that requires its index are never set right',
    file: `${CONTROLLERS}/instance-interfaces/plan/drift.ts`,
    edits: [
      {
        good: 'groupIds.length === 0 || sameJson(groupIds, eni.groupIds.toSorted())',
        bad: "groupIds.length === 0 || nodeEni.spec.deviceIndexPolicy === 'Require' || sameJson(groupIds, eni.groupIds.toSorted())",
      },
      {
        good: 'const groups: Drift = ({ slot, groupIds }, eni)',
        bad: 'const groups: Drift = ({ slot, groupIds, nodeEni }, eni)',
      },
    ],
  },
  {
    name: 'a Node of another name counts at once for the one that is gone',
    file: `${CONTROLLERS}/instance-interfaces/observe/strangers.ts`,
    edits: [{ good: 'if (isKnown || ', bad: 'if (nodeName !== "" || ' }],
  },
  {
    name: 'the name that EC2 gives wins over the one that was known',
    file: `${CONTROLLERS}/instance-interfaces/observe/claims.ts`,
    edits: [
      {
        good: 'recorded === undefined ? [privateDnsName, instanceId] : [recorded]',
        bad: '[privateDnsName, instanceId, recorded]',
      },
    ],
  },
  {
    name: 'a likely name wins where the record is lost',
    file: `${CONTROLLERS}/instance-interfaces/observe/find-nodes.ts`,
    edits: [
      {
        good: 'isForgotten ? [] : likelyNames',
        bad: 'isForgotten ? likelyNames(instance, recorded) : likelyNames',
      },
    ],
  },
  {
    name: 'a node offers a network before its agent has spoken',
    file: `${CONTROLLERS}/node-capacity/plan.ts`,
    edits: [
      {
        good: "record.phase !== 'Present' || host === undefined) return 0;",
        bad: "record.phase !== 'Present') return 0;",
      },
      { good: 'if (isConfigured(host, record)) return count;', bad: 'return count;' },
    ],
  },
  {
    name: 'a node offers a network that is gone',
    file: `${CONTROLLERS}/node-capacity/plan.ts`,
    edits: [
      {
        good: 'recorded.filter((name) => !names.includes(name));',
        bad: 'recorded.filter(() => false);',
      },
      { good: 'isOwnName(name, state) && !names.includes(name)', bad: 'false' },
    ],
  },
  {
    name: 'a definition of somebody else gives way',
    file: 'src/providers/kubernetes/network-attachment-store.ts',
    edits: [
      {
        good: '    await kubernetes.create(NETWORK_ATTACHMENTS, {',
        bad: '    await ignoreNotFound(kubernetes.delete(NETWORK_ATTACHMENTS, name, namespace));\n    await kubernetes.create(NETWORK_ATTACHMENTS, {',
      },
    ],
  },
  {
    name: 'the definitions of a network outlive it',
    file: `${CONTROLLERS}/network-attachments/plan.ts`,
    edits: [
      {
        good: '.filter((attachment) => !names.has(keyOf(attachment)))',
        bad: '.filter(() => false)',
      },
    ],
  },
];
