import type { Node } from '#kube/types.ts'

/** `count` plain nodes: `node-1` (or `node-01` …), on three zones. */
export function simulatedNodes(count: number): Node[] {
  const width = String(count).length
  return Array.from({ length: count }, (_, at): Node => {
    const name = `node-${String(at + 1).padStart(width, '0')}`
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: {
          'kubernetes.io/arch': 'amd64',
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          'node-role.kubernetes.io/worker': '',
          'topology.kubernetes.io/zone': `zone-${'abc'[at % 3]}`,
        },
      },
    }
  })
}
