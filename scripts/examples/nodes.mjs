/** The 40 nodes of the example cluster: a self-managed v1.36 cluster on AWS, in three zones. */
import { hex, number, time, uid } from './identifiers.mjs'

/** The moment of the dump. Everything that happened in the cluster happened before it. */
export const now = Date.UTC(2026, 8, 14, 9, 30, 0)
const minute = 60_000
const day = 24 * 60 * minute

const memoryOf = (gib) => ({
  capacity: `${gib * 1024 * 1024 - 524_288}Ki`,
  allocatable: `${gib * 1024 * 1024 - 1_572_864}Ki`,
})

const linux = { os: 'linux', osImage: 'Ubuntu 24.04.3 LTS', kernel: '6.14.0-1012-aws' }
const windows = { os: 'windows', osImage: 'Windows Server 2022 Datacenter', kernel: '10.0.20348.4171' }
const general = { type: 'm6i.2xlarge', cpu: 8, gib: 32 }
const nvme = { 'node.example.com/disktype': 'nvme' }
const karpenter = (nodepool) => ({ 'karpenter.sh/capacity-type': 'spot', 'karpenter.sh/nodepool': nodepool })

/** Each pool with the zones of its nodes, one letter a node. */
const pools = [
  {
    pool: 'control-plane',
    zones: 'abc',
    type: 'm6i.xlarge',
    cpu: 4,
    gib: 16,
    labels: {
      'node-role.kubernetes.io/control-plane': '',
      'node.kubernetes.io/exclude-from-external-load-balancers': '',
    },
    taints: [{ effect: 'NoSchedule', key: 'node-role.kubernetes.io/control-plane' }],
  },
  { pool: 'general', zones: 'aaaaaabbbbbccccc', ...general },
  { pool: 'spot', zones: 'abc', type: 'm6a.2xlarge', cpu: 8, gib: 32, labels: karpenter('spot') },
  {
    pool: 'spot-batch',
    zones: 'abc',
    type: 'c6a.4xlarge',
    cpu: 16,
    gib: 32,
    labels: karpenter('spot-batch'),
    taints: [{ effect: 'NoSchedule', key: 'node.example.com/spot', value: 'true' }],
  },
  {
    pool: 'gpu',
    zones: 'aabb',
    type: 'g5.2xlarge',
    cpu: 8,
    gib: 32,
    labels: {
      ...nvme,
      'nvidia.com/gpu.count': '1',
      'nvidia.com/gpu.memory': '23028',
      'nvidia.com/gpu.present': 'true',
      'nvidia.com/gpu.product': 'NVIDIA-A10G',
    },
    resources: { 'nvidia.com/gpu': '1' },
    taints: [{ effect: 'NoSchedule', key: 'nvidia.com/gpu', value: 'present' }],
  },
  {
    pool: 'windows',
    zones: 'abc',
    type: 'm6i.xlarge',
    cpu: 4,
    gib: 16,
    system: windows,
    labels: { 'node.kubernetes.io/windows-build': '10.0.20348' },
    taints: [{ effect: 'NoSchedule', key: 'os', value: 'windows' }],
  },
  { pool: 'arm64', zones: 'aabc', type: 'm7g.2xlarge', cpu: 8, gib: 32, arch: 'arm64' },
  {
    pool: 'ingest',
    zones: 'abc',
    type: 'i4i.2xlarge',
    cpu: 8,
    gib: 64,
    labels: nvme,
    taints: [{ effect: 'NoExecute', key: 'dedicated', value: 'ingest' }],
  },
]

const conditionTexts = {
  MemoryPressure: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  DiskPressure: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  PIDPressure: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
}

function healthyConditions(node) {
  const heartbeat = time(now - number(`heartbeat ${node.name}`, 240) * 1000)
  const created = time(node.created)
  const up = time(node.created + minute)
  return [
    {
      lastHeartbeatTime: up,
      lastTransitionTime: up,
      message: 'Cilium is running on this node',
      reason: 'CiliumIsUp',
      status: 'False',
      type: 'NetworkUnavailable',
    },
    ...Object.entries(conditionTexts).map(([type, [reason, message]]) => ({
      lastHeartbeatTime: heartbeat,
      lastTransitionTime: created,
      message,
      reason,
      status: 'False',
      type,
    })),
    {
      lastHeartbeatTime: heartbeat,
      lastTransitionTime: up,
      message: 'kubelet is posting ready status',
      reason: 'KubeletReady',
      status: 'True',
      type: 'Ready',
    },
  ]
}

function addressOf(pool, zone, index) {
  const subnet = { a: 0, b: 32, c: 64 }[zone] + number(`subnet ${pool} ${index}`, 8)
  return [10, 0, subnet, 4 + number(`host ${pool} ${index}`, 250)]
}

function labelsOf({ pool, zone, name, type, arch, system, labels }) {
  return {
    'beta.kubernetes.io/arch': arch,
    'beta.kubernetes.io/instance-type': type,
    'beta.kubernetes.io/os': system.os,
    'failure-domain.beta.kubernetes.io/region': 'eu-west-1',
    'failure-domain.beta.kubernetes.io/zone': `eu-west-1${zone}`,
    'kubernetes.io/arch': arch,
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': system.os,
    'node.example.com/pool': pool,
    'node.kubernetes.io/instance-type': type,
    'topology.kubernetes.io/region': 'eu-west-1',
    'topology.kubernetes.io/zone': `eu-west-1${zone}`,
    ...labels,
  }
}

function imagesOf(node) {
  const image = (repository, tag, sizeBytes) => ({
    names: [`${repository}@sha256:${hex(repository, 64)}`, `${repository}:${tag}`],
    sizeBytes,
  })
  return node.system.os === 'windows'
    ? [image('mcr.microsoft.com/oss/v2/kubernetes/pause', '3.10.1', 104_857_600)]
    : [image('quay.io/cilium/cilium', 'v1.18.2', 286_331_153)]
}

function nodeInfoOf(node) {
  const id = hex(`machine ${node.name}`, 32)
  return {
    architecture: node.arch,
    bootID: uid(`boot ${node.name}`),
    containerRuntimeVersion: 'containerd://2.1.5',
    kernelVersion: node.system.kernel,
    kubeProxyVersion: '',
    kubeletVersion: 'v1.36.2',
    machineID: id,
    operatingSystem: node.system.os,
    osImage: node.system.osImage,
    systemUUID: uid(`system ${node.name}`),
  }
}

function amounts(node, of) {
  const disk = { capacity: '101430960Ki', allocatable: '93478772532' }
  const hugePages = node.system.os === 'linux' ? { 'hugepages-1Gi': '0', 'hugepages-2Mi': '0' } : {}
  return {
    cpu: of === 'capacity' ? String(node.cpu) : `${node.cpu * 1000 - 90}m`,
    'ephemeral-storage': disk[of],
    ...hugePages,
    memory: memoryOf(node.gib)[of],
    pods: '110',
    ...node.resources,
  }
}

function nodeOf(node, index) {
  const zone = `eu-west-1${node.zone}`
  const podCIDR = `10.200.${index}.0/24`
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      annotations: {
        'node.alpha.kubernetes.io/ttl': '0',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
      creationTimestamp: time(node.created),
      labels: labelsOf(node),
      name: node.name,
      resourceVersion: String(48_210_000 + number(`version ${node.name}`, 9000)),
      uid: uid(`node ${node.name}`),
    },
    spec: {
      podCIDR,
      podCIDRs: [podCIDR],
      providerID: `aws:///${zone}/i-0${hex(`instance ${node.name}`, 16)}`,
      ...(node.taints ? { taints: node.taints } : {}),
    },
    status: {
      addresses: [
        { address: node.address.join('.'), type: 'InternalIP' },
        { address: node.name, type: 'InternalDNS' },
        { address: node.name, type: 'Hostname' },
      ],
      allocatable: amounts(node, 'allocatable'),
      capacity: amounts(node, 'capacity'),
      conditions: healthyConditions(node),
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      images: imagesOf(node),
      nodeInfo: nodeInfoOf(node),
    },
  }
}

/** A serverless provider that stands in the cluster as one node of great size. */
function virtualNode() {
  const node = {
    name: 'virtual-kubelet-fargate',
    created: now - 40 * day,
    arch: 'amd64',
    system: { os: 'linux', osImage: '', kernel: '' },
  }
  const size = { cpu: '1k', memory: '4Ti', pods: '5k' }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      creationTimestamp: time(node.created),
      labels: {
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': node.name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/role': 'agent',
        'node.kubernetes.io/exclude-from-external-load-balancers': 'true',
        type: 'virtual-kubelet',
      },
      name: node.name,
      resourceVersion: '48219907',
      uid: uid(`node ${node.name}`),
    },
    spec: { taints: [{ effect: 'NoSchedule', key: 'virtual-kubelet.io/provider', value: 'fargate' }] },
    status: {
      addresses: [{ address: '10.0.1.250', type: 'InternalIP' }],
      allocatable: size,
      capacity: size,
      conditions: healthyConditions(node).slice(1),
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        architecture: 'amd64',
        bootID: '',
        containerRuntimeVersion: '',
        kernelVersion: '',
        kubeProxyVersion: '',
        kubeletVersion: 'v1.34.1-vk-fargate-v1.12.0',
        machineID: '',
        operatingSystem: 'linux',
        osImage: '',
        systemUUID: '',
      },
    },
  }
}

function cordon(node) {
  node.spec.unschedulable = true
  node.spec.taints = [
    { effect: 'NoSchedule', key: 'node.kubernetes.io/unschedulable', timeAdded: time(now - 95 * minute) },
  ]
}

/** The kubelet has been silent for almost three hours: both taints of the node life-cycle controller, conditions Unknown. */
function loseContact(node) {
  const lost = now - 169 * minute
  node.spec.taints = ['NoSchedule', 'NoExecute'].map((effect, index) => ({
    effect,
    key: 'node.kubernetes.io/unreachable',
    timeAdded: time(lost + index * 5000),
  }))
  for (const condition of node.status.conditions.slice(1)) {
    condition.lastHeartbeatTime = time(lost - minute)
    condition.lastTransitionTime = time(lost)
    condition.message = 'Kubelet stopped posting node status.'
    condition.reason = 'NodeStatusUnknown'
    condition.status = 'Unknown'
  }
}

/** Registered seconds ago. The API server gives every new node the taint; it goes once the pod network is up. */
function justJoined(node) {
  const joined = time(now - 8000)
  node.metadata.creationTimestamp = joined
  node.spec.taints = [{ effect: 'NoSchedule', key: 'node.kubernetes.io/not-ready' }]
  node.status.conditions = node.status.conditions.slice(1)
  for (const condition of node.status.conditions) {
    condition.lastHeartbeatTime = joined
    condition.lastTransitionTime = joined
  }
  Object.assign(node.status.conditions.at(-1), {
    message:
      'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
    reason: 'KubeletNotReady',
    status: 'False',
  })
  node.status.images = []
}

function planMaintenance(node) {
  node.spec.taints = [{ effect: 'NoSchedule', key: 'node.example.com/maintenance', value: 'kernel' }]
}

const plannedNodes = pools.flatMap(({ zones, ...pool }) =>
  [...zones].map((zone, index) => {
    const address = addressOf(pool.pool, zone, index)
    const name = `ip-${address.join('-')}.eu-west-1.compute.internal`
    const age = pool.pool.startsWith('spot') ? 1 + index : 30 + number(`age ${name}`, 90)
    const created = now - age * day - number(`minute ${name}`, 1440) * minute
    return { arch: 'amd64', system: linux, ...pool, zone, address, name, created }
  }),
)

/** The name of a pool's node by its place in the pool: how the rest of the examples speaks of one. */
export const nodeName = (pool, index) => plannedNodes.filter((node) => node.pool === pool)[index].name

/** The nodes in the order in which the API server lists them: by name. */
export function makeNodes() {
  const sorted = plannedNodes.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const nodes = sorted.map((node, index) => nodeOf(node, index))
  const named = (pool, index) => nodes.find((node) => node.metadata.name === nodeName(pool, index))
  cordon(named('general', 2))
  loseContact(named('general', 8))
  planMaintenance(named('general', 12))
  justJoined(named('spot', 1))
  return [...nodes, virtualNode()]
}
