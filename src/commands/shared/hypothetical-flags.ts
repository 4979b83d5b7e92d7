import type { FlagSpec } from '#cli/spec.ts'

/** What a node that is not there would be. */
export const hypotheticalFlags: readonly FlagSpec[] = [
  {
    name: 'like',
    value: 'NODE',
    completes: 'node',
    summary: 'A new node has the labels, taints and allocatable resources of this one',
  },
  {
    name: 'labels',
    value: 'KEY=VALUE',
    repeatable: true,
    commaSeparated: true,
    summary: 'Labels of a new node; before those of --like',
  },
  {
    name: 'taints',
    value: 'KEY=VALUE:EFFECT',
    repeatable: true,
    commaSeparated: true,
    summary: 'Taints of a new node, beside those of --like',
  },
  {
    name: 'capacity',
    value: 'RESOURCE=QUANTITY',
    repeatable: true,
    commaSeparated: true,
    summary: 'What a new node can allocate: cpu=7910m,memory=31Gi,pods=110; before what --like can',
  },
]
