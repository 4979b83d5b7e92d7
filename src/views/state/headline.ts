import { escapeLine } from '#base/escape.ts'
import type { Style } from '#base/style.ts'
import { wrapped } from '#base/wrap.ts'
import type { DaemonSetState, Hold, StateRow } from '#controller/state/types.ts'
import { explain, prepareDaemonSet } from '#placement/placement.ts'
import { virtualLabelOf } from '#placement/virtual-nodes.ts'
import { counted, objectName, sampleNames } from '../names.ts'
import { nearestMissLines } from '../plan/nearest-miss.ts'
import { reasonText } from '../plan/reason-text.ts'
import { countsText } from './phase-text.ts'

interface Headline {
  /** What is said of it: `is stuck on general-1: image … cannot be pulled`. */
  readonly text: string
  /** What else has to be known to understand that, a sentence each. */
  readonly more: readonly string[]
}

/** Names in a sentence take no more columns than this. */
const namesWidth = 60

const say = (text: string, more: readonly string[] = []): Headline => ({ text, more })
const have = (count: number) => (count === 1 ? 'has' : 'have')

function headlineOf(state: DaemonSetState): Headline {
  const { counters, finishes, nearestMiss, verdict } = state
  const { available, desired, updated } = counters
  const nodes = counted(desired, 'node')
  switch (verdict.code) {
    case 'ok':
      return say(`is ok: ${available} of ${nodes} ${have(available)} an available pod`)
    case 'misscheduled': {
      const lost = lostNodes(state)
      if (lost.length > 0)
        return say(`has a pod${lost.map((hold) => placeText(hold) + becauseOf(hold)).join('; also')}`)
      return say(
        `runs on ${counted(state.misscheduled, 'node')} where it should not: ${misscheduledReason(state)}`,
      )
    }
    case 'deleting':
      return say(`is being deleted: ${countsText(state) || 'no pod is left'}`)
    case 'unobserved':
      return say('has changed, and the controller has not observed that yet')
    case 'updating':
      return say(
        `is updating, ${updated} of ${nodes} ${have(updated)} the new revision: ${countsText(state)}`,
      )
    case 'starting':
      return say(`is starting, ${available} of ${nodes} available: ${startText(state)}`)
    case 'waits-for-delete':
      return say(
        `waits for pods to be deleted, ${updated} of ${nodes} ${have(updated)} the new revision`,
        finishes.can ? [] : [finishes.sentence],
      )
    case 'no-node':
      return say('has no pods: no node matches it', nearestMiss ? nearestMissLines(nearestMiss) : [])
    case 'no-pods':
      return say(`has no pods${becauseOf(state.holds[0])}`)
    case 'stuck':
      return stuckText(state)
  }
}

function stuckText(state: DaemonSetState): Headline {
  const { finishes, holds } = state
  const stuck = holds.filter((hold) => hold.stuck)
  const [worst] = stuck
  if (!worst) return say('is stuck', finishes.can ? [] : [finishes.sentence])
  const budget = !finishes.can && finishes.why !== 'holds' ? [finishes.sentence] : []
  const virtual = virtualRows(state)
  if (virtual.length > 0)
    return say(
      `is stuck on ${counted(virtual.length, 'serverless node')}, where no daemon pod runs: ${sampleNames(
        virtual.map(({ node }) => node),
        namesWidth,
      )}`,
      budget,
    )
  const others = stuck.slice(1).map((hold) => `also${placeText(hold)}${becauseOf(hold)}`)
  return say(`is stuck${placeText(worst)}${becauseOf(worst)}`, [...others, ...budget])
}

/** ` on general-1`, ` on 3 nodes`. */
const placeText = ({ nodes }: Hold) =>
  nodes.length === 0 ? '' : ` on ${nodes.length === 1 ? nodes[0] : `${nodes.length} nodes`}`

const becauseOf = (hold: Hold | undefined) => (hold ? `: ${holdText(hold)}` : '')

/** The hold in a sentence; kds' own numbers about room are shorter than the scheduler's words. */
export function holdText({ cause, fit, sentence }: Hold): string {
  if (cause !== 'no-room' || !fit || fit.fits) return sentence
  const room = fit.couldPreempt ? '; room is made by evicting less important pods' : ''
  return `does not fit: ${fit.message}${room}`
}

/** What the pods that are not available wait for: the worst hold, or how far they are. */
function startText(state: DaemonSetState): string {
  const worst = state.holds.find(({ side, stuck }) => stuck || side === 'scheduling')
  return worst
    ? `${worst.nodes.length === 1 ? `${worst.nodes[0]}: ` : ''}${holdText(worst)}`
    : countsText(state)
}

/** The nodes without a kubelet that it waits for, if all that is stuck is stuck there; else none. */
export function virtualRows({ holds, rows }: DaemonSetState): readonly StateRow[] {
  const stuck = new Set(holds.flatMap((hold) => (hold.stuck ? hold.nodes : [])))
  const found = rows.filter(({ node, object }) => stuck.has(node) && object && virtualLabelOf(object))
  return found.length === stuck.size ? found : []
}

/** What holds the nodes that are not ready, where those are all on which it should not run at present; else nothing. */
export function lostNodes({ holds, rows }: DaemonSetState): readonly Hold[] {
  const lost = holds.filter(({ cause }) => cause === 'node-not-ready')
  const nodes = new Set(lost.flatMap((hold) => hold.nodes))
  return rows.every(({ misscheduled, node }) => !misscheduled || nodes.has(node)) ? lost : []
}

/** Why a node should not run it: the first reason, as the plan says it, escaped; empty where it should. */
export function whyNotOn({ daemonSet }: Pick<DaemonSetState, 'daemonSet'>, { object }: StateRow): string {
  if (!object) return 'the node is gone'
  const [reason] = explain(prepareDaemonSet(daemonSet), object).reasons
  return reason ? reasonText(reason) : ''
}

function misscheduledReason(state: DaemonSetState): string {
  const reasons = state.rows.filter((row) => row.misscheduled).map((row) => whyNotOn(state, row))
  return [...new Set(reasons)].join('; ')
}

/** How a DaemonSet is and why, in lines of at most `width` columns: the answer first, then what else has to be known. */
export function headLines(
  state: DaemonSetState,
  { style, width }: { readonly style: Style; readonly width: number },
): string[] {
  const { name, namespace } = state.daemonSet.metadata ?? {}
  const { code } = state.verdict
  const { more, text } = headlineOf(state)
  const paint = code === 'ok' ? style.good : code === 'stuck' || code === 'no-pods' ? style.bad : style.warn
  const who = objectName({ namespace: namespace ?? '', name: name ?? '' })
  return [
    ...wrapped(`${who} ${escapeLine(text)}`, width).map(paint),
    ...more.flatMap((line) => wrapped(escapeLine(line), width, '  ')),
  ]
}
