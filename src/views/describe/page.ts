import { escapeLine } from '#base/escape.ts'
import type { Style } from '#base/style.ts'
import { wrapped } from '#base/wrap.ts'
import { phases } from '#controller/state/types.ts'
import { humanDuration, parseTime } from '#kube/duration.ts'
import { labelSelector } from '#kube/selectors.ts'
import type { Finding } from '#lint/types.ts'
import { counted, sampleNames } from '../names.ts'
import { groupReasonLine } from '../plan/reason-text.ts'
import { headLines, holdText } from '../state/headline.ts'
import { narrowed } from '../state/narrow.ts'
import { nextCommands, nextLines } from '../state/next-lines.ts'
import { phaseText, phaseWords } from '../state/phase-text.ts'
import { table } from '../table.ts'
import type { EventGroup } from './event-groups.ts'
import type { DescriptionFacts } from './facts.ts'
import { budgetLines, strategyText } from './strategy.ts'

interface PageOptions {
  readonly style: Style
  /** Columns; Infinity: no line is broken. */
  readonly width: number
}

/** Groups beyond this many are counted, not shown. */
const most = { events: 8, findings: 6, users: 4, placement: 6 }
const titleWidth = 13
/** Names in a line take no more columns than this. */
const namesWidth = 60

/** `Title:       text`, the further lines below each other; texts are escaped here. */
function field(title: string, texts: readonly string[], { style, width }: PageOptions): string[] {
  const indent = ' '.repeat(titleWidth)
  const lines = texts.flatMap((text) => wrapped(escapeLine(text), width, indent))
  const [first = '', ...rest] = lines
  return [style.bold(`${title}:`) + first.slice(title.length + 1), ...rest]
}

const section = (title: string, lines: readonly string[], { style }: PageOptions): string[] =>
  lines.length === 0 ? [] : ['', style.bold(`${title}:`), ...lines]

const cut = (texts: readonly string[], limit: number) =>
  texts.length <= limit ? texts : [...texts.slice(0, limit), `… and ${texts.length - limit} more`]

function about({ state }: DescriptionFacts): readonly (readonly [string, readonly string[]])[] {
  const { daemonSet, now, rolledOut } = state
  const { metadata, spec } = daemonSet
  const made = parseTime(metadata?.creationTimestamp ?? '')
  const pod = spec?.template?.spec
  const budget = budgetLines(state)
  const number = rolledOut.number === undefined ? '' : `${rolledOut.number}, `
  return [
    ['Name', [metadata?.name ?? '']],
    ['Namespace', [metadata?.namespace ?? '']],
    ['Age', [made === undefined ? '<unknown>' : humanDuration(now - made)]],
    ['Selector', [labelSelector(spec?.selector).text || '<none>']],
    ['Revision', [`${number}${rolledOut.images.join(', ') || '<none>'}`]],
    ['Priority', [pod?.priorityClassName || 'no class: it preempts no other pod']],
    ['Strategy', [strategyText(state)]],
    ...(budget ? [['Budget', cut(budget, most.users)] as const] : []),
  ]
}

/** Where it should run, and what keeps it off the other nodes. */
function placementTexts({ plan, state }: DescriptionFacts): readonly string[] {
  if (!plan) return ['you may not list nodes']
  const { count, groups, nodes } = plan
  const off = groups
    .filter(({ result }) => result !== 'run')
    .map((group) => `${counted(group.nodes.length, 'node')} not: ${groupReasonLine(group) || 'ruled out'}`)
  const wrong =
    state.misscheduled > 0
      ? [
          `${counted(state.misscheduled, 'node')} ${state.misscheduled === 1 ? 'has' : 'have'} a pod and should not`,
        ]
      : []
  return [`${count.run} of ${counted(nodes.length, 'node')}`, ...cut(off, most.placement), ...wrong]
}

function revisionLines({ revisions, state }: DescriptionFacts, { width }: PageOptions): string[] {
  if (!revisions) return ['  you may not read them']
  if (revisions.length === 0) return []
  const rows = revisions
    .toReversed()
    .map(({ changeCause, createdAt, current, hash, images, pods, revision }) => {
      const made = parseTime(createdAt)
      return [
        `  ${revision}`,
        current ? '*' : '',
        hash || '<none>',
        made === undefined ? '<unknown>' : humanDuration(state.now - made),
        `${pods.ready}/${pods.total}`,
        images.join(',') || '<none>',
        changeCause.replaceAll(/[\n\t]/g, ' ') || '<none>',
      ].map(escapeLine)
    })
  const head = ['  REVISION', 'CURRENT', 'HASH', 'AGE', 'PODS', 'IMAGES', 'CHANGE-CAUSE']
  const finite = Number.isFinite(width)
  const shown = finite ? narrowed(head, rows, width, ['HASH', 'CURRENT']) : { head, rows }
  return table({ ...shown, width: finite ? width : undefined })
    .trimEnd()
    .split('\n')
}

/** Nodes by what their pod does. */
function podLines({ state }: DescriptionFacts, { style, width }: PageOptions): string[] {
  return phases.toReversed().flatMap((phase) => {
    const rows = state.rows.filter((row) => row.phase === phase)
    const [first] = rows
    if (!first) return []
    const paint =
      phase === 'ready' ? style.good : phase === 'failing' || phase === 'none' ? style.bad : style.warn
    const what = rows.length === 1 ? phaseText(first.pods[0], state.now) : phaseWords[phase]
    const restarts = rows.reduce((sum, row) => sum + row.restarts, 0)
    const again = restarts > 0 ? `, ${counted(restarts, 'restart')}` : ''
    const names = sampleNames(
      rows.map(({ node }) => node),
      namesWidth,
    )
    return wrapped(`${rows.length} ${what}${again}: ${names}`, width, '  ').map(paint)
  })
}

/** All that is in the way, unless the first line has told it all. */
function holdLines({ state }: DescriptionFacts, { width }: PageOptions): string[] {
  const { holds, verdict } = state
  const [first, second] = holds
  const told = first && !second && holdText(first) === first.sentence
  if (told && (verdict.code === 'stuck' || verdict.code === 'no-pods')) return []
  return holds.flatMap(({ nodes, pods, sentence, stuck, times }) => {
    const where = nodes.length > 0 ? `${sampleNames(nodes, namesWidth)}: ` : ''
    const who = pods.length > 0 && times === undefined ? ` (${sampleNames(pods, namesWidth)})` : ''
    const how = stuck ? '' : '; it resolves by itself'
    return wrapped(`${where}${escapeLine(sentence)}${who}${how}`, width, '  ')
  })
}

/** Warnings in their words; of the others, how often each was told. */
function eventLines(events: readonly EventGroup[], now: number, { style, width }: PageOptions): string[] {
  const ago = ({ last }: EventGroup) => (last === undefined ? '' : `, ${humanDuration(now - last)} ago`)
  const warnings = events.filter(({ type }) => type === 'Warning')
  const others = events.filter(({ type }) => type !== 'Warning')
  const shown = warnings.slice(0, most.events).flatMap((group) => {
    const kind = group.kind.toLowerCase()
    const who = group.objects === 1 ? `${kind} ${group.name}` : counted(group.objects, kind)
    const times = group.times > 1 ? `, ${group.times} times` : ''
    const head = `${group.reason}: ${who}${times}${ago(group)}`
    return [
      ...wrapped(escapeLine(head), width, '  ').map(style.warn),
      ...wrapped(escapeLine(group.message), width, '    '),
    ]
  })
  const more = warnings.length - most.events
  const [latest] = others
  const counts = others.map(({ reason, times }) => `${times} ${reason}`)
  return [
    ...shown,
    ...(more > 0 ? [`  … and ${counted(more, 'other warning')}`] : []),
    ...(latest ? wrapped(escapeLine(`Normal: ${counts.join(', ')}${ago(latest)}`), width, '  ') : []),
  ]
}

function findingLines(findings: readonly Finding[], { style, width }: PageOptions): string[] {
  const told = findings.filter(({ severity }) => severity !== 'info')
  const shown = told.slice(0, most.findings).flatMap(({ check, message, severity }) => {
    const paint = severity === 'error' ? style.bad : style.warn
    return wrapped(`${severity} ${check.id}: ${escapeLine(message)}`, width, '  ').map(paint)
  })
  const more = findings.length - Math.min(told.length, most.findings)
  return more > 0
    ? [...shown, `  … and ${counted(more, 'more finding')}: kds lint -f FILE shows all, and what to do`]
    : shown
}

/** A DaemonSet on a page: how it is and why, what it is, its revisions, pods, holds, Events and findings, and what to do. */
export function descriptionPage(facts: DescriptionFacts, options: PageOptions): string {
  const { events, findings, state } = facts
  const lines = [
    ...headLines(state, options),
    '',
    ...[...about(facts), ['Placement', placementTexts(facts)] as const].flatMap(([title, texts]) =>
      field(title, texts, options),
    ),
    ...section('Revisions', revisionLines(facts, options), options),
    ...section('Pods', podLines(facts, options), options),
    ...section('In the way', holdLines(facts, options), options),
    ...section(
      'Events',
      events ? eventLines(events, state.now, options) : ['  you may not read them'],
      options,
    ),
    ...section('Findings', findingLines(findings, options), options),
    ...nextLines(nextCommands(state)),
  ]
  return `${lines.join('\n')}\n`
}
