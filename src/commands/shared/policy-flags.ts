import type { FlagSpec } from '#cli/spec.ts'

/** Rules for pipelines: what a plan must not come to. */
export const policyFlags: readonly FlagSpec[] = [
  {
    name: 'fail-on',
    value: 'POLICY',
    repeatable: true,
    commaSeparated: true,
    suggests: ['any', 'lose', 'evict', 'no-room', 'refused', 'blocked', 'zero'],
    summary: 'Exit with 3 if the plan has: any, lose, evict, no-room, refused, blocked or zero',
  },
  {
    name: 'max-change',
    value: 'N|N%',
    summary: 'Exit with 3 if more pods than this change',
  },
]
