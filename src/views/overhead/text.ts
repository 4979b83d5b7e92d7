/** What DaemonSets ask of nodes, on a screen. */
import { escapeLine } from '#base/escape.ts'
import { displayWidth } from '#base/width.ts'
import { headLine, wrapped } from '#base/wrap.ts'
import type { DaemonSetOverhead, NodeClass, Overhead } from '#controller/overhead.ts'
import type { Requests } from '#scheduler/pod-requests.ts'
import { counted, objectName, sampleNames } from '../names.ts'
import type { TextOptions } from '../sections.ts'
import { table } from '../table.ts'
import { amountText, shareText } from './amounts.ts'

interface ShownOverhead {
  readonly overhead: Overhead
  /** Heads of the labels that nodes are told apart by, too. */
  readonly labels: readonly string[]
  /** Without the DaemonSets of a file; undefined: none was given. */
  readonly without: Overhead | undefined
  /** Nodes that are not there. */
  readonly hypothetical: boolean
}

const first = ['cpu', 'memory', 'pods', 'ephemeral-storage']

/** What is asked for, the usual before the rest. */
function ordered(asks: Requests): string[] {
  const asked = [...asks].flatMap(([resource, amount]) => (amount > 0 ? [resource] : []))
  const others = asked.filter((resource) => !first.includes(resource)).sort()
  return [...first.filter((resource) => asked.includes(resource)), ...others]
}

/** The columns: the usual, and what anybody asks for. */
const resourcesOf = ({ total }: Overhead) => [...new Set(['cpu', 'memory', 'pods', ...ordered(total)])]

const heads: Readonly<Record<string, string>> = { 'ephemeral-storage': 'STORAGE' }
const headOf = (resource: string) => heads[resource] ?? escapeLine(resource).toUpperCase()

function askText(resource: string, asks: Requests, allocatable: Requests): string {
  const [part, whole] = [asks.get(resource) ?? 0, allocatable.get(resource)]
  const of = whole === undefined ? '' : ` of ${amountText(resource, whole)}`
  return `${amountText(resource, part)}${of}${shareText(part, whole)}`
}

/** Without the whole. */
const shortAskText = (resource: string, asks: Requests, allocatable: Requests): string =>
  amountText(resource, asks.get(resource) ?? 0) +
  shareText(asks.get(resource) ?? 0, allocatable.get(resource))

const percent = (share: number) => `${Math.round(share * 100)}%`

const sums = (amounts: Requests, resources: readonly string[]) =>
  resources
    .filter((resource) => resource !== 'pods' && (amounts.get(resource) ?? 0) > 0)
    .map((resource) => `${resource} ${amountText(resource, amounts.get(resource) ?? 0)}`)
    .join(', ')

/** `a new node runs 7 daemon pods: cpu 1.2 of 8 (15%), memory 900Mi of 31Gi (3%)`. */
export function classCost({ asks, allocatable, runs }: NodeClass, nodes: number): string {
  const asked = ordered(asks).filter((resource) => resource !== 'pods')
  const each = asked
    .map((resource) => `${escapeLine(resource)} ${askText(resource, asks, allocatable)}`)
    .join(', ')
  const all = new Map([...asks].map(([resource, amount]) => [resource, amount * nodes]))
  const together = nodes > 1 && asked.length > 0 ? `; ${nodes} of them: ${sums(all, asked)}` : ''
  return `a new node runs ${counted(runs.length, 'daemon pod')}${each === '' ? '' : `: ${each}`}${together}`
}

function headlineOf({ overhead, hypothetical }: ShownOverhead, { style, width }: TextOptions): string {
  const { classes, daemonSets, total } = overhead
  const [top] = classes
  const running = daemonSets.filter(({ nodes }) => nodes > 0).length
  const nodes = classes.reduce((sum, { names }) => sum + names.length, 0)
  if (!top || running === 0)
    return headLine(
      style.bold(style.good('nothing')),
      `is requested on ${counted(nodes, 'node')}: no DaemonSet runs there`,
      width,
    )
  const known = top.allocatable.size > 0
  const most = known
    ? `${hypothetical ? '' : 'up to '}${percent(top.share)} of a node`
    : 'an unknown share of nodes'
  const paint = top.share > 1 ? style.bad : top.share > 0.3 ? style.warn : style.good
  const all = sums(total, resourcesOf(overhead)) || 'no requests'
  const where = hypothetical ? 'a new node' : counted(nodes, 'node')
  return headLine(
    `${style.bold(paint(most))} is requested by ${counted(running, 'DaemonSet')}:`,
    `${all} and ${counted(total.get('pods') ?? 0, 'pod')} on ${where}`,
    width,
  )
}

function classTable({ overhead, labels }: ShownOverhead, wide: boolean, options: TextOptions): string {
  const resources = resourcesOf(overhead)
  const width = wide && !options.symbols ? undefined : options.width
  const draw = (cell: typeof askText) =>
    table({
      head: ['NODES', ...labels.map(escapeLine), ...resources.map(headOf), 'WHICH'],
      rows: overhead.classes.map((one) => [
        String(one.names.length),
        ...one.labels.map((value) => (value === null ? '<none>' : escapeLine(value) || '""')),
        ...resources.map((resource) => cell(resource, one.asks, one.allocatable)),
        wide ? one.names.map(escapeLine).join(',') : sampleNames(one.names, Math.max(20, options.width - 62)),
      ]),
      right: [0],
      width,
    })
  const whole = draw(askText)
  const isTooWide = width !== undefined && whole.split('\n').some((line) => displayWidth(line) > width)
  return isTooWide ? draw(shortAskText) : whole
}

function daemonSetTable({ overhead }: ShownOverhead, options: TextOptions): string {
  const resources = resourcesOf(overhead).filter((resource) => resource !== 'pods')
  const amounts = (requests: Requests, times = 1) =>
    resources.map((resource) => {
      const amount = (requests.get(resource) ?? 0) * times
      return amount === 0 ? '-' : amountText(resource, amount)
    })
  return table({
    head: [
      'DAEMONSET',
      'NODES',
      ...resources.map(headOf),
      ...resources.map((resource) => `ALL ${headOf(resource)}`),
    ],
    rows: overhead.daemonSets.map(({ daemonSet, requests, nodes }) => [
      objectName(daemonSet),
      String(nodes),
      ...amounts(requests),
      ...amounts(requests, nodes),
    ]),
    right: Array.from({ length: 1 + 2 * resources.length }, (_, at) => at + 1),
    width: options.symbols ? options.width : undefined,
  })
}

const difference = (a: Requests, b: Requests): Requests =>
  new Map([...new Set([...a.keys(), ...b.keys()])].map((key) => [key, (a.get(key) ?? 0) - (b.get(key) ?? 0)]))

/** What the DaemonSets of a file add to those that are there. */
function addedNote({ overhead, without }: ShownOverhead): string[] {
  if (!without) return []
  const more = difference(overhead.total, without.total)
  const told = [...more].filter(([, amount]) => amount !== 0)
  if (told.length === 0) return ['The file adds nothing.']
  const signed = ([resource, amount]: readonly [string, number]) =>
    `${amount < 0 ? '-' : '+'}${amountText(resource, Math.abs(amount))} ${escapeLine(resource)}`
  const [before, after] = [without.classes[0]?.share ?? 0, overhead.classes[0]?.share ?? 0]
  return [
    `The file changes that by ${told.map(signed).join(', ')}; the largest share of a node from ${percent(before)} to ${percent(after)}.`,
  ]
}

const unsetText = ({ unset }: DaemonSetOverhead) =>
  unset.map(({ container, resources }) => `${container}: no ${resources.join(', no ')}`).join('; ')

/** Who asks for nothing, so that nothing is set aside for it. */
function unsetNotes({ overhead }: ShownOverhead): string[] {
  const found = overhead.daemonSets.filter(({ nodes, unset }) => nodes > 0 && unset.length > 0)
  if (found.length === 0) return []
  const shown = found.slice(0, 10)
  const more = found.length > shown.length ? [`  and ${found.length - shown.length} more: -o wide`] : []
  return [
    `Nothing is reserved for pods without requests (${counted(found.length, 'DaemonSet')}): set them, or a LimitRange with defaults`,
    ...shown.map((one) => `  ${objectName(one.daemonSet)} (${escapeLine(unsetText(one))})`),
    ...more,
  ]
}

/** The answer, classes of nodes, the DaemonSets, and what is not set: largest first. */
export function overheadText(shown: ShownOverhead, wide: boolean, options: TextOptions): string {
  const notes = [...addedNote(shown), ...unsetNotes(shown)].flatMap((line) =>
    wrapped(line.trimStart(), options.width, line.startsWith('  ') ? '  ' : ''),
  )
  const next =
    'Not counted: what the kubelet and the system reserve; allocatable is what is left of a node after them.'
  return [
    headlineOf(shown, options),
    '',
    classTable(shown, wide, options).trimEnd(),
    '',
    daemonSetTable(shown, options).trimEnd(),
    ...(notes.length > 0 ? ['', ...notes] : []),
    '',
    ...wrapped(next, options.width),
    '',
  ].join('\n')
}
