// Writes a node dump as `kubectl get nodes -o json|yaml` prints it: make-dump.mjs json|yaml COUNT > FILE
import { once } from 'node:events'

const [format = 'json', count = '5000'] = process.argv.slice(2)

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

function node(i) {
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
      managedFields: managedFields(),
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
      images: images(i),
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

const quote = (text) =>
  /^[A-Za-z][\w./@-]*$|^[A-Za-z][\w./@ -]*[\w)]$/.test(text) && !/^(true|false|yes|no|null)$/i.test(text)
    ? text
    : JSON.stringify(text)

function yaml(value, indent) {
  const space = '  '.repeat(indent)
  if (Array.isArray(value)) {
    return value.map((item) => `${space}- ${yaml(item, indent + 1).trimStart()}`).join('')
  }
  return Object.entries(value)
    .map(([key, item]) => {
      const head = `${space}${quote(key)}:`
      if (typeof item !== 'object') return `${head} ${typeof item === 'string' ? quote(item) : item}\n`
      if (Object.keys(item).length === 0) return `${head} ${Array.isArray(item) ? '[]' : '{}'}\n`
      if (!Array.isArray(item)) return `${head}\n${yaml(item, indent + 1)}`
      const scalars = item.every((entry) => typeof entry !== 'object')
      return `${head}\n${scalars ? item.map((entry) => `${space}- ${quote(entry)}\n`).join('') : yaml(item, indent)}`
    })
    .join('')
}

async function write(text) {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

const json = format === 'json'
await write(json ? '{\n    "apiVersion": "v1",\n    "items": [\n' : 'apiVersion: v1\nitems:\n')
for (let i = 0; i < Number(count); i++) {
  const item = node(i)
  if (!json) await write(yaml([item], 0))
  else {
    const text = JSON.stringify(item, null, 4).replace(/^/gm, '        ')
    await write(i + 1 < Number(count) ? `${text},\n` : `${text}\n`)
  }
}
await write(
  json
    ? '    ],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n'
    : 'kind: List\nmetadata:\n  resourceVersion: ""\n',
)
