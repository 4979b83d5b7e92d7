import { escapeLine } from '#base/escape.ts'
import type { DaemonSetState } from '#controller/state/types.ts'
import { wavesGoingOn } from '#controller/waves/annotations.ts'
import { virtualLabelOf } from '#placement/virtual-nodes.ts'
import { lostNodes, virtualRows } from './headline.ts'
import { shellWord, stepCommand } from './next-step.ts'

/** A command to copy, and under which condition it is right. */
export interface NextCommand {
  readonly command: string
  readonly when?: string | undefined
}

/** What to do about a DaemonSet, the most likely last; empty where nothing is to be done. */
export function nextCommands(state: DaemonSetState, most = 4): readonly NextCommand[] {
  const { daemonSet, rows, verdict } = state
  const namespace = daemonSet.metadata?.namespace ?? ''
  const name = daemonSet.metadata?.name ?? ''
  const here = `-n ${shellWord(namespace)}`
  const ds = shellWord(`ds/${name}`)
  switch (verdict.code) {
    case 'ok':
    case 'deleting':
      return []
    case 'unobserved':
    case 'updating':
      return [{ command: `kds rollout status ${ds} ${here}`, when: 'to follow it' }]
    case 'no-node':
      return [{ command: `kds plan ${ds} ${here}`, when: 'to see why, node by node' }]
    case 'waits-for-delete': {
      const waves = wavesGoingOn(daemonSet)
      if (waves) return wavesCommands(waves, `${ds} ${here}`)
      const old = rows.find(({ shouldRun, updated }) => shouldRun && updated === false)?.pods[0]
      const command = `kubectl delete pod ${shellWord(old?.facts.name ?? '')} ${here}`
      return old ? [{ command, when: 'for each old pod: the controller makes a new one' }] : []
    }
    case 'misscheduled': {
      if (lostNodes(state).length > 0) return holdCommands(state, most)
      const pods = rows
        .filter((row) => row.misscheduled)
        .flatMap((row) => row.pods.map(({ facts }) => shellWord(facts.name)))
      return [
        { command: `kds plan ${ds} ${here}`, when: 'if it should run there: to see what it lacks' },
        {
          command: `kubectl delete pod ${pods.slice(0, 20).join(' ')} ${here}`,
          when: 'if not: they do not come back',
        },
      ]
    }
    default: {
      const waves = wavesGoingOn(daemonSet)
      return [
        ...holdCommands(state, most),
        ...offVirtual(state),
        ...followed(state, `${ds} ${here}`),
        ...(waves ? wavesCommands(waves, `${ds} ${here}`) : []),
      ]
    }
  }
}

/** What to do about waves, the most likely last. */
export function wavesCommands({ paused }: { readonly paused?: string }, target: string): NextCommand[] {
  const status = { command: `kds rollout waves status ${target}`, when: 'to see how far they are' }
  if (paused === undefined) return [status]
  return [
    status,
    { command: `kds rollout waves abort ${target}`, when: 'to go back to the old revision' },
    { command: `kds rollout waves resume ${target}`, when: 'to go on, once its cause is fixed' },
  ]
}

/** What goes on by itself can be watched. */
const followed = ({ verdict }: DaemonSetState, target: string): NextCommand[] =>
  verdict.code === 'starting' ? [{ command: `kds rollout status ${target}`, when: 'to follow it' }] : []

/** The steps of the holds, the most likely last; on nodes without a kubelet none of them helps. */
function holdCommands(state: DaemonSetState, most: number): NextCommand[] {
  if (virtualRows(state).length > 0) return []
  const { daemonSet, holds } = state
  const subject = { namespace: daemonSet.metadata?.namespace ?? '', name: daemonSet.metadata?.name ?? '' }
  const found = new Map<string, NextCommand>()
  for (const { next } of [...holds].sort((one, other) => Number(other.stuck) - Number(one.stuck)))
    for (const step of next) {
      const command = stepCommand(step, subject)
      if (command !== undefined && !found.has(command)) found.set(command, { command, when: step.when })
    }
  return [...found.values()].slice(0, most).reverse()
}

/** Keeps the pods off nodes without a kubelet; a template with an affinity of its own is for its maker to edit. */
function offVirtual(state: DaemonSetState): NextCommand[] {
  const labels = virtualRows(state).flatMap(({ object }) => (object ? (virtualLabelOf(object) ?? []) : []))
  if (labels.length === 0) return []
  const { metadata, spec } = state.daemonSet
  const words = ['-n', shellWord(metadata?.namespace ?? '')]
  const name = shellWord(metadata?.name ?? '')
  const wanted = new Map(labels.map(({ key, value }) => [key, { key, operator: 'NotIn', values: [value] }]))
  const matchExpressions = [...wanted.values()]
  if (spec?.template?.spec?.affinity?.nodeAffinity) {
    const texts = matchExpressions.map(({ key, values }) => `${key} NotIn (${values.join()})`)
    const when = `in each term of its required node affinity: ${texts.join(' and ')}`
    return [{ command: ['kubectl', 'edit', 'daemonset', name, ...words].join(' '), when }]
  }
  const required = {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
  }
  const patch = { spec: { template: { spec: { affinity: { nodeAffinity: required } } } } }
  const command = [
    'kubectl',
    'patch',
    'daemonset',
    name,
    ...words,
    '-p',
    shellWord(JSON.stringify(patch)),
  ].join(' ')
  return [{ command, when: 'keeps it off them, in the manifest, too' }]
}

/** Them as lines, below a head; the condition stands above its command. */
export function nextLines(commands: readonly NextCommand[]): string[] {
  if (commands.length === 0) return []
  return [
    '',
    'Next:',
    ...commands.flatMap(({ command, when }) => [
      ...(when === undefined ? [] : [`  # ${escapeLine(when)}`]),
      `  ${command}`,
    ]),
  ]
}
