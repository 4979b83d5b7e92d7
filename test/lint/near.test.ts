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

type Situations = Readonly<Record<string, string>>

/** Situations beside the documented ones, by check: in which it finds something, and in which it does not. */
const near: Readonly<Record<string, { readonly found?: Situations; readonly not?: Situations }>> = {
  'surge-hostport': {
    found: {
      'a sidecar holds the port':
        'spec: {updateStrategy: {rollingUpdate: {maxSurge: 10%, maxUnavailable: 0}}, template: {spec: {initContainers: [{restartPolicy: Always, ports: [{containerPort: 1, hostPort: 1}]}]}}}',
      'container ports are those of the node':
        'spec: {updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}, template: {spec: {hostNetwork: true, containers: [{ports: [{containerPort: 1}]}]}}}',
    },
    not: {
      'a port of the pod alone':
        'spec: {updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}, template: {spec: {containers: [{ports: [{containerPort: 1}]}]}}}',
      'OnDelete never surges':
        'spec: {updateStrategy: {type: OnDelete, rollingUpdate: {maxSurge: 1}}, template: {spec: {containers: [{ports: [{hostPort: 1, containerPort: 1}]}]}}}',
    },
  },
  'surge-and-unavailable': {
    not: { 'surge of nothing': 'spec: {updateStrategy: {rollingUpdate: {maxSurge: 0%}}}' },
  },
  'min-ready-zero': {
    not: {
      'one of two containers has a probe': pod('containers: [{}, {name: b, image: "b:v1"}]'),
      'only a pause container': pod(
        'containers: [{image: "registry.k8s.io/pause:3.9", readinessProbe: null}]',
      ),
      OnDelete:
        'spec: {updateStrategy: {type: OnDelete}, template: {spec: {containers: [{readinessProbe: null}]}}}',
    },
  },
  'slow-termination': { not: { 'ten minutes': pod('terminationGracePeriodSeconds: 600') } },
  contradiction: {
    found: {
      'more than 5 and less than 6': required(term(asks('cores', 'Gt', '"5"'), asks('cores', 'Lt', '"6"'))),
      'there and not there': required(term(asks('gpu', 'Exists'), asks('gpu', 'DoesNotExist'))),
    },
    not: {
      'more than 5, not 6 and less than 8': required(
        term(asks('cores', 'Gt', '"5"'), asks('cores', 'NotIn', '"6"'), asks('cores', 'Lt', '"8"')),
      ),
      'more than 5 and not 6': required(term(asks('cores', 'Gt', '"5"'), asks('cores', 'NotIn', '"6"'))),
      'not there and not of a value': required(term(asks('gpu', 'DoesNotExist'), asks('gpu', 'NotIn', 'a'))),
      'alternatives may differ': required(`${term(asks('a', 'In', 'x'))}, ${term(asks('a', 'In', 'z'))}`),
      'an operator that there is not': required(term(asks('a', 'Near', 'x'), asks('a', 'In', 'z'))),
    },
  },
  'affinity-term-or': {
    not: {
      'pools as alternatives': required(`${term(asks('pool', 'In', 'x'))}, ${term(asks('team', 'In', 'z'))}`),
      'two names of one dimension': required(
        `${term(asks('kubernetes.io/os', 'In', 'linux'))}, ${term(asks('beta.kubernetes.io/os', 'In', 'linux'))}`,
      ),
    },
  },
  'label-volatile': {
    not: { 'keeps off a node by name': required(term(asks('kubernetes.io/hostname', 'NotIn', 'a'))) },
  },
  'inert-fields': {
    found: {
      'a soft spread': pod(
        'topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {}}]',
      ),
      'a strict spread': pod(
        'topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {}}]',
      ),
    },
    not: {
      'an empty list of preferences': pod(
        'affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: []}}',
      ),
    },
  },
  'pod-affinity': {
    found: {
      'apart from itself on a node, with surge':
        'spec: {updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}, template: {spec: {affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: agent}}}]}}}}}',
    },
    not: {
      'apart from itself on a node': pod(
        'affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: agent}}}]}}',
      ),
    },
  },
  'tolerate-all': {
    found: { 'every NoExecute': pod('tolerations: [{operator: Exists, effect: NoExecute}]') },
    not: {
      'what every node needs': pod(
        'priorityClassName: system-node-critical, tolerations: [{operator: Exists}]',
      ),
      'what is only preferred': pod('tolerations: [{operator: Exists, effect: PreferNoSchedule}]'),
    },
  },
  'redundant-toleration': {
    found: {
      'a wider one beside it': pod(
        'tolerations: [{key: a, operator: Exists}, {key: a, operator: Equal, value: b, effect: NoSchedule}]',
      ),
      'network-unavailable with hostNetwork': pod(
        'hostNetwork: true, tolerations: [{key: node.kubernetes.io/network-unavailable, operator: Exists, effect: NoSchedule}]',
      ),
      'a limit that the controller overwrites': pod(
        'tolerations: [{key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 60}]',
      ),
    },
    not: {
      'two of different effects': pod(
        'tolerations: [{key: a, operator: Exists, effect: NoSchedule}, {key: a, operator: Exists, effect: NoExecute}]',
      ),
      'wider than what the controller adds': pod(
        'tolerations: [{key: node.kubernetes.io/not-ready, operator: Exists}]',
      ),
      'network-unavailable without hostNetwork': pod(
        'tolerations: [{key: node.kubernetes.io/network-unavailable, operator: Exists, effect: NoSchedule}]',
      ),
      'a limit in time says something': pod(
        'tolerations: [{operator: Exists}, {key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 60}]',
      ),
    },
  },
  'legacy-role': {
    found: { 'the label alone': required(term(asks('node-role.kubernetes.io/master', 'Exists'))) },
    not: {
      'all is tolerated': pod('tolerations: [{key: node-role.kubernetes.io/master}, {operator: Exists}]'),
      'the label in an alternative': required(
        `${term(asks('node-role.kubernetes.io/master', 'Exists'))}, ${term(asks('node-role.kubernetes.io/control-plane', 'Exists'))}`,
      ),
    },
  },
  'no-requests': {
    not: {
      'a LimitRange beside it': `${pod('containers: [{resources: null}]')}\n---\nkind: LimitRange\nmetadata: {namespace: agents}`,
      'for the pod as a whole': pod('resources: {requests: {cpu: 1}}, containers: [{resources: null}]'),
      'only a pause container': pod(
        'containers: [{image: "gke.gcr.io/pause:3.8@sha256:x", resources: null}]',
      ),
    },
  },
  'no-priority': {
    not: {
      'a default class beside it': `${pod('priorityClassName: null')}\n---\nkind: PriorityClass\nglobalDefault: true`,
    },
  },
  'system-priority': {
    not: {
      'a ResourceQuota beside it': `${pod('priorityClassName: system-node-critical')}\n---\nkind: ResourceQuota\nmetadata: {namespace: agents}`,
    },
  },
  'dns-policy': {
    found: { 'no word of Services': pod('hostNetwork: true') },
    not: {
      'a policy that is meant': pod('hostNetwork: true, dnsPolicy: Default'),
      'a privileged pod that asks nobody': pod(
        'hostNetwork: true, containers: [{securityContext: {privileged: true}}]',
      ),
    },
  },
  'latest-tag': {
    found: { 'no tag': pod('containers: [{image: "registry:5000/agent"}]') },
    not: { 'a digest': pod(`containers: [{image: "agent@sha256:${'a'.repeat(64)}"}]`) },
  },
  'secret-literal': {
    not: {
      'a path to the key': pod('containers: [{env: [{name: TLS_PRIVATE_KEY, value: /certs/key.pem}]}]'),
      'another variable': pod('containers: [{env: [{name: TOKEN, value: $(OTHER)}]}]'),
      'a word that ends alike': pod('containers: [{env: [{name: MONKEY, value: bananas}]}]'),
    },
  },
  'pdb-on-daemonset': {
    not: {
      'of another namespace':
        '{}\n---\nkind: PodDisruptionBudget\nmetadata: {namespace: x}\nspec: {selector: {matchLabels: {app: agent}}}',
    },
  },
  'writable-host-path': {
    found: {
      'with a slash at the end': pod(
        'volumes: [{name: r, hostPath: {path: /sys/}}], containers: [{volumeMounts: [{name: r, mountPath: /h}]}]',
      ),
    },
    not: {
      'a privileged container': pod(
        'volumes: [{name: r, hostPath: {path: /}}], containers: [{securityContext: {privileged: true}, volumeMounts: [{name: r, mountPath: /h}]}]',
      ),
      'a place of its own': pod(
        'volumes: [{name: r, hostPath: {path: /var/lib/agent}}], containers: [{volumeMounts: [{name: r, mountPath: /h}]}]',
      ),
      'one that may do all on the node': pod(
        'volumes: [{name: r, hostPath: {path: /}}], containers: [{securityContext: {capabilities: {add: [SYS_ADMIN]}}, volumeMounts: [{name: r, mountPath: /h}]}]',
      ),
      'one that passes mounts on': pod(
        'volumes: [{name: r, hostPath: {path: /}}], containers: [{volumeMounts: [{name: r, mountPath: /h, mountPropagation: Bidirectional}]}]',
      ),
    },
  },
  'subpath-config': {
    not: {
      'of an emptyDir': pod(
        'volumes: [{name: r, emptyDir: {}}], containers: [{volumeMounts: [{name: r, mountPath: /h, subPath: x}]}]',
      ),
    },
  },
  'hostport-conflict': {
    found: {
      'of other nodes that meet on one': `${pod('containers: [{ports: [{containerPort: 1, hostPort: 1}]}]')}\n---\nkind: DaemonSet\nmetadata: {name: other}\nspec: {template: {spec: {nodeSelector: {os: windows}, containers: [{ports: [{containerPort: 1, hostPort: 1}]}]}}}${node('os: windows')}`,
    },
    not: {
      'of other nodes': `${pod('nodeSelector: {os: linux}, containers: [{ports: [{containerPort: 1, hostPort: 1}]}]')}\n---\nkind: DaemonSet\nmetadata: {name: other}\nspec: {template: {spec: {nodeSelector: {os: windows}, containers: [{ports: [{containerPort: 1, hostPort: 1}]}]}}}`,
      'on a node that is not its own': `${pod('nodeSelector: {os: linux}, containers: [{ports: [{containerPort: 1, hostPort: 1}]}]')}\n---\nkind: DaemonSet\nmetadata: {name: other}\nspec: {template: {spec: {nodeSelector: {os: windows}, containers: [{ports: [{containerPort: 1, hostPort: 1}]}]}}}${node('os: windows')}${node('os: linux').replace('name: n', 'name: m')}`,
    },
  },
  'overhead-node': {
    found: {
      'a part of a node that others fill': `${pod('containers: [{resources: {requests: {cpu: 200m}}}]')}\n---\nkind: DaemonSet\nmetadata: {name: other}\nspec: {template: {spec: {containers: [{resources: {requests: {cpu: 400m}}}]}}}${node('', 'status: {allocatable: {cpu: 1}}')}`,
    },
    not: {
      'little of a node that others fill': `${pod('containers: [{resources: {requests: {cpu: 10m}}}]')}\n---\nkind: DaemonSet\nmetadata: {name: other}\nspec: {template: {spec: {containers: [{resources: {requests: {cpu: 900m}}}]}}}${node('', 'status: {allocatable: {cpu: 1}}')}`,
    },
  },
  'virtual-nodes': { found: { 'a virtual kubelet': `{}${node('type: virtual-kubelet')}` } },
  'taint-gap': {
    not: {
      'a selector is in the way, too': `${pod('nodeSelector: {a: b}')}${node('', 'spec: {taints: [{key: x, effect: NoSchedule}]}')}`,
      'a taint that passes': `{}${node('', 'spec: {taints: [{key: node.kubernetes.io/not-ready, effect: NoSchedule}]}')}`,
    },
  },
  'unused-toleration': {
    not: {
      'one that comes and goes': `${pod('tolerations: [{key: node.kubernetes.io/out-of-service, operator: Exists}]')}${node('')}`,
    },
  },
  'budget-one-large': { not: { 'fifty nodes': `# 50 times\n{}${node('')}` } },
  'budget-deadlock': {
    not: {
      'surge goes around it': `spec: {updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}}${node('', 'status: {conditions: [{type: Ready, status: Unknown}]}')}`,
    },
  },
  'budget-too-large': {
    found: {
      'half of them, nodes unknown': 'spec: {updateStrategy: {rollingUpdate: {maxUnavailable: 50%}}}',
      'a hundred and one of a thousand': `# 1000 times\nspec: {updateStrategy: {rollingUpdate: {maxUnavailable: 101}}}${node('')}`,
    },
    not: {
      'a third of nine': `# 9 times\nspec: {updateStrategy: {rollingUpdate: {maxUnavailable: 40%}}}${node('')}`,
    },
  },
  'priority-class-missing': { not: { 'nobody could ask for classes': `{}${node('')}` } },
  'mixed-os': { not: { 'of one system': `{}${node('kubernetes.io/os: linux')}` } },
}

const cases = Object.entries(near).flatMap(([id, { found = {}, not = {} }]) => [
  ...Object.entries(found).map(([name, text]) => [id, name, text, true] as const),
  ...Object.entries(not).map(([name, text]) => [id, name, text, false] as const),
])

describe.each(cases)('%s: %s', (id, _, text, expected) => {
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
