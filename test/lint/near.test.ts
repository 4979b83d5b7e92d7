import { describe, expect, it } from 'vitest'
import { admitDaemonSet } from '#apiserver/validation/admit.ts'
import { ids, lintSituation, situation } from './documented.ts'

const pod = (text: string) => `spec: {template: {spec: {${text}}}}`
const required = (terms: string) =>
  pod(
    `affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [${terms}]}}}`,
  )
const term = (...expressions: string[]) => `{matchExpressions: [${expressions.join(', ')}]}`
const asks = (key: string, operator: string, values = '') =>
  `{key: ${key}, operator: ${operator}, values: [${values}]}`
const node = (labels: string, rest = '') =>
  `\n---\nkind: Node\nmetadata: {name: n, labels: {${labels}}}\n${rest}`

/** Situations beside the documented ones: what is found there. */
describe.each<[string, string, string, boolean]>([
  [
    'surge-hostport',
    'a sidecar holds the port',
    'spec: {updateStrategy: {rollingUpdate: {maxSurge: 10%, maxUnavailable: 0}}, template: {spec: {initContainers: [{restartPolicy: Always, ports: [{containerPort: 1, hostPort: 1}]}]}}}',
    true,
  ],
  [
    'surge-hostport',
    'container ports are those of the node',
    'spec: {updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}, template: {spec: {hostNetwork: true, containers: [{ports: [{containerPort: 1}]}]}}}',
    true,
  ],
  [
    'surge-hostport',
    'a port of the pod alone',
    'spec: {updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}, template: {spec: {containers: [{ports: [{containerPort: 1}]}]}}}',
    false,
  ],
  [
    'surge-hostport',
    'OnDelete never surges',
    'spec: {updateStrategy: {type: OnDelete, rollingUpdate: {maxSurge: 1}}, template: {spec: {containers: [{ports: [{hostPort: 1, containerPort: 1}]}]}}}',
    false,
  ],
  [
    'surge-and-unavailable',
    'surge of nothing',
    'spec: {updateStrategy: {rollingUpdate: {maxSurge: 0%}}}',
    false,
  ],
  [
    'min-ready-zero',
    'one of two containers has a probe',
    pod('containers: [{}, {name: b, image: "b:v1"}]'),
    false,
  ],
  [
    'min-ready-zero',
    'only a pause container',
    pod('containers: [{image: "registry.k8s.io/pause:3.9", readinessProbe: null}]'),
    false,
  ],
  [
    'min-ready-zero',
    'OnDelete',
    'spec: {updateStrategy: {type: OnDelete}, template: {spec: {containers: [{readinessProbe: null}]}}}',
    false,
  ],
  ['slow-termination', 'ten minutes', pod('terminationGracePeriodSeconds: 600'), false],
  [
    'contradiction',
    'more than 5 and less than 6',
    required(term(asks('cores', 'Gt', '"5"'), asks('cores', 'Lt', '"6"'))),
    true,
  ],
  [
    'contradiction',
    'more than 5, not 6 and less than 8',
    required(term(asks('cores', 'Gt', '"5"'), asks('cores', 'NotIn', '"6"'), asks('cores', 'Lt', '"8"'))),
    false,
  ],
  [
    'contradiction',
    'more than 5 and not 6',
    required(term(asks('cores', 'Gt', '"5"'), asks('cores', 'NotIn', '"6"'))),
    false,
  ],
  [
    'contradiction',
    'there and not there',
    required(term(asks('gpu', 'Exists'), asks('gpu', 'DoesNotExist'))),
    true,
  ],
  [
    'contradiction',
    'not there and not of a value',
    required(term(asks('gpu', 'DoesNotExist'), asks('gpu', 'NotIn', 'a'))),
    false,
  ],
  [
    'contradiction',
    'alternatives may differ',
    required(`${term(asks('a', 'In', 'x'))}, ${term(asks('a', 'In', 'z'))}`),
    false,
  ],
  [
    'contradiction',
    'an operator that there is not',
    required(term(asks('a', 'Near', 'x'), asks('a', 'In', 'z'))),
    false,
  ],
  [
    'affinity-term-or',
    'pools as alternatives',
    required(`${term(asks('pool', 'In', 'x'))}, ${term(asks('team', 'In', 'z'))}`),
    false,
  ],
  [
    'affinity-term-or',
    'two names of one dimension',
    required(
      `${term(asks('kubernetes.io/os', 'In', 'linux'))}, ${term(asks('beta.kubernetes.io/os', 'In', 'linux'))}`,
    ),
    false,
  ],
  [
    'label-volatile',
    'keeps off a node by name',
    required(term(asks('kubernetes.io/hostname', 'NotIn', 'a'))),
    false,
  ],
  [
    'inert-fields',
    'a soft spread',
    pod(
      'topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {}}]',
    ),
    true,
  ],
  [
    'inert-fields',
    'a strict spread',
    pod(
      'topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {}}]',
    ),
    true,
  ],
  [
    'inert-fields',
    'an empty list of preferences',
    pod('affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: []}}'),
    false,
  ],
  [
    'pod-affinity',
    'apart from itself on a node, with surge',
    'spec: {updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}, template: {spec: {affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: agent}}}]}}}}}',
    true,
  ],
  [
    'pod-affinity',
    'apart from itself on a node',
    pod(
      'affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: agent}}}]}}',
    ),
    false,
  ],
  [
    'tolerate-all',
    'what every node needs',
    pod('priorityClassName: system-node-critical, tolerations: [{operator: Exists}]'),
    false,
  ],
  ['tolerate-all', 'every NoExecute', pod('tolerations: [{operator: Exists, effect: NoExecute}]'), true],
  [
    'redundant-toleration',
    'a wider one beside it',
    pod('tolerations: [{key: a, operator: Exists}, {key: a, operator: Equal, value: b, effect: NoSchedule}]'),
    true,
  ],
  [
    'redundant-toleration',
    'two of different effects',
    pod(
      'tolerations: [{key: a, operator: Exists, effect: NoSchedule}, {key: a, operator: Exists, effect: NoExecute}]',
    ),
    false,
  ],
  [
    'redundant-toleration',
    'wider than what the controller adds',
    pod('tolerations: [{key: node.kubernetes.io/not-ready, operator: Exists}]'),
    false,
  ],
  [
    'redundant-toleration',
    'network-unavailable without hostNetwork',
    pod('tolerations: [{key: node.kubernetes.io/network-unavailable, operator: Exists, effect: NoSchedule}]'),
    false,
  ],
  [
    'redundant-toleration',
    'network-unavailable with hostNetwork',
    pod(
      'hostNetwork: true, tolerations: [{key: node.kubernetes.io/network-unavailable, operator: Exists, effect: NoSchedule}]',
    ),
    true,
  ],
  [
    'redundant-toleration',
    'a limit in time says something',
    pod(
      'tolerations: [{operator: Exists}, {key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 60}]',
    ),
    false,
  ],
  [
    'redundant-toleration',
    'a limit that the controller overwrites',
    pod(
      'tolerations: [{key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 60}]',
    ),
    true,
  ],
  [
    'legacy-role',
    'all is tolerated',
    pod('tolerations: [{key: node-role.kubernetes.io/master}, {operator: Exists}]'),
    false,
  ],
  [
    'legacy-role',
    'the label in an alternative',
    required(
      `${term(asks('node-role.kubernetes.io/master', 'Exists'))}, ${term(asks('node-role.kubernetes.io/control-plane', 'Exists'))}`,
    ),
    false,
  ],
  ['legacy-role', 'the label alone', required(term(asks('node-role.kubernetes.io/master', 'Exists'))), true],
  [
    'no-requests',
    'a LimitRange beside it',
    `${pod('containers: [{resources: null}]')}\n---\nkind: LimitRange\nmetadata: {namespace: agents}`,
    false,
  ],
  [
    'no-requests',
    'for the pod as a whole',
    pod('resources: {requests: {cpu: 1}}, containers: [{resources: null}]'),
    false,
  ],
  [
    'no-requests',
    'only a pause container',
    pod('containers: [{image: "gke.gcr.io/pause:3.8@sha256:x", resources: null}]'),
    false,
  ],
  [
    'no-priority',
    'a default class beside it',
    `${pod('priorityClassName: null')}\n---\nkind: PriorityClass\nglobalDefault: true`,
    false,
  ],
  [
    'system-priority',
    'a ResourceQuota beside it',
    `${pod('priorityClassName: system-node-critical')}\n---\nkind: ResourceQuota\nmetadata: {namespace: agents}`,
    false,
  ],
  ['dns-policy', 'a policy that is meant', pod('hostNetwork: true, dnsPolicy: Default'), false],
  [
    'dns-policy',
    'a privileged pod that asks nobody',
    pod('hostNetwork: true, containers: [{securityContext: {privileged: true}}]'),
    false,
  ],
  ['dns-policy', 'no word of Services', pod('hostNetwork: true'), true],
  ['latest-tag', 'no tag', pod('containers: [{image: "registry:5000/agent"}]'), true],
  ['latest-tag', 'a digest', pod(`containers: [{image: "agent@sha256:${'a'.repeat(64)}"}]`), false],
  [
    'secret-literal',
    'a path to the key',
    pod('containers: [{env: [{name: TLS_PRIVATE_KEY, value: /certs/key.pem}]}]'),
    false,
  ],
  ['secret-literal', 'another variable', pod('containers: [{env: [{name: TOKEN, value: $(OTHER)}]}]'), false],
  [
    'secret-literal',
    'a word that ends alike',
    pod('containers: [{env: [{name: MONKEY, value: bananas}]}]'),
    false,
  ],
  [
    'pdb-on-daemonset',
    'of another namespace',
    '{}\n---\nkind: PodDisruptionBudget\nmetadata: {namespace: x}\nspec: {selector: {matchLabels: {app: agent}}}',
    false,
  ],
  [
    'writable-host-path',
    'a privileged container',
    pod(
      'volumes: [{name: r, hostPath: {path: /}}], containers: [{securityContext: {privileged: true}, volumeMounts: [{name: r, mountPath: /h}]}]',
    ),
    false,
  ],
  [
    'writable-host-path',
    'a place of its own',
    pod(
      'volumes: [{name: r, hostPath: {path: /var/lib/agent}}], containers: [{volumeMounts: [{name: r, mountPath: /h}]}]',
    ),
    false,
  ],
  [
    'writable-host-path',
    'with a slash at the end',
    pod(
      'volumes: [{name: r, hostPath: {path: /sys/}}], containers: [{volumeMounts: [{name: r, mountPath: /h}]}]',
    ),
    true,
  ],
  [
    'subpath-config',
    'of an emptyDir',
    pod(
      'volumes: [{name: r, emptyDir: {}}], containers: [{volumeMounts: [{name: r, mountPath: /h, subPath: x}]}]',
    ),
    false,
  ],
  [
    'hostport-conflict',
    'of other nodes',
    `${pod('nodeSelector: {os: linux}, containers: [{ports: [{containerPort: 1, hostPort: 1}]}]')}\n---\nkind: DaemonSet\nmetadata: {name: other}\nspec: {template: {spec: {nodeSelector: {os: windows}, containers: [{ports: [{containerPort: 1, hostPort: 1}]}]}}}`,
    false,
  ],
  [
    'hostport-conflict',
    'of other nodes that meet on one',
    `${pod('containers: [{ports: [{containerPort: 1, hostPort: 1}]}]')}\n---\nkind: DaemonSet\nmetadata: {name: other}\nspec: {template: {spec: {nodeSelector: {os: windows}, containers: [{ports: [{containerPort: 1, hostPort: 1}]}]}}}${node('os: windows')}`,
    true,
  ],
  [
    'tolerate-all',
    'what is only preferred',
    pod('tolerations: [{operator: Exists, effect: PreferNoSchedule}]'),
    false,
  ],
  [
    'overhead-node',
    'little of a node that others fill',
    `${pod('containers: [{resources: {requests: {cpu: 10m}}}]')}\n---\nkind: DaemonSet\nmetadata: {name: other}\nspec: {template: {spec: {containers: [{resources: {requests: {cpu: 900m}}}]}}}${node('', 'status: {allocatable: {cpu: 1}}')}`,
    false,
  ],
  [
    'overhead-node',
    'a part of a node that others fill',
    `${pod('containers: [{resources: {requests: {cpu: 200m}}}]')}\n---\nkind: DaemonSet\nmetadata: {name: other}\nspec: {template: {spec: {containers: [{resources: {requests: {cpu: 400m}}}]}}}${node('', 'status: {allocatable: {cpu: 1}}')}`,
    true,
  ],
  [
    'writable-host-path',
    'one that may do all on the node',
    pod(
      'volumes: [{name: r, hostPath: {path: /}}], containers: [{securityContext: {capabilities: {add: [SYS_ADMIN]}}, volumeMounts: [{name: r, mountPath: /h}]}]',
    ),
    false,
  ],
  [
    'writable-host-path',
    'one that passes mounts on',
    pod(
      'volumes: [{name: r, hostPath: {path: /}}], containers: [{volumeMounts: [{name: r, mountPath: /h, mountPropagation: Bidirectional}]}]',
    ),
    false,
  ],
  [
    'hostport-conflict',
    'on a node that is not its own',
    `${pod('nodeSelector: {os: linux}, containers: [{ports: [{containerPort: 1, hostPort: 1}]}]')}\n---\nkind: DaemonSet\nmetadata: {name: other}\nspec: {template: {spec: {nodeSelector: {os: windows}, containers: [{ports: [{containerPort: 1, hostPort: 1}]}]}}}${node('os: windows')}${node('os: linux').replace('name: n', 'name: m')}`,
    false,
  ],
  ['virtual-nodes', 'a virtual kubelet', `{}${node('type: virtual-kubelet')}`, true],
  [
    'taint-gap',
    'a selector is in the way, too',
    `${pod('nodeSelector: {a: b}')}${node('', 'spec: {taints: [{key: x, effect: NoSchedule}]}')}`,
    false,
  ],
  [
    'taint-gap',
    'a taint that passes',
    `{}${node('', 'spec: {taints: [{key: node.kubernetes.io/not-ready, effect: NoSchedule}]}')}`,
    false,
  ],
  [
    'unused-toleration',
    'one that comes and goes',
    `${pod('tolerations: [{key: node.kubernetes.io/out-of-service, operator: Exists}]')}${node('')}`,
    false,
  ],
  ['budget-one-large', 'fifty nodes', `# 50 times\n{}${node('')}`, false],
  [
    'budget-deadlock',
    'surge goes around it',
    `spec: {updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}}${node('', 'status: {conditions: [{type: Ready, status: Unknown}]}')}`,
    false,
  ],
  [
    'budget-too-large',
    'half of them, nodes unknown',
    'spec: {updateStrategy: {rollingUpdate: {maxUnavailable: 50%}}}',
    true,
  ],
  [
    'budget-too-large',
    'a third of nine',
    `# 9 times\nspec: {updateStrategy: {rollingUpdate: {maxUnavailable: 40%}}}${node('')}`,
    false,
  ],
  [
    'budget-too-large',
    'a hundred and one of a thousand',
    `# 1000 times\nspec: {updateStrategy: {rollingUpdate: {maxUnavailable: 101}}}${node('')}`,
    true,
  ],
  ['priority-class-missing', 'nobody could ask for classes', `{}${node('')}`, false],
  ['mixed-os', 'of one system', `{}${node('kubernetes.io/os: linux')}`, false],
])('%s: %s', (id, _, text, expected) => {
  it(expected ? 'is found' : 'is not found', async () => {
    const shown = await situation(text)
    // What is mistyped is not judged at all, and nothing would be found in it.
    expect(admitDaemonSet(shown.daemonSet).typeErrors).toEqual([])
    expect(lintSituation(shown).some(({ check }) => check.id === id)).toBe(expected)
  })
})

describe('what the API server says', () => {
  it('is left to a check that has words of its own for the place', async () => {
    expect(await ids('spec: {template: {spec: {restartPolicy: Never}}}')).toEqual(['restart-policy'])
  })

  it('is all there is of a document of wrong types', async () => {
    expect(await ids('spec: {template: {spec: {containers: x, tolerations: 1, volumes: {}}}}')).toEqual([
      'refused',
      'refused',
      'refused',
    ])
  })
})

it('a check can be left out, and be of another severity', async () => {
  const shown = await situation('spec: {revisionHistoryLimit: 0, template: {spec: {restartPolicy: Never}}}')
  const rules = {
    disabled: new Set(['restart-policy']),
    severity: new Map([['history-limit', 'info' as const]]),
  }
  // Without words of its own the server's stand.
  expect(lintSituation(shown, rules).map(({ check, severity }) => [check.id, severity])).toEqual([
    ['refused', 'error'],
    ['history-limit', 'info'],
  ])
})

it('of two tolerations that say the same the later is too much', async () => {
  const twice = pod('tolerations: [{key: a, operator: Exists}, {key: a, operator: Exists}]')
  expect(lintSituation(await situation(twice)).map(({ path }) => path.at(-1))).toEqual([1])
})

it('a contradiction in one of several alternatives is a warning', async () => {
  const never = term(asks('a', 'Exists'), asks('a', 'DoesNotExist'))
  const found = lintSituation(await situation(required(`${never}, ${term(asks('a', 'In', 'x'))}`)))
  expect(found.map(({ check, severity }) => [check.id, severity])).toEqual([['contradiction', 'warning']])
})
