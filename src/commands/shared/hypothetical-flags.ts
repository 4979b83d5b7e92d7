import type { FlagSpec } from '#cli/spec.ts'

/** What a node that is not there would be. */
export const hypotheticalFlags: readonly FlagSpec[] = [
  {
    name: 'like',
    value: 'NODE',
    completes: 'node',
    summary: 'New nodes are like this one',
  },
  {
    name: 'labels',
    value: 'KEY=VALUE',
    repeatable: true,
    commaSeparated: true,
    summary: 'Labels of new nodes, over those of --like',
  },
  {
    name: 'taints',
    value: 'KEY=VALUE:EFFECT',
    repeatable: true,
    commaSeparated: true,
    summary: 'Taints of new nodes, besides those of --like',
  },
  {
    name: 'capacity',
    value: 'RESOURCE=QUANTITY',
    repeatable: true,
    commaSeparated: true,
    summary: 'Allocatable of new nodes: cpu=4,memory=16Gi',
  },
]
