import { isObject } from '#base/json.ts'
import type { DaemonSet, Pod } from '#kube/types.ts'
import { podStateOf } from '../pod-state.ts'
import { rollingUpdate } from '../rolling-update.ts'
import { templateGeneration } from '../update-strategy.ts'
import type { WavesPlan, WavesRecord, WavesState } from './plan.ts'
import { type Survey, type SurveyedNode, type SurveyInput, surveyOf } from './survey.ts'
import { addsNodes, type WaveSet, waveAt, waveSets } from './wave-sets.ts'

/** How the gate command of the present wave went, as far as it was run. */
export type Gate =
  | { readonly state: 'idle' | 'running' | 'passed' }
  | { readonly state: 'failed'; readonly why: string }

/** All that the next step depends on. */
export interface WavesInput extends Omit<SurveyInput, 'target' | 'plan' | 'strategy'>, WavesRecord {
  /** The hash of the revision of the template; undefined: the controller has not taken the template up yet. */
  readonly target: string | undefined
  readonly gate: Gate
  /** What the API server says to pods that it does not let in; undefined: it lets them in, or nobody has asked. */
  readonly refused?: string | undefined
  /** Uids of pods that may not be evicted at present. */
  readonly held?: ReadonlySet<string> | undefined
  /** When a further new pod became available last. */
  readonly movedAt: number
  /** Somebody wants it to go on who knows of the restarts there were. */
  readonly resume?: boolean | undefined
}

/** How far the present wave is. */
export interface WaveProgress {
  readonly wave: number
  readonly waves: number
  readonly label: string
  /** Of the whole roll-out up to the end of this wave, without those that are left out. */
  readonly nodes: number
  readonly updated: number
  readonly ready: number
  readonly desired: number
  readonly available: number
  readonly allowed: number
  readonly restarts: number
  /** Nodes of the wave that are not ready, where nothing can be done. */
  readonly leftOut: readonly string[]
}

export type WavesStep =
  /** Nothing is to be done before `until`, or before something changes. */
  | { readonly kind: 'wait'; readonly until?: number | undefined }
  | { readonly kind: 'evict'; readonly pods: readonly Pod[] }
  | { readonly kind: 'note'; readonly state: WavesState }
  | { readonly kind: 'gate' }
  /** The template goes back to the old one. */
  | { readonly kind: 'abort'; readonly why: string }
  /** The strategy comes back, and nothing of the waves stays. */
  | { readonly kind: 'finish' }

export interface Decision {
  readonly step: WavesStep
  /** Undefined while the controller has not taken the template up. */
  readonly progress?: WaveProgress
  /** Nodes of the wave that have no new pod yet, in the order in which they are taken. */
  readonly waiting: readonly string[]
  /** A node whose kubelet answers has no pod at all: they may not be let in. */
  readonly lacks: boolean
}

/**
 * The next step of a roll-out in waves, from what was read alone: whoever reads the same does the same, so that it can be
 * broken off anywhere and gone on with from anywhere.
 */
export function nextStep(input: WavesInput): Decision {
  const { target, plan, state } = input
  if (target === undefined) return { step: { kind: 'wait' }, waiting: [], lacks: false }
  const survey = surveyOf({ ...input, target })
  const sets: readonly WaveSet[] =
    state.phase === 'aborting' ? [{ label: 'abort', nodes: survey.nodes }] : waveSets(plan, survey)
  const at = state.phase === 'aborting' ? 0 : waveAt(sets, state)
  const set = sets[at] ?? { label: '', nodes: [] }
  const within = set.nodes.filter((one) => one.ready || one.updated)
  const progress: WaveProgress = {
    wave: at,
    waves: sets.length,
    label: set.label,
    nodes: within.length,
    updated: within.filter(({ updated }) => updated).length,
    ready: within.filter((one) => isDone(one)).length,
    desired: survey.nodes.length,
    available: survey.available,
    allowed: survey.allowed,
    restarts: survey.restarts,
    leftOut: set.nodes.filter((one) => !one.ready && !one.updated).map((one) => one.state.name),
  }
  const waiting = within.filter(({ updated }) => !updated).map((one) => one.state.name)
  const lacks = survey.nodes.some((one) => one.ready && one.state.pods.length === 0)
  const next = sets[at + 1] && { wave: at + 1, group: sets[at + 1]?.group }
  const where = { adds: addsNodes(sets, at), next }
  return { step: stepOf(input, survey, within, where), progress, waiting, lacks }
}

/** Pods to evict between two looks: each look confirms that somebody else has not taken over. */
const mostAtOnce = 50

const isDone = ({ available, updated }: SurveyedNode) => updated !== undefined && available

function stepOf(
  input: WavesInput,
  survey: Survey,
  within: readonly SurveyedNode[],
  { adds, next }: { readonly adds: boolean; readonly next: Pick<WavesState, 'wave' | 'group'> | undefined },
): WavesStep {
  const { gate, now, plan, state } = input
  const aborting = state.phase === 'aborting'
  if (state.paused !== undefined && !aborting) {
    if (!input.resume) return { kind: 'wait' }
    return note(state, { paused: undefined, phase: 'updating', since: now, restarts: survey.restarts })
  }
  const wrong = aborting ? undefined : (failureOf(survey, state) ?? input.refused)
  if (wrong !== undefined) return failed(input, wrong)
  const pods = toEvict(input, survey, within)
  const done = within.every(isDone)
  const stalledAt = Math.max(input.movedAt, state.since) + plan.patience
  const stalled = plan.patience > 0 && now >= stalledAt
  if (!done && stalled && (!aborting || (pods.length === 0 && !input.held?.size)))
    return aborting ? { kind: 'finish' } : failed(input, stallText(survey, within, plan))
  if (pods.length > 0) return { kind: 'evict', pods: pods.slice(0, mostAtOnce) }
  if (!done) {
    if (state.phase === 'baking') return note(state, { phase: 'updating', since: now })
    return { kind: 'wait', until: plan.patience > 0 ? stalledAt : undefined }
  }
  if (aborting) return { kind: 'finish' }
  if (adds && !state.promoted) {
    if (state.phase === 'updating' && plan.bake > 0) return note(state, { phase: 'baking', since: now })
    const until = state.since + plan.bake
    if (state.phase === 'baking' && now < until) return { kind: 'wait', until }
    if (plan.gate !== undefined && gate.state === 'idle') return { kind: 'gate' }
    if (gate.state === 'running') return { kind: 'wait' }
    if (gate.state === 'failed') return failed(input, gate.why)
  }
  if (!next) return { kind: 'finish' }
  return note(state, {
    ...next,
    phase: 'updating',
    since: now,
    restarts: survey.restarts,
    promoted: undefined,
  })
}

const note = (state: WavesState, change: Partial<WavesState>): WavesStep => ({
  kind: 'note',
  state: { ...state, ...change },
})

function failed({ plan, state }: WavesInput, why: string): WavesStep {
  return plan.onFailure === 'abort' ? { kind: 'abort', why } : note(state, { paused: why })
}

/** Why the new pods are not fit to go on with. */
function failureOf(survey: Survey, state: WavesState): string | undefined {
  const [first, ...others] = survey.failing
  if (first?.trouble) {
    const { message, reason } = first.trouble
    const more = others.length > 0 ? ` (and ${others.length} more)` : ''
    return `${first.pod} on ${first.node}: ${reason}${message === '' ? '' : `: ${message}`}${more}`
  }
  const restarts = state.promoted ? 0 : survey.restarts - state.restarts
  if (restarts <= 0) return undefined
  const pods = survey.nodes.flatMap(({ updated, state: { name } }) => {
    const count = updated?.source ? restartsOf(updated.source) : 0
    return updated && count > 0 ? [`${updated.name} on ${name}`] : []
  })
  return `${restarts === 1 ? 'a container' : `${restarts} containers`} restarted: ${pods.slice(0, 3).join(', ')}${pods.length > 3 ? ' …' : ''}`
}

const restartsOf = ({ status }: Pod): number =>
  Math.max(
    0,
    ...[...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map(
      (one) => one?.restartCount ?? 0,
    ),
  )

function stallText(survey: Survey, within: readonly SurveyedNode[], { patience }: WavesPlan): string {
  const waiting = within.filter((one) => !isDone(one))
  const named = `${waiting
    .slice(0, 3)
    .map((one) => `${one.state.name} (${troubleOf(one, survey)})`)
    .join(', ')}${waiting.length > 3 ? ' …' : ''}`
  const down = survey.nodes.length - survey.available
  const budget = `${down} of ${survey.nodes.length} down, ${survey.allowed} allowed`
  return `no further pod available for ${patience / 1000} s: waiting for ${named} (${budget})`
}

/** What is the matter on a node, in Kubernetes' own words. */
function troubleOf({ node, state, updated }: SurveyedNode, { rules }: Survey): string {
  const pod = updated ?? state.pods[0]
  if (!pod?.source) return 'no pod was created'
  if (!updated && !pod.deleting) return 'old pod'
  const { trouble } = podStateOf(pod.source, node, rules, pod)
  return trouble ? `${trouble.reason}${trouble.message === '' ? '' : `: ${trouble.message}`}` : 'available'
}

/** Old pods of the wave that may go now, by the rules of the controller's own rolling update. */
function toEvict(input: WavesInput, survey: Survey, within: readonly SurveyedNode[]): Pod[] {
  const held = (one: SurveyedNode) =>
    one.state.pods.some(({ source }) => input.held?.has(source?.metadata?.uid ?? ''))
  const wanted = within.filter((one) => one.ready && !one.updated && !held(one))
  if (wanted.length === 0) return []
  const chosen = new Set(wanted.map(({ state }) => state))
  const others = survey.nodes.filter(({ state }) => !chosen.has(state))
  const states = [...wanted, ...others].map(({ state }) => state)
  const { deletions } = rollingUpdate(states, survey.rules)
  return deletions.flatMap(({ node, pod }) => (chosen.has(node) && pod.source ? [pod.source] : []))
}

/**
 * What somebody else changed of a DaemonSet that is rolled out in waves: the template, by the server's own count of templates,
 * or the strategy, which has to be OnDelete until the end.
 */
export function foreignChange(
  daemonSet: DaemonSet,
  { plan }: Pick<WavesRecord, 'plan'>,
): 'template' | 'strategy' | undefined {
  if (templateGeneration(daemonSet) !== plan.templateGeneration) return 'template'
  return isOnDelete(daemonSet) ? undefined : 'strategy'
}

/** Whether the strategy is the one that waves set. */
export const isOnDelete = ({ spec }: DaemonSet): boolean => spec?.updateStrategy?.type === 'OnDelete'

/** The latest change by a manager that is not kds: its name and time, from `managedFields`. */
export function lastForeignManager(
  daemonSet: DaemonSet,
  own: string,
): { readonly manager: string; readonly time: string } | undefined {
  const { managedFields } = (daemonSet.metadata ?? {}) as { readonly managedFields?: unknown }
  if (!Array.isArray(managedFields)) return undefined
  const others = managedFields.flatMap((entry: unknown) => {
    if (!isObject(entry) || entry.subresource === 'status') return []
    const { manager, time } = entry
    return typeof manager === 'string' && typeof time === 'string' && manager !== own
      ? [{ manager, time }]
      : []
  })
  return others.sort((a, b) => (a.time < b.time ? 1 : -1))[0]
}
