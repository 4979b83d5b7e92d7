import { compareText } from '#base/compare.ts'
import { labelValue } from '#kube/requirements.ts'
import { parseLabelSelector } from '#kube/selectors.ts'
import type { IntOrString, Node } from '#kube/types.ts'
import { scale } from '../update-strategy.ts'
import type { Canary, WavesPlan, WavesState } from './plan.ts'
import type { Survey, SurveyedNode } from './survey.ts'

export interface WaveSet {
  /** `canary`, `10%`, or the group that it is about. */
  readonly label: string
  /** That it is about; undefined: it is counted. */
  readonly group?: string
  /** All that are to be done at its end, those of earlier waves included, in the order in which they are taken. */
  readonly nodes: readonly SurveyedNode[]
}

/** Labels that tell a node's zone and its pool, the usual one first. */
const knownLabels: Readonly<Record<string, readonly string[]>> = {
  zone: ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'],
  pool: [
    'karpenter.sh/nodepool',
    'eks.amazonaws.com/nodegroup',
    'alpha.eksctl.io/nodegroup-name',
    'cloud.google.com/gke-nodepool',
    'kubernetes.azure.com/agentpool',
    'agentpool',
    'doks.digitalocean.com/node-pool',
    'node.kubernetes.io/instancegroup',
    'kops.k8s.io/instancegroup',
  ],
}

/** The group of a node: the value of the label; empty where it has none. */
export function groupOf(node: Node, by: string): string {
  const keys = Object.hasOwn(knownLabels, by) ? (knownLabels[by] ?? []) : [by]
  for (const key of keys) {
    const value = labelValue(node.metadata?.labels, key)
    if (value !== undefined) return value
  }
  return ''
}

/** Whether a wave has nodes that the one before it has not: else there is nothing new to bake or to test. */
export const addsNodes = (sets: readonly WaveSet[], at: number): boolean =>
  at === 0 || sets[at]?.nodes.length !== sets[at - 1]?.nodes.length

/** Which of the waves a roll-out is at: where its group is there no more, at the last one before it. */
export function waveAt(
  sets: readonly WaveSet[],
  { group, wave }: Pick<WavesState, 'group' | 'wave'>,
): number {
  if (group === undefined) return Math.min(wave, sets.length - 1)
  const isPassed = (one: WaveSet) =>
    one.group === undefined || compareText(sortable(one.group), sortable(group)) <= 0
  return Math.max(0, sets.findLastIndex(isPassed))
}

/** A text that sorts `node-2` before `node-10`. */
const sortable = (name: string) => name.replace(/\d+/g, (digits) => digits.padStart(12, '0'))

const isChosen = (canary: Canary | undefined): ((one: SurveyedNode) => boolean) => {
  if (canary?.kind === 'nodes') {
    const names = new Set(canary.names)
    return ({ state }) => names.has(state.name)
  }
  if (canary?.kind !== 'selector') return () => false
  const { matches } = parseLabelSelector(canary.selector)
  return ({ node }) => matches(node.metadata?.labels)
}

const count = (amount: IntOrString, total: number): number => {
  const scaled = scale(amount, total, 'waves')
  return 'value' in scaled ? Math.min(scaled.value, total) : total
}

/**
 * The waves of a plan over the nodes that should run a pod. Chosen canaries come first, then what is done already (so that a
 * node that joins is no reason to touch another), then group by group and by name; nodes that are not ready come last.
 */
export function waveSets(plan: Pick<WavesPlan, 'canary' | 'waves' | 'by'>, { nodes }: Survey): WaveSet[] {
  const { by, canary, waves } = plan
  const chosen = isChosen(canary)
  const rank = (one: SurveyedNode) => (chosen(one) ? 0 : one.updated ? 1 : one.ready ? 2 : 3)
  const group = (one: SurveyedNode) => (by === undefined ? '' : groupOf(one.node, by))
  const sorted = (before: (one: SurveyedNode) => number) =>
    nodes
      .map((one) => ({
        one,
        rank: before(one),
        group: sortable(group(one)),
        name: sortable(one.state.name),
      }))
      .sort((a, b) => a.rank - b.rank || compareText(a.group, b.group) || compareText(a.name, b.name))
      .map(({ one }) => one)
  const order = sorted(rank)
  const first =
    canary === undefined
      ? []
      : canary.kind === 'count'
        ? order.slice(0, count(canary.value, order.length))
        : order.filter(chosen)
  const sets: WaveSet[] = canary === undefined ? [] : [{ label: 'canary', nodes: first }]
  if (waves.length > 0) {
    const atLeast = first.length
    return [
      ...sets,
      ...waves.map((amount) => ({
        label: String(amount),
        nodes: order.slice(0, Math.max(atLeast, count(amount, order.length))),
      })),
    ]
  }
  const taken = new Set(first)
  const groups = new Map<string, SurveyedNode[]>()
  for (const one of sorted(() => 0)) {
    const name = group(one)
    const members = groups.get(name) ?? []
    members.push(one)
    groups.set(name, members)
  }
  for (const [name, members] of groups) {
    for (const one of members) taken.add(one)
    sets.push({ label: name === '' ? `no ${by}` : name, group: name, nodes: [...taken] })
  }
  return sets
}
