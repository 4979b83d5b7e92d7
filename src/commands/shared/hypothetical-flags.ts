import { flag } from '#cli/flags.ts'
import type { FlagSpec } from '#cli/spec.ts'

/** What a node that is not there would be. */
export const hypotheticalFlags: readonly FlagSpec[] = [
  flag('like', 'NODE', 'New nodes are like this one', { completes: 'node' }),
  flag('labels', 'KEY=VALUE', 'Labels of new nodes, over those of --like', {
    repeatable: true,
    commaSeparated: true,
  }),
  flag('taints', 'KEY=VALUE:EFFECT', 'Taints of new nodes, besides those of --like', {
    repeatable: true,
    commaSeparated: true,
  }),
  flag('capacity', 'RESOURCE=QUANTITY', 'Allocatable of new nodes: cpu=4,memory=16Gi', {
    repeatable: true,
    commaSeparated: true,
  }),
]
