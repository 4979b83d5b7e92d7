/** A cluster as large ones are: node pools over zones, each node with pods of DaemonSets and of others, names by chance. */
export function largeCluster(nodes: number, podsOnNode: number): object {
  const random = chance(7)
  const letters = 'bcdfghjklmnpqrstvwxz2456789'
  const suffix = (length: number) => Array.from({ length }, () => letters[random(letters.length)]).join('')
  const pools = ['general', 'spot', 'gpu', 'ingest', 'arm']
  const apps = ['checkout', 'inventory', 'search', 'mail', 'batch-train', 'cache', 'api', 'worker']
  // Each of a few hundred ReplicaSets has its pods on many nodes.
  const sets = Array.from({ length: 300 }, () => `${apps[random(apps.length)]}-${suffix(9)}`)
  const items: object[] = []
  for (let at = 0; at < nodes; at++) {
    const name = `ip-10-${random(256)}-${at >> 8}-${at % 256}.eu-west-1.compute.internal`
    const pool = pools[random(pools.length)] ?? ''
    items.push(nodeOf(name, pool, `eu-west-1${'abc'[random(3)]}`, random(3)))
    for (let pod = 0; pod < podsOnNode; pod++) {
      const at = random(sets.length)
      items.push(podOf(`${sets[at]}-${suffix(5)}`, name, [100, 250, 500][at % 3] ?? 0, random(1_000_000)))
    }
  }
  return { apiVersion: 'v1', kind: 'List', items }
}

/** The same numbers in each run. */
function chance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function nodeOf(name: string, pool: string, zone: string, size: number): object {
  const taints =
    pool === 'spot' ? [{ key: 'node.example.com/spot', value: 'true', effect: 'NoSchedule' }] : []
  const condition = (type: string, status: string) => ({
    type,
    status,
    lastHeartbeatTime: '2026-11-21T11:59:12Z',
    lastTransitionTime: '2026-10-02T08:15:42Z',
    reason: `Kubelet${type}`,
    message: `kubelet says ${type} is ${status}`,
  })
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: `00000000-0000-0000-0000-${name.length}`,
      labels: {
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': pool === 'arm' ? 'arm64' : 'amd64',
        'kubernetes.io/hostname': name,
        'node.kubernetes.io/instance-type': `m6i.${2 ** size}xlarge`,
        'topology.kubernetes.io/zone': zone,
        pool,
      },
    },
    spec: { taints },
    status: {
      allocatable: { cpu: `${4 * 2 ** size - 1}920m`, memory: `${16 * 2 ** size}Gi`, pods: '110' },
      conditions: [
        condition('Ready', 'True'),
        condition('MemoryPressure', 'False'),
        condition('DiskPressure', 'False'),
      ],
    },
  }
}

function podOf(name: string, nodeName: string, cpu: number, age: number): object {
  const [app = ''] = name.split(/-(?=[^-]+-[^-]+$)/)
  const started = new Date(Date.UTC(2026, 10, 20) - age * 1000).toISOString().replace('.000Z', 'Z')
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: `team-${app.slice(0, 3)}`,
      uid: name,
      creationTimestamp: started,
      labels: { app, 'pod-template-hash': name.split('-').at(-2) },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: name.slice(0, -6), uid: app, controller: true },
      ],
    },
    spec: {
      nodeName,
      priority: 0,
      containers: [
        {
          name: app,
          image: `registry.example.com/${app}:1`,
          resources: { requests: { cpu: `${cpu}m`, memory: '256Mi' } },
        },
      ],
    },
    status: {
      phase: 'Running',
      startTime: started,
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  }
}
