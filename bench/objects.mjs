/** Objects of made clusters, the same in each run. */

const zones = ['eu-central-1a', 'eu-central-1b', 'eu-central-1c']
const pools = ['general', 'spot', 'gpu', 'ingest', 'arm']
const hex = (seed, length) => {
  let state = (seed * 2654435761 + 12345) >>> 0
  let out = ''
  while (out.length < length) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    out += state.toString(16).padStart(8, '0')
  }
  return out.slice(0, length)
}

const repositories = [
  '602401143452.dkr.ecr.eu-central-1.amazonaws.com/amazon-k8s-cni',
  'registry.k8s.io/kube-proxy',
  'quay.io/prometheus/node-exporter',
  'docker.io/grafana/promtail',
  'docker.io/fluent/fluent-bit',
  'quay.io/cilium/cilium',
  'registry.k8s.io/pause',
  'ghcr.io/acme/platform/checkout-service',
  'ghcr.io/acme/platform/inventory-service',
  'docker.io/library/nginx',
]

function images(i) {
  return Array.from({ length: 20 }, (_, n) => {
    const repository = repositories[n % repositories.length]
    return {
      names: [`${repository}@sha256:${hex(n, 64)}`, `${repository}:v1.${n}.${i % 3}`],
      sizeBytes: 412345678 - n * 9876543,
    }
  })
}

function fields(names) {
  const root = {}
  for (const name of names) {
    let at = root
    for (const part of name.split('/')) at = at[`f:${part}`] ??= {}
  }
  return root
}

function managedFields() {
  const conditions = Object.fromEntries(
    ['DiskPressure', 'MemoryPressure', 'PIDPressure', 'Ready'].map((type) => [
      `k:{"type":"${type}"}`,
      {
        'f:lastHeartbeatTime': {},
        'f:lastTransitionTime': {},
        'f:message': {},
        'f:reason': {},
        'f:status': {},
      },
    ]),
  )
  return [
    {
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1: fields([
        'metadata/labels/.',
        'metadata/labels/kubernetes.io.arch',
        'metadata/annotations/.',
        'spec/providerID',
      ]),
      manager: 'kubelet',
      operation: 'Update',
      time: '2026-10-01T08:15:42Z',
    },
    {
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:status': {
          'f:allocatable': fields(['cpu', 'memory', 'pods', 'ephemeral-storage']),
          'f:capacity': fields(['cpu', 'memory', 'pods', 'ephemeral-storage']),
          'f:conditions': conditions,
          'f:images': {},
          'f:nodeInfo': fields([
            'architecture',
            'bootID',
            'kernelVersion',
            'kubeletVersion',
            'machineID',
            'osImage',
          ]),
        },
      },
      manager: 'kubelet',
      operation: 'Update',
      subresource: 'status',
      time: '2026-11-20T11:02:17Z',
    },
  ]
}

const condition = (type, status, reason, message) => ({
  lastHeartbeatTime: '2026-11-20T11:02:17Z',
  lastTransitionTime: '2026-10-01T08:15:52Z',
  message,
  reason,
  status,
  type,
})

/** The node of this number, as large as nodes of a cloud are; `lean` without images and managed fields. */
export function node(i, lean = false) {
  const name = `ip-10-${i >> 12}-${(i >> 6) & 63}-${i & 63}.eu-central-1.compute.internal`
  const pool = pools[i % pools.length]
  const arch = pool === 'arm' ? 'arm64' : 'amd64'
  const zone = zones[i % zones.length]
  const taints =
    pool === 'gpu' ? [{ effect: 'NoSchedule', key: 'nvidia.com/gpu', value: 'present' }] : undefined
  const cordoned = i % 97 === 5
  if (cordoned) taints?.push({ effect: 'NoSchedule', key: 'node.kubernetes.io/unschedulable' })
  const spec = { podCIDR: `10.${i >> 8}.${i & 255}.0/24`, providerID: `aws:///${zone}/i-${hex(i, 17)}` }
  if (taints) spec.taints = taints
  if (cordoned) spec.unschedulable = true
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      annotations: {
        'alpha.kubernetes.io/provided-node-ip': `10.${i >> 12}.${(i >> 6) & 63}.${i & 63}`,
        'csi.volume.kubernetes.io/nodeid': `{"ebs.csi.aws.com":"i-${hex(i, 17)}"}`,
        'node.alpha.kubernetes.io/ttl': '15',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
      creationTimestamp: '2026-10-01T08:15:42Z',
      labels: {
        'beta.kubernetes.io/arch': arch,
        'kubernetes.io/arch': arch,
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'node.kubernetes.io/instance-type': pool === 'gpu' ? 'g5.2xlarge' : 'm6i.2xlarge',
        pool,
        'topology.kubernetes.io/region': 'eu-central-1',
        'topology.kubernetes.io/zone': zone,
      },
      ...(!lean && { managedFields: managedFields() }),
      name,
      resourceVersion: String(900000000 + i),
      uid: `${hex(i, 8)}-${hex(i + 1, 4)}-4${hex(i + 2, 3)}-a${hex(i + 3, 3)}-${hex(i + 4, 12)}`,
    },
    spec,
    status: {
      addresses: [
        { address: `10.${i >> 12}.${(i >> 6) & 63}.${i & 63}`, type: 'InternalIP' },
        { address: name, type: 'Hostname' },
      ],
      allocatable: { cpu: '7910m', 'ephemeral-storage': '95551679124', memory: '31482308Ki', pods: '58' },
      capacity: { cpu: '8', 'ephemeral-storage': '104845292Ki', memory: '32499140Ki', pods: '58' },
      conditions: [
        condition(
          'MemoryPressure',
          'False',
          'KubeletHasSufficientMemory',
          'kubelet has sufficient memory available',
        ),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      ...(!lean && { images: images(i) }),
      nodeInfo: {
        architecture: arch,
        bootID: hex(i, 32),
        containerRuntimeVersion: 'containerd://2.1.4',
        kernelVersion: '6.12.40-63.114.amzn2023.x86_64',
        kubeProxyVersion: '',
        kubeletVersion: 'v1.36.2-eks-3c60543',
        machineID: hex(i + 7, 32),
        operatingSystem: 'linux',
        osImage: 'Amazon Linux 2023.8.20250818',
        systemUUID: hex(i + 9, 32),
      },
    },
  }
}

const host = 'node.kubernetes.io/instance-type'
/** Five kinds of rules, as agents have them: by turns for every node, for those without taints, for a pool, for zones, for no ARM. */
const kinds = [
  { tolerations: [{ operator: 'Exists' }] },
  { nodeSelector: { 'kubernetes.io/os': 'linux' } },
  (i) => ({
    nodeSelector: { pool: pools[i % pools.length] },
    tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }],
  }),
  { affinity: asking({ key: 'topology.kubernetes.io/zone', operator: 'In', values: zones.slice(0, 2) }) },
  {
    affinity: asking(
      { key: 'kubernetes.io/arch', operator: 'NotIn', values: ['arm64'] },
      { key: host, operator: 'Exists' },
    ),
  },
]

function asking(...matchExpressions) {
  const required = { nodeSelectorTerms: [{ matchExpressions }] }
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } }
}

const nameOf = (i) => `agent-${String(i).padStart(3, '0')}`
const hashOf = (i) => hex(i + 77, 10)

function templateOf(i) {
  const name = nameOf(i)
  const kind = kinds[i % kinds.length]
  return {
    metadata: { creationTimestamp: null, labels: { app: name } },
    spec: {
      ...(typeof kind === 'function' ? kind(i) : kind),
      containers: [
        {
          env: [{ name: 'NODE', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } }],
          image: `registry.example.com/${name}:2`,
          imagePullPolicy: 'IfNotPresent',
          name: 'agent',
          ports: [{ containerPort: 9100, name: 'metrics', protocol: 'TCP' }],
          resources: { requests: { cpu: '20m', memory: '64Mi' } },
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
      ],
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
    },
  }
}

/** The DaemonSet of this number, as the server stores it, and its one revision. */
export function daemonSet(i) {
  const name = nameOf(i)
  const template = templateOf(i)
  const metadata = { creationTimestamp: '2026-10-02T08:15:42Z', namespace: 'agents' }
  const owner = {
    apiVersion: 'apps/v1',
    blockOwnerDeletion: true,
    controller: true,
    kind: 'DaemonSet',
    name,
    uid: `ds-${i}`,
  }
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: {
        annotations: { 'deprecated.daemonset.template.generation': '1' },
        ...metadata,
        generation: 1,
        labels: { app: name },
        name,
        uid: `ds-${i}`,
      },
      spec: {
        revisionHistoryLimit: 10,
        selector: { matchLabels: { app: name } },
        template,
        updateStrategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 }, type: 'RollingUpdate' },
      },
      status: { observedGeneration: 1 },
    },
    {
      apiVersion: 'apps/v1',
      data: { spec: { template: { $patch: 'replace', ...template } } },
      kind: 'ControllerRevision',
      metadata: {
        ...metadata,
        labels: { app: name, 'controller-revision-hash': hashOf(i) },
        name: `${name}-${hashOf(i)}`,
        ownerReferences: [owner],
        uid: `revision-${i}`,
      },
      revision: 1,
    },
  ]
}

const stateTaints = [
  'not-ready',
  'unreachable',
  'disk-pressure',
  'memory-pressure',
  'pid-pressure',
  'unschedulable',
]

/** Do the rules of this kind want a pod on such a node? */
const wants = [
  () => true,
  ({ pool }) => pool !== 'gpu',
  ({ pool }, i) => pool === pools[i % pools.length],
  ({ pool, 'topology.kubernetes.io/zone': zone }) => pool !== 'gpu' && zone !== zones[2],
  ({ pool }) => pool !== 'gpu' && pool !== 'arm',
]

/** Its pod on the node of this number; undefined: its rules want none there. */
export function pod(i, on) {
  const { metadata, spec } = templateOf(i)
  const { labels, name } = node(on, true).metadata
  if (!wants[i % kinds.length](labels, i)) return undefined
  const at = '2026-10-02T08:16:12Z'
  const own = `${nameOf(i)}-${hex(on, 5)}`
  const [container] = spec.containers
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      creationTimestamp: '2026-10-02T08:15:52Z',
      generateName: `${nameOf(i)}-`,
      labels: { ...metadata.labels, 'controller-revision-hash': hashOf(i), 'pod-template-generation': '1' },
      name: own,
      namespace: 'agents',
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          blockOwnerDeletion: true,
          controller: true,
          kind: 'DaemonSet',
          name: nameOf(i),
          uid: `ds-${i}`,
        },
      ],
      resourceVersion: String(910000000 + on),
      uid: `${hex(on, 8)}-${hex(i, 12)}`,
    },
    spec: {
      ...spec,
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] }],
          },
        },
      },
      nodeName: name,
      preemptionPolicy: 'PreemptLowerPriority',
      priority: 0,
      serviceAccount: 'default',
      serviceAccountName: 'default',
      tolerations: [
        ...(spec.tolerations ?? []),
        ...stateTaints.map((state, place) => ({
          effect: place < 2 ? 'NoExecute' : 'NoSchedule',
          key: `node.kubernetes.io/${state}`,
          operator: 'Exists',
        })),
      ],
    },
    status: {
      conditions: [
        'PodReadyToStartContainers',
        'Initialized',
        'Ready',
        'ContainersReady',
        'PodScheduled',
      ].map((type) => ({
        lastProbeTime: null,
        lastTransitionTime: at,
        status: 'True',
        type,
      })),
      containerStatuses: [
        {
          containerID: `containerd://${hex(on + i, 64)}`,
          image: container.image,
          imageID: `registry.example.com/agent@sha256:${hex(i, 64)}`,
          lastState: {},
          name: container.name,
          ready: true,
          restartCount: 0,
          started: true,
          state: { running: { startedAt: at } },
        },
      ],
      hostIP: '10.0.0.1',
      phase: 'Running',
      podIP: `10.${on >> 8}.${on & 255}.${i}`,
      qosClass: 'Burstable',
      startTime: '2026-10-02T08:15:52Z',
    },
  }
}
