import { escapeLine } from '#base/escape.ts'
import { headLine, wrapped } from '#base/wrap.ts'
import type { NodeChange } from '#controller/changes/node-change.ts'
import type { ChangePlan } from '#controller/changes/plan-changes.ts'
import type {
  Explanation,
  Pass,
  Reason,
  RequirementTrace,
  TermTrace,
  TolerationNearMiss,
  UntoleratedTaint,
} from '#placement/decision.ts'
import type { PlacementPlan, PlannedNode } from '#placement/plan.ts'
import { objectName } from '../names.ts'
import type { TextOptions } from '../sections.ts'
import { type Present, reasonsOf } from './change-reasons.ts'
import { evictedOn } from './evictions.ts'
import { looks } from './looks.ts'
import { stateText } from './state-text.ts'

type Rule = 'node name' | 'node selector' | 'node affinity' | 'taints'
const rules: readonly Rule[] = ['node name', 'node selector', 'node affinity', 'taints']

const asksNothing: Readonly<Record<Rule, string>> = {
  'node name': 'the template names no node',
  'node selector': 'the template has no nodeSelector',
  'node affinity': 'the template requires no node affinity',
  taints: 'the node has no taints',
}

const ruleOf: Readonly<Record<Reason['code'] | Pass['code'], Rule>> = {
  NodeNameMismatch: 'node name',
  NodeNameMatched: 'node name',
  NodeSelectorMismatch: 'node selector',
  NodeSelectorMatched: 'node selector',
  NodeAffinityMismatch: 'node affinity',
  NodeAffinityMatched: 'node affinity',
  UntoleratedTaint: 'taints',
  TaintTolerated: 'taints',
  TaintIgnored: 'taints',
}

/** One line of a trace: whether it held, what it says, and what stands below it. */
interface Line {
  readonly held: boolean
  readonly text: string
  readonly below?: readonly Line[]
}

function requirementLine({ text, key, actual, matched }: RequirementTrace): Line {
  const fact = actual === null ? `the node has no label ${key}` : `the node has "${actual}"`
  return { held: matched, text: `${text}: ${fact}` }
}

function termLine(term: TermTrace): Line {
  const name = `term ${term.index + 1}`
  if (term.state === 'empty') return { held: false, text: `${name} is empty and matches no node` }
  if (term.state === 'dropped') {
    return {
      held: false,
      text: `${name} cannot be parsed and is dropped`,
      below: term.parseErrors.map((error) => ({ held: false, text: error })),
    }
  }
  const held = term.state === 'matched'
  return {
    held,
    text: `${name} ${held ? 'matches' : 'does not match'}`,
    below: term.requirements.map(requirementLine),
  }
}

function nearMissLine({ toleration, differs }: TolerationNearMiss): Line {
  const { effect, index, operator, text, value } = toleration
  const place = index === null ? 'the controller adds' : `tolerations[${index}] is`
  const only = {
    effect: `only ${effect}`,
    value: `only the value ${JSON.stringify(value)}`,
    operator: `nothing, by its operator ${operator}`,
  }
  const tolerates = differs.map((what) => only[what]).join(' and ')
  return { held: false, text: `${place} ${text}: it tolerates ${tolerates}` }
}

function taintLine(reason: UntoleratedTaint): Line {
  const effect = reason.evicts
    ? 'a pod that is there is evicted'
    : 'no new pod comes, one that is there stays'
  return { held: false, text: `${reason.message}: ${effect}`, below: reason.nearMisses.map(nearMissLine) }
}

function lineOf(entry: Reason | Pass): Line {
  if (entry.code === 'UntoleratedTaint') return taintLine(entry)
  if (entry.code === 'NodeAffinityMismatch' || entry.code === 'NodeAffinityMatched') {
    return {
      held: entry.code === 'NodeAffinityMatched',
      text: entry.message,
      below: entry.terms.map(termLine),
    }
  }
  return { held: !entry.code.endsWith('Mismatch'), text: entry.message }
}

function mark(held: boolean, { style, symbols }: TextOptions): string {
  const text = symbols ? (held ? '✔' : '✘') : held ? 'ok  ' : 'FAIL'
  return held ? style.good(text) : style.bad(text)
}

function drawn(line: Line, depth: number, options: TextOptions): string[] {
  const sign = mark(line.held, options)
  const signWidth = options.symbols ? 1 : 4
  const pad = ' '.repeat(2 + depth * 2)
  const rest = ' '.repeat(pad.length + signWidth + 1)
  const [first = '', ...more] = wrapped(escapeLine(line.text), options.width, rest)
  const below = (line.below ?? []).flatMap((each) => drawn(each, depth + 1, options))
  return [`${pad}${sign} ${first.slice(rest.length)}`, ...more, ...below]
}

/** What is to be said of the pods there, and of the one that comes: a line each. */
function podLines(change: NodeChange, present: Present): string[] {
  const { outcome, pods, reason, state } = change
  if (outcome === 'unchanged' && state) return [`pod ${state.pod}: ${stateText(state, present.now)}`, reason]
  const lines = [...reasonsOf([change], present), ...evictedOn(change)]
  return pods.length > 0 || state
    ? [`pod ${[...new Set([...pods, state?.pod ?? ''])].filter(Boolean).join(', ')}`, ...lines]
    : lines
}

/**
 * Every rule for one node, passed and failed, with the labels, terms, taints and tolerations that decided it; first of all
 * how its pod is and what becomes of it, where pods are known.
 */
export function nodeTrace(
  plan: PlacementPlan,
  node: PlannedNode,
  options: TextOptions,
  changes?: ChangePlan,
): string {
  const { style, symbols, width } = options
  const change = changes?.changes.find((one) => one.node === node.name)
  const { mark, tone, verdict } = looks[change?.outcome ?? node.result]
  const sign = symbols && mark.trim() !== '' ? `${mark} ` : ''
  const lines = [
    headLine(
      headLine(`${sign}${style.bold(escapeLine(node.name))}`, verdict, width, style[tone]),
      `(${objectName(plan.daemonSet)})`,
      width,
    ),
  ]
  if (change && changes)
    lines.push(...podLines(change, changes).flatMap((line) => wrapped(escapeLine(line), width, '  ')))
  return `${[...lines, ...ruleLines(node.decision, options)].join('\n')}\n`
}

/** Every rule in order, passed or failed, with its evidence; an empty line before each. */
export function ruleLines({ passes, reasons }: Explanation, options: TextOptions): string[] {
  const entries = [...reasons, ...passes]
  return rules.flatMap((rule) => {
    const found = entries.filter((entry) => ruleOf[entry.code] === rule).map(lineOf)
    const none: Line[] = [{ held: true, text: asksNothing[rule] }]
    const drawnLines = (found.length > 0 ? found : none).flatMap((line) => drawn(line, 0, options))
    return ['', options.style.bold(rule), ...drawnLines]
  })
}
