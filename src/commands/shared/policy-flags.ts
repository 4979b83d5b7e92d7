import type { FlagSpec } from '#cli/spec.ts'

/** Rules for pipelines: what a plan must not come to. */
export const policyFlags: readonly FlagSpec[] = [
  {
    name: 'fail-on',
    value: 'POLICY',
    repeatable: true,
    commaSeparated: true,
    suggests: ['any', 'lose', 'evict', 'no-room', 'refused', 'blocked', 'zero'],
    summary:
      'Exit with 3 when the plan comes to this: any change of pods; lose pods for good; evict others; no-room; refused pods; a blocked update; zero nodes that match',
  },
  {
    name: 'max-change',
    value: 'N|N%',
    summary: 'Exit with 3 when more pods than this are created, replaced or deleted',
  },
]
