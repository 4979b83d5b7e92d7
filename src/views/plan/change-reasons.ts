import { escapeLine } from '#base/escape.ts'
import type { NodeChange } from '#controller/changes/node-change.ts'
import type { ChangePlan } from '#controller/changes/plan-changes.ts'
import type { PodTrouble } from '#controller/pod-state.ts'
import type { Shortage } from '#scheduler/shortages.ts'
import { stateKey, troubleText } from './state-text.ts'

const shownUsers = 3

/** Who holds what a pod needs: `cpu is used by batch/train-0 6, kube-system/cni-x 250m and 4 more`. */
function usersText({ resource, usedBy }: Shortage): string {
  const shown = usedBy.slice(0, shownUsers).map((user) => `${user.namespace}/${user.pod} ${user.amount.text}`)
  const more = usedBy.length > shown.length ? ` and ${usedBy.length - shown.length} more` : ''
  return `${resource} is used by ${shown.join(', ')}${more}`
}

/** What a pod that does not fit runs into: the users of what it lacks, and what its priority would let it do. */
function fitReasons({ fit }: NodeChange): string[] {
  if (!fit || fit.fits) return []
  const users = fit.shortages.filter((shortage) => shortage.usedBy.length > 0).map(usersText)
  if (fit.shortages.length + fit.portConflicts.length === 0) return []
  const has = `its priority is ${fit.priority.value}`
  if (fit.preemption?.some((why) => why.includes('preemptionPolicy=Never')))
    return [...users, `${has}, but its preemptionPolicy is Never: it evicts no other pod`]
  return [
    ...users,
    fit.preemptsAbove === undefined
      ? `${has}, and none would let it preempt enough`
      : `${has}, one above ${fit.preemptsAbove} would preempt`,
  ]
}

/** How many of the nodes use up how much of the budget. */
function budgetText(changes: readonly NodeChange[], budget: ChangePlan['budget']): string {
  const using = changes.filter(({ usesBudget }) => usesBudget).length
  if (using === 0 || !budget) return ''
  const { allowed } = budget
  return using > allowed ? `uses up the budget of ${allowed}` : `uses ${using} of ${allowed} of the budget`
}

/** Causes that are told in the words of others, to which nothing is added. */
const quotes: ReadonlySet<PodTrouble> = new Set(['image', 'config', 'unschedulable'])

/** What the pods there suffer from. */
function stateReasons(changes: readonly NodeChange[], { budget, now }: Present): string[] {
  const text = troubleText(
    changes.flatMap(({ state }) => state ?? []),
    now,
  )
  const used = budgetText(changes, budget)
  if (text === '' || changes[0]?.outcome === 'delete') return []
  if (used === '') return [text]
  const quoted = quotes.has(changes[0]?.state?.trouble?.cause ?? 'starting')
  return quoted ? [text, used] : [`${text}: ${used}`]
}

/** What of a plan the reasons of its changes are told by. */
export type Present = Pick<ChangePlan, 'budget' | 'now'>

function sentencesOf({ change, outcome, reason }: NodeChange): string[] {
  if (reason === '') return []
  if (outcome === 'terminating')
    return [change === 'gain' ? 'will be recreated once it is gone' : `not recreated: ${reason}`]
  return change === 'keep' && outcome !== 'unchanged' && outcome !== 'waits-for-delete' ? [] : [reason]
}

/** Equal for nodes whose reasons can be told together. */
export const reasonsKey = (change: NodeChange): string =>
  [
    ...sentencesOf(change),
    ...unplaceableReasons(change),
    change.state && change.outcome !== 'delete' ? stateKey(change.state) : '',
  ].join('\n')

const unplaceableReasons = (change: NodeChange) => (change.change === 'unplaceable' ? fitReasons(change) : [])

/** Why nodes with one `reasonsKey` change, or do not do well, a line each. */
export function reasonsOf(changes: readonly NodeChange[], present: Present): string[] {
  const [first] = changes
  if (!first) return []
  const state = stateReasons(changes, present)
  const sentences = [...sentencesOf(first), ...unplaceableReasons(first)]
  return (first.outcome === 'terminating' ? [...state, ...sentences] : [...sentences, ...state]).map(
    escapeLine,
  )
}

/** What pods lack that do not fit: `needs a pod, too little cpu and memory`. */
export function lackText(changes: readonly NodeChange[]): string {
  const fits = changes.flatMap(({ fit }) => fit ?? [])
  const short = [...new Set(fits.flatMap((fit) => fit.shortages.map(({ resource }) => resource)))]
  const lacks = [
    ...short.map((resource) => (resource === 'pods' ? 'no pod slot left' : `too little ${resource}`)),
    ...(fits.some((fit) => fit.portConflicts.length > 0) ? ['host port taken'] : []),
  ]
  return ['needs a pod', ...lacks].join(', ')
}
