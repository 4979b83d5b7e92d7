import { KdsError } from '#base/errors.ts'
import { isObject } from '#base/json.ts'
import { parseTime } from '#kube/duration.ts'
import { parseLabelSelector } from '#kube/selectors.ts'
import type {
  DaemonSet,
  DaemonSetUpdateStrategy,
  IntOrString,
  Json,
  JsonObject,
  StringMap,
} from '#kube/types.ts'
import type { Canary, Lease, WavesPlan, WavesRecord, WavesState } from './plan.ts'

/** What a DaemonSet carries while it is rolled out in waves; nothing of it stays. */
export const wavesAnnotations = {
  strategy: 'waves.kds.dev/strategy',
  plan: 'waves.kds.dev/plan',
  state: 'waves.kds.dev/state',
} as const

/** Takes every one of them away in a merge patch. */
export const noWaves: Readonly<Record<string, null>> = Object.fromEntries(
  Object.values(wavesAnnotations).map((name) => [name, null]),
)

/** Annotations that begin a roll-out. */
export const recordAnnotations = ({ plan, state, strategy }: WavesRecord): StringMap => ({
  [wavesAnnotations.strategy]: JSON.stringify(strategy),
  [wavesAnnotations.plan]: planText(plan),
  ...stateAnnotation(state),
})

/** The annotation that changes on the way. */
export const stateAnnotation = (state: WavesState): StringMap => ({
  [wavesAnnotations.state]: stateText(state),
})

export const isInWaves = ({ metadata }: DaemonSet): boolean =>
  Object.values(wavesAnnotations).some((name) => metadata?.annotations?.[name] !== undefined)

/** Whether waves are going on, and why they are paused if they are; unlike the record, for annotations of any form. */
export function wavesGoingOn(daemonSet: DaemonSet): { readonly paused?: string } | undefined {
  if (!isInWaves(daemonSet)) return undefined
  const paused = parsedObject(daemonSet.metadata?.annotations?.[wavesAnnotations.state] ?? '')?.paused
  return typeof paused === 'string' ? { paused } : {}
}

/**
 * What the annotations say; undefined where there are none.
 *
 * @throws KdsError for annotations that kds did not write so: then nobody can say what the strategy was.
 */
export function wavesRecord(daemonSet: DaemonSet): WavesRecord | undefined {
  if (!isInWaves(daemonSet)) return undefined
  const value = (key: keyof typeof wavesAnnotations): JsonObject => {
    const name = wavesAnnotations[key]
    const parsed = parsedObject(daemonSet.metadata?.annotations?.[name] ?? '')
    if (!parsed) throw unreadable(daemonSet, name)
    return parsed
  }
  const strategy = value('strategy')
  const plan = planOf(value('plan'))
  const state = stateOf(value('state'))
  if (typeof strategy.type !== 'string') throw unreadable(daemonSet, wavesAnnotations.strategy)
  if (!plan) throw unreadable(daemonSet, wavesAnnotations.plan)
  if (!state) throw unreadable(daemonSet, wavesAnnotations.state)
  return { plan, state, strategy: strategy as DaemonSetUpdateStrategy }
}

function unreadable({ metadata }: DaemonSet, annotation: string): KdsError {
  return new KdsError(
    'bad-waves',
    `the annotation ${annotation} of daemonset.apps/${metadata?.name} is missing or not as kds writes it`,
    {
      hint: `kubectl edit daemonset ${metadata?.name} -n ${metadata?.namespace}: set spec.updateStrategy and remove the annotations waves.kds.dev/…`,
    },
  )
}

function parsedObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const seconds = (ms: number) => ms / 1000

function planText({ bake, patience, ...plan }: WavesPlan): string {
  return JSON.stringify({ ...plan, bakeSeconds: seconds(bake), patienceSeconds: seconds(patience) })
}

const written = (ms: number) => new Date(ms).toISOString()

function stateText({ since, lease, ...state }: WavesState): string {
  return JSON.stringify({
    ...state,
    since: written(since),
    ...(lease && { lease: { holder: lease.holder, renewed: written(lease.renewed) } }),
  })
}

type Maybe<T> = T | undefined
const text = (value: Json | undefined): Maybe<string> => (typeof value === 'string' ? value : undefined)
const natural = (value: Json | undefined): Maybe<number> =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
const time = (value: Json | undefined): Maybe<number> => parseTime(text(value) ?? '')

/** A number of nodes above 0, or a percentage of them up to 100. */
export function isAmount(value: unknown): value is IntOrString {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0
  const percent = typeof value === 'string' ? /^(\d{1,3})%$/.exec(value)?.[1] : undefined
  return percent !== undefined && Number(percent) > 0 && Number(percent) <= 100
}

function planOf(value: JsonObject): WavesPlan | undefined {
  const { waves, onFailure, evict, from, canary } = value
  const [bake, patience] = [natural(value.bakeSeconds), natural(value.patienceSeconds)]
  const templateGeneration = text(value.templateGeneration)
  const first = canary === undefined ? undefined : canaryOf(canary)
  const hash = isObject(from) ? text(from.hash) : undefined
  if (!isObject(from) || hash === undefined || templateGeneration === undefined) return undefined
  if (bake === undefined || patience === undefined || (canary !== undefined && !first)) return undefined
  if (!Array.isArray(waves) || !waves.every(isAmount)) return undefined
  if ((onFailure !== 'abort' && onFailure !== 'pause') || typeof evict !== 'boolean') return undefined
  if (value.maxUnavailable !== undefined && !isAmount(value.maxUnavailable)) return undefined
  const by = text(value.by)
  if (waves.length === 0 && by === undefined) return undefined
  return {
    canary: first,
    waves,
    by,
    bake: bake * 1000,
    patience: patience * 1000,
    onFailure,
    gate: text(value.gate),
    maxUnavailable: value.maxUnavailable,
    evict,
    from: { hash, changeCause: text(from.changeCause) },
    templateGeneration,
  }
}

function canaryOf(value: Json): Canary | undefined {
  if (!isObject(value)) return undefined
  const { kind, names, selector } = value
  if (kind === 'count' && isAmount(value.value)) return { kind, value: value.value }
  if (kind === 'selector' && typeof selector === 'string' && isSelector(selector)) return { kind, selector }
  const isNames = Array.isArray(names) && names.every((name) => typeof name === 'string')
  return kind === 'nodes' && isNames ? { kind, names } : undefined
}

function isSelector(selector: string): boolean {
  try {
    parseLabelSelector(selector)
    return true
  } catch {
    return false
  }
}

const phases: readonly WavesState['phase'][] = ['updating', 'baking', 'aborting']

function stateOf(value: JsonObject): WavesState | undefined {
  const [wave, restarts, since] = [natural(value.wave), natural(value.restarts), time(value.since)]
  const phase = phases.find((one) => one === value.phase)
  const lease = value.lease === undefined ? undefined : leaseOf(value.lease)
  if (wave === undefined || restarts === undefined || since === undefined || !phase) return undefined
  return {
    wave,
    phase,
    since,
    restarts,
    group: text(value.group),
    paused: text(value.paused),
    promoted: value.promoted === true ? true : undefined,
    failure: text(value.failure),
    lease,
  }
}

function leaseOf(value: Json): Lease | undefined {
  const holder = isObject(value) ? text(value.holder) : undefined
  const renewed = isObject(value) ? time(value.renewed) : undefined
  return holder === undefined || renewed === undefined ? undefined : { holder, renewed }
}
