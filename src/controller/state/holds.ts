import type { DaemonSet } from '#kube/types.ts'
import { missingIn, missingText } from './missing.ts'
import { type Advice, nextSteps } from './next-steps.ts'
import { sentenceOf } from './sentences.ts'
import { type Trouble, type TroubleContext, troubleOf } from './trouble.ts'
import type { BareHold, Hold, HoldSide, PodRow, StateInput, StateRow } from './types.ts'
import type { Refusal } from './words.ts'

/** What keeps pods from being available, one for each reason: the worst first. */
export function bareHolds(
  rows: readonly StateRow[],
  strays: readonly PodRow[],
  refusals: readonly Refusal[],
  context: TroubleContext & Pick<StateInput, 'there' | 'namespace'> & { readonly short: boolean },
): BareHold[] {
  const groups = new Map<string, { readonly trouble: Trouble; readonly rows: PodRow[] }>()
  const add = (row: PodRow, trouble: Trouble | undefined) => {
    if (!trouble) return
    const key = keyOf(trouble, row.updated)
    const known = groups.get(key)
    if (known) known.rows.push(row)
    else groups.set(key, { trouble, rows: [row] })
  }
  for (const { object, pods } of rows) for (const row of pods) add(row, troubleOf(row, object, pods, context))
  for (const row of strays) add(row, troubleOf(row, undefined, [], context))
  const held = [...groups.values()].map(({ trouble, rows }) => together(trouble, rows))
  const all = [...held, ...lackingHolds(rows, refusals, context)]
  return all.map((hold) => unlessMended(hold, context)).sort(worstFirst)
}

const keyOf = ({ side, cause, reason, container, order, stuck, fit, image }: Trouble, updated: boolean) =>
  JSON.stringify([
    side,
    cause,
    reason,
    updated,
    container,
    order,
    stuck,
    image,
    fit?.shortages.map(({ resource }) => resource),
  ])

function together(trouble: Trouble, rows: readonly PodRow[]): BareHold {
  const starts = rows.flatMap(({ state }) => state.since ?? [])
  return {
    ...trouble,
    updated: rows[0]?.updated,
    pods: rows.map(({ state }) => state.pod),
    nodes: [...new Set(rows.map(({ state }) => state.node).filter((node) => node !== ''))],
    restarts: rows.reduce((most, { state }) => Math.max(most, state.restarts), 0),
    since: starts.length === 0 ? undefined : Math.min(...starts),
  }
}

/**
 * Who tries again, and when. A controller that has failed waits longer each time, at most 1,000 s
 * (`DefaultTypedControllerRateLimiter` of client-go); a kubelet does so about a volume, at most 122 s (its exponential backoff).
 */
const triesAgain: Readonly<Partial<Record<HoldSide, string>>> = {
  admission: 'the controller tries again within 17 minutes of its last try',
  release: 'the kubelet tries again within about 2 minutes',
}

/** What is called missing may be there by now, and the namespace may allow every pod: then it is a matter of time. */
function unlessMended(
  hold: BareHold,
  { namespace, there }: Pick<StateInput, 'there' | 'namespace'>,
): BareHold {
  const missing = there && missingIn(hold.message)
  const who = triesAgain[hold.side]
  const allowed =
    hold.cause === 'pod-security' &&
    namespace?.metadata?.labels?.['pod-security.kubernetes.io/enforce'] === 'privileged'
  if (!who || !(allowed || (missing && there.has(missingText(missing))))) return hold
  const message = `${hold.message}; ${allowed ? 'the namespace allows it' : 'it is there'} by now, and ${who}`
  return { ...hold, side: hold.side === 'release' ? 'time' : hold.side, message, stuck: false }
}

/** Nodes that lack a pod: refused by the API server, or not made yet. `short`: some do of which not even the names are known. */
function lackingHolds(
  rows: readonly StateRow[],
  refusals: readonly Refusal[],
  { short }: { readonly short: boolean },
): BareHold[] {
  const nodes = rows.filter(({ pods, shouldRun }) => shouldRun && pods.length === 0).map(({ node }) => node)
  if (nodes.length === 0 && !(short && refusals.length > 0)) return []
  const common = { updated: undefined, pods: [], nodes, restarts: 0 }
  if (refusals.length === 0)
    return [{ ...common, side: 'time', cause: 'not-created', reason: 'NoPod', message: '', stuck: false }]
  return refusals.map(({ cause, reason, object, message, times, first }) => ({
    ...common,
    side: 'admission',
    cause,
    reason,
    message,
    object,
    times,
    since: first,
    stuck: true,
  }))
}

const sides: readonly HoldSide[] = ['admission', 'release', 'nodes', 'scheduling', 'time']

const worstFirst = (one: BareHold, other: BareHold) =>
  Number(other.stuck) - Number(one.stuck) ||
  sides.indexOf(one.side) - sides.indexOf(other.side) ||
  Number(other.updated ?? true) - Number(one.updated ?? true) ||
  other.nodes.length - one.nodes.length

/** The holds with a sentence each, and what to do. */
export const inWords = (
  holds: readonly BareHold[],
  daemonSet: DaemonSet,
  advice: Advice,
  now: number,
): Hold[] =>
  holds.map((hold) => ({
    ...hold,
    sentence: sentenceOf(hold, daemonSet, now),
    next: nextSteps(hold, advice),
  }))
