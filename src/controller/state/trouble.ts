import { parseTime } from '#kube/duration.ts'
import type { Node, Pod } from '#kube/types.ts'
import type { Fit } from '#scheduler/fit.ts'
import { gatesNotReady, isOverdue, startDeadline } from '../pod-state.ts'
import type { PodRules } from '../update-strategy.ts'
import type { HeldPod, Hold, PodRow } from './types.ts'
import type { PodWords } from './words.ts'

/** The controller waits twice as long each time, from a second on: one that it leaves there for so long has failed again and again. */
const failedDeadline = 60_000

/** A pod that waits for a volume or its network for longer than this is told as held by it. Milliseconds. */
const mountDeadline = 60_000

/** Whether a pod starts for so long that an Event may tell for what it waits: `now` in milliseconds since the epoch. */
export const startsLong = ({ cause, since }: Pick<Hold, 'cause' | 'since'>, now: number): boolean =>
  cause === 'starting' && since !== undefined && now - since >= mountDeadline

export interface TroubleContext {
  readonly rules: PodRules
  readonly words: (pod: string) => PodWords | undefined
  readonly firstWords: ReadonlyMap<string, string> | undefined
  /** kds' own numbers about a pod that is to get on the node; undefined: they are not known. */
  readonly fit: (node: Node, pod: Pod) => Fit | undefined
}

/** One pod's part of a hold. */
export type Trouble = Pick<
  Hold,
  'side' | 'cause' | 'reason' | 'message' | 'container' | 'image' | 'since' | 'order' | 'fit' | 'stuck'
>

/** Why the pod is not available, in its one plain form: see `podStateOf`. Undefined: it is. */
export function heldPodOf({ state, updated }: PodRow): HeldPod | undefined {
  const { trouble, since } = state
  if (!trouble) return undefined
  const { side, cause, reason, message } = trouble
  return {
    pod: state.pod,
    node: state.node,
    updated,
    side,
    cause,
    reason,
    message,
    restarts: state.restarts,
    ...(since === undefined ? {} : { since }),
  }
}

/** The same, with what Events, the node's other pods and kds' own numbers add to it. */
export function troubleOf(
  row: PodRow,
  node: Node | undefined,
  on: readonly PodRow[],
  context: TroubleContext,
): Trouble | undefined {
  const { state, updated } = row
  const { trouble, since } = state
  if (!trouble) return undefined
  const { rules } = context
  const words = context.words(state.pod)
  const { cause, container, message, reason } = trouble
  const base = { reason, message, container, since }
  switch (cause) {
    case 'image':
    case 'config':
      return {
        ...base,
        side: 'release',
        cause,
        message: context.firstWords?.get(state.pod) ?? words?.first ?? withoutBackOff(message),
        image: cause === 'image' ? imageOf(row, container) : undefined,
        stuck: updated || rules.onDelete,
      }
    case 'crash':
      return {
        ...base,
        side: 'release',
        cause,
        message: crashText(row, message),
        stuck: updated || rules.onDelete,
      }
    case 'not-ready': {
      const late = since !== undefined && rules.now - since >= startDeadline && updated
      return {
        ...base,
        side: late ? 'release' : 'time',
        cause,
        message: (base.reason === gatesNotReady ? undefined : words?.probe?.message) ?? message,
        container: container ?? unreadyContainer(row),
        stuck: late,
      }
    }
    case 'starting':
      return startTrouble(base, words, rules.now, updated)
    case 'terminating':
      return endTrouble(row, base, rules.now)
    case 'unschedulable': {
      const fit = updated && node ? context.fit(node, row.pod) : undefined
      return {
        ...base,
        side: 'scheduling',
        cause: 'no-room',
        fit,
        stuck: updated && !(fit && (fit.fits || fit.couldPreempt)),
      }
    }
    case 'node-not-ready':
      return { ...base, side: 'nodes', cause, order: orderOf(on, since), stuck: true }
    case 'node-gone':
      return { ...base, side: 'nodes', cause, stuck: false }
    case 'min-ready-seconds':
      return { ...base, side: 'time', cause, stuck: false }
  }
}

/** Did the node fail before or after a pod of the revision that is rolled out was made for it? */
function orderOf(on: readonly PodRow[], since: number | undefined): Hold['order'] {
  if (since === undefined) return undefined
  return on.some(({ facts, updated }) => updated && facts.createdAt < since) ? 'after' : 'before'
}

function startTrouble(
  base: Pick<Trouble, 'reason' | 'message' | 'container' | 'since'>,
  words: PodWords | undefined,
  now: number,
  updated: boolean,
): Trouble {
  const waits = words?.waitsFor
  const age = base.since === undefined ? 0 : now - base.since
  if (!waits || age < mountDeadline)
    return { ...base, side: 'time', cause: 'starting', stuck: updated && age >= startDeadline }
  const mounts = waits.reason !== 'FailedCreatePodSandBox' && waits.reason !== 'NetworkNotReady'
  return {
    ...base,
    side: mounts ? 'release' : 'nodes',
    cause: mounts ? 'config' : 'starting',
    reason: waits.reason,
    message: waits.message,
    stuck: mounts,
  }
}

/** The pods of DaemonSets fail by their kubelet alone: it evicts them, as the node is short of something, or takes none. */
function endTrouble(
  { state, facts, pod }: PodRow,
  base: Pick<Trouble, 'reason' | 'message' | 'container' | 'since'>,
  now: number,
): Trouble {
  if (base.reason === 'Evicted') return { ...base, side: 'nodes', cause: 'pressure', stuck: false }
  if (!facts.deleting && now - endedAt(pod) >= failedDeadline)
    return { ...base, side: 'nodes', cause: 'terminating', stuck: true }
  return { ...base, side: 'time', cause: 'terminating', stuck: isOverdue(state, now) }
}

/** When a pod that has failed did so. Milliseconds since the epoch. */
function endedAt({ metadata, status }: Pod): number {
  const times = [
    ...(status?.conditions ?? []).map((one) => one?.lastTransitionTime),
    ...(status?.containerStatuses ?? []).map((one) => one?.state?.terminated?.finishedAt),
    metadata?.creationTimestamp,
  ]
  return Math.max(...times.map((time) => parseTime(time ?? '') ?? Number.NEGATIVE_INFINITY))
}

const imageOf = ({ pod }: PodRow, container: string | undefined) =>
  [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].find(
    ({ name }) => name === container,
  )?.image ?? undefined

const unreadyContainer = ({ pod }: PodRow) =>
  pod.status?.containerStatuses?.find((status) => status.ready === false)?.name ?? undefined

function crashText({ state }: PodRow, message: string): string {
  const { lastExit } = state
  if (!lastExit) return message
  return `container ${lastExit.container} ended with exit code ${lastExit.exitCode}${lastExit.reason === 'Error' ? '' : ` (${lastExit.reason})`}`
}

/** `Back-off pulling image "x": ErrImagePull: not found`: newer kubelets repeat the first words after their own. */
const withoutBackOff = (message: string) =>
  message.replace(/^Back-off pulling image "[^"]*": (?:ErrImagePull: )?/, '')
