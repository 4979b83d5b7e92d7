/** What runs on the example cluster's nodes, as `kubectl get namespaces,priorityclasses,… -A -o yaml` prints it. */
import { suffix, time, uid } from './identifiers.mjs'
import { logAgent } from './log-agent-history.mjs'
import { nodeName, now } from './nodes.mjs'
import { runningPod } from './pods.mjs'

const day = 24 * 60 * 60_000
const clusterCreated = now - 120 * day

/** The namespace of the platform team is bound to amd64 nodes by the annotation of the PodNodeSelector plug-in. */
const namespaceAnnotations = {
  platform: { 'scheduler.alpha.kubernetes.io/node-selector': 'kubernetes.io/arch=amd64' },
}

const namespaceOf = (name) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    ...(namespaceAnnotations[name] ? { annotations: namespaceAnnotations[name] } : {}),
    creationTimestamp: time(clusterCreated),
    labels: { 'kubernetes.io/metadata.name': name },
    name,
    resourceVersion: '1204',
    uid: uid(`namespace ${name}`),
  },
  spec: { finalizers: ['kubernetes'] },
  status: { phase: 'Active' },
})

const priorities = {
  'ml-training': [2_000_000, 'Training runs that must not be interrupted.'],
  'platform-daemons': [1_000_000, 'Agents that every node should run.'],
  'system-cluster-critical': [
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ],
  'system-node-critical': [
    2_000_001_000,
    'Used for system critical pods that must not be moved from their current node.',
  ],
}

const priorityClassOf = ([name, [value, description]]) => ({
  apiVersion: 'scheduling.k8s.io/v1',
  description,
  kind: 'PriorityClass',
  metadata: {
    creationTimestamp: time(clusterCreated),
    generation: 1,
    name,
    resourceVersion: '1188',
    uid: uid(`priorityclass ${name}`),
  },
  preemptionPolicy: 'PreemptLowerPriority',
  value,
})

const resources = (cpu, memory, extra = {}) => ({
  limits: { memory, ...extra },
  requests: { cpu, memory, ...extra },
})

const gpuToleration = { effect: 'NoSchedule', key: 'nvidia.com/gpu', operator: 'Exists' }
const orders = { name: 'orders', image: 'registry.example.com/shop/orders-api:3.18.2' }

/**
 * The ordinary pods, by the node's pool and place in it. Three replicas fill the second general node but for 160m of CPU, a
 * training run with a high priority leaves 60m of the third GPU node, and one pod holds host port 9182 of a Windows node.
 */
const ordinary = [
  ...[1, 1, 1, 4, 10].map((index) => ({
    place: ['general', index],
    namespace: 'shop',
    app: 'orders-api',
    owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'orders-api-7d9c5f6b88' },
    spec: {
      containers: [{ ...orders, ports: [{ containerPort: 8080 }], resources: resources('2550m', '9Gi') }],
    },
  })),
  ...[6, 13].map((index) => ({
    place: ['general', index],
    namespace: 'kube-system',
    app: 'coredns',
    owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'coredns-58f9d4c7b6' },
    priorityClassName: 'system-cluster-critical',
    spec: {
      containers: [
        {
          name: 'coredns',
          image: 'registry.k8s.io/coredns/coredns:v1.14.2',
          args: ['-conf', '/etc/coredns/Corefile'],
          ports: [
            { containerPort: 53, name: 'dns', protocol: 'UDP' },
            { containerPort: 53, name: 'dns-tcp' },
          ],
          resources: resources('100m', '170Mi'),
        },
      ],
    },
  })),
  {
    place: ['gpu', 2],
    namespace: 'ml',
    app: 'finetune',
    owner: { apiVersion: 'batch/v1', kind: 'Job', name: 'finetune-2026-09-13' },
    priorityClassName: 'ml-training',
    spec: {
      containers: [
        {
          name: 'trainer',
          image: 'registry.example.com/ml/trainer:2026.9',
          resources: resources('7850m', '28Gi', { 'nvidia.com/gpu': '1' }),
        },
      ],
      restartPolicy: 'Never',
      tolerations: [gpuToleration],
    },
  },
  {
    place: ['windows', 1],
    namespace: 'shop',
    app: 'legacy-metrics',
    owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'legacy-metrics-6b7f8d9c54' },
    spec: {
      containers: [
        {
          name: 'metrics',
          image: 'registry.example.com/shop/legacy-metrics:1.2.0-ltsc2022',
          ports: [{ containerPort: 9182, hostPort: 9182 }],
          resources: resources('100m', '256Mi'),
        },
      ],
      nodeSelector: { 'kubernetes.io/os': 'windows' },
      tolerations: [{ effect: 'NoSchedule', key: 'os', value: 'windows', operator: 'Equal' }],
    },
  },
]

function ordinaryPod(pod, index, nodes) {
  const [pool, place] = pod.place
  const node = nodes.find(({ metadata }) => metadata.name === nodeName(pool, place))
  const name = `${pod.owner.name}-${suffix(`${pod.owner.name} ${index}`)}`
  const { priorityClassName } = pod
  return runningPod({
    ...pod,
    name,
    generateName: `${pod.owner.name}-`,
    node,
    labels: { 'app.kubernetes.io/name': pod.app },
    priority: priorityClassName ? priorities[priorityClassName][0] : 0,
    spec: priorityClassName ? { ...pod.spec, priorityClassName } : pod.spec,
    started: now - (2 + index) * day,
  })
}

const byName = (a, b) => {
  const key = ({ metadata }) => `${metadata.namespace}/${metadata.name}`
  return key(a) < key(b) ? -1 : 1
}

const namespaces = ['default', 'kube-system', 'logging', 'ml', 'monitoring', 'platform', 'shop']

/** Namespaces, PriorityClasses, pods, DaemonSets and ControllerRevisions, in the order in which they are asked for. */
export function makeRunning(logAgentManifest, nodes) {
  const { daemonSet, pods, revisions } = logAgent(logAgentManifest, nodes, priorities['platform-daemons'][0])
  const others = ordinary.map((pod, index) => ordinaryPod(pod, index, nodes))
  return [
    ...namespaces.map(namespaceOf),
    ...Object.entries(priorities).map(priorityClassOf),
    ...[...pods, ...others].sort(byName),
    daemonSet,
    ...revisions.toSorted(byName),
  ]
}
