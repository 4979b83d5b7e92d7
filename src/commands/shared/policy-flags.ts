import { flag } from '#cli/flags.ts'
import type { FlagSpec } from '#cli/spec.ts'

/** Rules for pipelines: what a plan must not come to. */
export const policyFlags: readonly FlagSpec[] = [
  flag(
    'fail-on',
    'POLICY',
    'Exit with 3 if the plan has: any, lose, evict, no-room, refused, blocked or zero',
    {
      repeatable: true,
      commaSeparated: true,
      suggests: ['any', 'lose', 'evict', 'no-room', 'refused', 'blocked', 'zero'],
    },
  ),
  flag('max-change', 'N|N%', 'Exit with 3 if more pods than this change'),
]
