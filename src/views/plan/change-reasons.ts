import { escapeLine } from '#base/escape.ts'
import type { NodeChange } from '#controller/changes/node-change.ts'
import type { Shortage } from '#scheduler/fit.ts'
import { preemptingPriority } from '#scheduler/preempting-priority.ts'

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
  const above = preemptingPriority(fit)
  const has = `its priority is ${fit.priority.value}`
  if (fit.couldPreempt) return [...users, has]
  return [
    ...users,
    above === null
      ? `${has}, and none would let it preempt enough`
      : `${has}, one above ${above} would preempt`,
  ]
}

/** Why a node changes, a line each; the first is the sentence. */
export function reasonsOf(change: NodeChange): string[] {
  const sentence = change.reason === '' ? [] : [change.reason]
  return [...sentence, ...(change.change === 'unplaceable' ? fitReasons(change) : [])].map(escapeLine)
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
