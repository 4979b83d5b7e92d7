/** Rules that a plan must keep, so that a pipeline can stop at it. */
import type { IntOrString } from '#kube/types.ts'
import { counted } from '../names.ts'
import { refusedPods } from './admission.ts'
import { isBlocked } from './blocked.ts'
import { evictionsText } from './evictions.ts'
import type { ShownPlan } from './groups.ts'

/** Each with what it tells of a plan that breaks it; undefined: it is kept. */
const rules = {
  any: (shown) => {
    const pods = podsOf(shown).changed
    return pods > 0 ? `${counted(pods, 'pod')} ${pods === 1 ? 'changes' : 'change'}` : undefined
  },
  lose: ({ changes, compared }) => {
    const pods = changes?.totals.remove ?? (compared ? compared.removed.length : 0)
    return pods > 0 ? `${counted(pods, 'pod')} ${pods === 1 ? 'goes' : 'go'} and not back` : undefined
  },
  evict: ({ changes }) =>
    changes && changes.totals.evicted > 0 ? `it ${evictionsText(changes)}` : undefined,
  'no-room': ({ changes }) =>
    changes && changes.totals.unplaceable > 0
      ? `${counted(changes.totals.unplaceable, 'pod')} will not fit`
      : undefined,
  refused: ({ admission, plan }) => refusedPods(admission, plan.daemonSet.namespace)?.answer,
  blocked: ({ changes }) => (changes && isBlocked(changes) ? 'the update is blocked' : undefined),
  zero: ({ plan }) => (plan.count.run === 0 ? 'no node matches' : undefined),
} satisfies Record<string, (shown: ShownPlan) => string | undefined>

export type Policy = keyof typeof rules

export const policies = Object.keys(rules) as readonly Policy[]

export interface PolicyRules {
  readonly failOn: readonly Policy[]
  /** The most pods that may be created, replaced or deleted: a number, or a percentage of those that there are or will be. */
  readonly maxChange: IntOrString | undefined
}

/** What a plan breaks, in words; empty where it keeps all rules. */
export function brokenPolicies(shown: ShownPlan, { failOn, maxChange }: PolicyRules): readonly string[] {
  const broken = failOn.flatMap((policy) => {
    const told = rules[policy](shown)
    return told === undefined ? [] : [`${policy} (${told})`]
  })
  const tooMuch = maxChange === undefined ? undefined : beyond(shown, maxChange)
  return tooMuch === undefined ? broken : [...broken, `max-change ${maxChange} (${tooMuch})`]
}

/** Pods that change, and pods before or after: one node may lose its pod while another gets its first. */
function podsOf({ changes, compared, plan }: ShownPlan): { changed: number; all: number } {
  if (changes) {
    const { add, leftOver, remove, replace, unchanged } = changes.totals
    const changed = add + replace + remove
    return { changed, all: changed + unchanged + leftOver }
  }
  if (!compared) return { changed: 0, all: plan.count.run }
  const changed = compared.added.length + compared.removed.length
  return { changed, all: changed + compared['as-before'].length + compared['not-recreated'].length }
}

function beyond(shown: ShownPlan, most: IntOrString): string | undefined {
  const { all, changed } = podsOf(shown)
  const allowed = typeof most === 'number' ? most : Math.floor((Number.parseInt(most, 10) * all) / 100)
  return changed > allowed ? `${changed} of ${counted(all, 'pod')} would change` : undefined
}
