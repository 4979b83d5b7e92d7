import { escapeLine } from '#base/escape.ts'
import type { Style } from '#base/style.ts'
import { displayWidth } from '#base/width.ts'
import { wrapped } from '#base/wrap.ts'
import type { Judgement } from '#controller/rollout-status.ts'
import type { DaemonSetState, PodRow, StateRow } from '#controller/state/types.ts'
import { humanDuration } from '#kube/duration.ts'
import { counted } from '../names.ts'
import { verdictText } from '../state/verdict.ts'
import { budgetLine, endlessLines, holdLine, stepLines, toldHolds, whyText } from './holds.ts'
import { pictureLines } from './picture.ts'

/** A roll-out under way, as far as the live view shows it. */
export interface RolloutProgress {
  readonly namespace: string
  readonly name: string
  readonly judgement: Judgement
  readonly desired: number
  readonly updated: number
  readonly available: number
  /** Milliseconds since the view began. */
  readonly elapsed: number
  /** Nodes updated since the view began. */
  readonly finished: number
  /** Undefined until it has been looked at, or where it may not be. */
  readonly state: DaemonSetState | undefined
  /** Milliseconds for which restarts are still watched for; undefined: the roll-out is not done. */
  readonly settles?: number | undefined
}

/** The lines of the live view of one roll-out, none wider than `width` and no more than `height`: title, bar, nodes, budget, holds. */
export function progressLines(
  progress: RolloutProgress,
  width: number,
  height: number,
  style: Style,
): string[] {
  const { judgement, name, state } = progress
  const revision = state?.rolledOut.number
  const images = state && state.rolledOut.images.length > 0 ? ` (${state.rolledOut.images.join(', ')})` : ''
  const to = revision === undefined ? '' : ` to revision ${revision}${images}`
  const title = wrapped(`daemon set ${JSON.stringify(name)}${escapeLine(to)}`, width).map(style.bold)
  if (judgement.state === 'unobserved')
    return [...title, 'Waiting for the controller to observe the new spec...']
  const top = [...title, barLine(progress, width, style)]
  if (!state) return top
  return cut([...top, ...bodyLines(state, { width, height: height - top.length, style })], height)
}

interface Room {
  readonly width: number
  readonly height: number
  readonly style: Style
}

const drawn = new WeakMap<DaemonSetState['rows'], Room & { readonly lines: readonly string[] }>()

/** Revisions, nodes and holds. They are drawn several times between two looks at thousands of nodes: once is enough. */
function bodyLines(state: DaemonSetState, { height, style, width }: Room): readonly string[] {
  const known = drawn.get(state.rows)
  if (known && known.width === width && known.height === height && known.style === style) return known.lines
  const revisions = revisionLines(state, width, style)
  const holds = heldLines(state, width, style)
  const left = height - revisions.length
  const room = Math.max(3, left - Math.min(holds.length, Math.ceil(left / 2)))
  const lines = [...revisions, ...pictureLines(state.rows, width, room, style), ...holds]
  drawn.set(state.rows, { width, height, style, lines })
  return lines
}

const cut = (lines: readonly string[], height: number): string[] =>
  lines.length <= height
    ? [...lines]
    : [...lines.slice(0, height - 1), `… ${lines.length - height + 1} more lines`]

/** A line for each roll-out of several, the holds of the worst below. */
export function severalLines(
  all: readonly RolloutProgress[],
  width: number,
  height: number,
  style: Style,
): string[] {
  const names = all.map(({ namespace, name }) => escapeLine(`${namespace}/${name}`))
  const label = Math.min(Math.floor(width / 2), Math.max(...names.map((name) => displayWidth(name))))
  const lines = all.map((one, at) => {
    const name = names[at] ?? ''
    const head = name + ' '.repeat(Math.max(0, label - displayWidth(name)) + 2)
    const { available, desired, judgement, settles, updated } = one
    const counts = `${updated}/${desired} updated, ${available} available`
    const done = judgement.state === 'done' && settles === undefined
    const verdict = done ? style.good('done') : one.state ? verdictText(one.state, style) : ''
    return `${head}${bar(one, 10, style)}  ${counts}${verdict === '' ? '' : `  ${verdict}`}`
  })
  const room = Math.max(3, height - 1)
  const shown =
    lines.length > room ? [...lines.slice(0, room - 1), `and ${lines.length - room + 1} more`] : lines
  const stuck = all.flatMap(({ state, name }) =>
    state && whyText(state) !== undefined ? [{ name, state }] : [],
  )
  const below = stuck.flatMap(({ name, state }) => [
    style.bold(`daemon set ${JSON.stringify(name)}`),
    ...heldLines(state, width, style),
  ])
  return cut([...shown, ...below], Math.max(room, height))
}

/** Why it does not go on, what holds it with the next steps, and the budget; the budget alone while it moves. */
function heldLines(state: DaemonSetState, width: number, style: Style): string[] {
  const subject = {
    namespace: state.daemonSet.metadata?.namespace ?? '',
    name: state.daemonSet.metadata?.name ?? '',
  }
  const why = whyText(state)
  const budget = budgetLine(state, why === undefined)
  return [
    ...(budget === undefined ? [] : wrapped(budget, width)),
    ...endlessLines(state)
      .flatMap((line) => wrapped(line, width))
      .map(style.bad),
    ...(why === undefined ? [] : wrapped(escapeLine(why), width).map(style.bad)),
    ...toldHolds(state)
      .slice(0, 6)
      .flatMap((hold) => [
        ...wrapped(holdLine(hold), width).map(style.warn),
        ...stepLines(hold, subject).flatMap((line) => wrapped(line, width, '    ')),
      ]),
  ]
}

/** Both revisions with their images and how many nodes have them; nothing where all nodes have one. */
function revisionLines({ rolledOut, rows }: DaemonSetState, width: number, style: Style): string[] {
  const groups = new Map<string, { readonly rows: StateRow[]; readonly pod: PodRow }>()
  for (const row of rows) {
    const [pod] = row.pods
    if (!pod) continue
    const key = pod.updated ? '' : `${pod.revision ?? pod.facts.hash}`
    const known = groups.get(key)
    if (known) known.rows.push(row)
    else groups.set(key, { rows: [row], pod })
  }
  if ([...groups.keys()].every((key) => key === '')) return []
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .flatMap(([key, { rows: of, pod }]) => {
      const isNew = key === ''
      const number = isNew ? rolledOut.number : pod.revision
      const images = isNew
        ? rolledOut.images
        : (pod.pod.spec?.containers ?? []).map(({ image }) => image ?? '')
      const text = `${isNew ? 'new' : 'old'}  revision ${number ?? '?'}  ${counted(of.length, 'node')}  ${images.join(', ')}`
      return wrapped(escapeLine(text), width).map(isNew ? style.accent : style.dim)
    })
}

function bar({ desired, updated }: RolloutProgress, room: number, style: Style): string {
  const share = desired === 0 ? 1 : Math.min(1, updated / desired)
  const full = Math.round(share * room)
  return `${style.good('█'.repeat(full))}${style.dim('░'.repeat(room - full))}`
}

function barLine(progress: RolloutProgress, width: number, style: Style): string {
  const { available, desired, elapsed, settles, updated } = progress
  const counts = `${updated}/${desired} updated, ${available} available`
  const pace =
    settles === undefined
      ? paceText(progress)
      : `, watched for restarts for ${humanDuration(Math.max(0, settles))} more`
  const facts = `  ${counts}  ${humanDuration(elapsed)}${pace}`
  return bar(progress, Math.max(10, Math.min(30, width - facts.length)), style) + facts
}

/** How fast it goes and how long that would take, once there is something to measure; no time left where it never ends. */
function paceText({ desired, elapsed, finished, state, updated }: RolloutProgress): string {
  if (finished < 2 || elapsed < 1000) return ''
  const perMinute = (finished / elapsed) * 60_000
  const left = ((desired - updated) / finished) * elapsed
  const rate = perMinute >= 10 ? String(Math.round(perMinute)) : perMinute.toFixed(1)
  const ends = desired > updated && (state?.finishes.can ?? true)
  return `, ${rate}/min${ends ? `, ${humanDuration(Math.max(1000, left))} left` : ''}`
}
