/** What applying a DaemonSet comes to, in a line and as a document. */
import type { Diagnostic } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import { sameIgnoringNulls } from '#base/json.ts'
import type { PlanAdmission } from '#controller/changes/plan-admission.ts'
import type { ChangePlan } from '#controller/changes/plan-changes.ts'
import type { Simulation } from '#controller/simulate/simulate.ts'
import type { DaemonSet } from '#kube/types.ts'
import type { PlacementPlan } from '#placement/plan.ts'
import { clockText } from './clock-text.ts'
import { counted } from './names.ts'
import { refusedPods } from './plan/admission.ts'
import { evictionsText } from './plan/evictions.ts'

export interface Outlook {
  readonly plan: PlacementPlan
  /** Undefined where the pods that are there are not known. */
  readonly changes: ChangePlan | undefined
  readonly admission: PlanAdmission | undefined
  readonly simulation: Simulation
  /** How long a pod usually takes to be ready; undefined: not known, the simulation's default. */
  readonly readyAfterSeconds: number | undefined
  readonly warnings: readonly Diagnostic[]
}

/** What kind of change it is; the first that holds. */
type ConsequenceKind =
  | 'none'
  | 'created'
  | 'roll-out'
  | 'waits-for-delete'
  | 'placement'
  | 'strategy'
  | 'spec'
  | 'metadata'

export interface Consequences {
  readonly kind: ConsequenceKind
  /** Each a part of one sentence, escaped; the first is the answer. */
  readonly parts: readonly string[]
  /** Parts of it that are trouble. */
  readonly trouble: readonly string[]
}

/** What a change from `before` to `after` comes to. Without an outlook, as far as the two objects tell. */
export function consequencesOf(
  before: DaemonSet | undefined,
  after: DaemonSet,
  outlook: Outlook | undefined,
): Consequences {
  const kind = kindOf(before, after, outlook)
  return { kind, parts: partsOf(kind, outlook), trouble: outlook ? troubleOf(after, outlook) : [] }
}

function kindOf(
  before: DaemonSet | undefined,
  after: DaemonSet,
  outlook: Outlook | undefined,
): ConsequenceKind {
  if (!before) return 'created'
  const same = (part: (one: DaemonSet) => unknown) => sameIgnoringNulls(part(before), part(after))
  if (!same(({ spec }) => spec?.template))
    return after.spec?.updateStrategy?.type === 'OnDelete' ? 'waits-for-delete' : 'roll-out'
  const totals = outlook?.changes?.totals
  if (totals && totals.add + totals.replace + totals.remove > 0) return 'placement'
  if (!same(({ spec }) => spec?.updateStrategy)) return 'strategy'
  if (!same(({ spec }) => spec)) return 'spec'
  return same(({ metadata: of }) => [of?.labels, of?.annotations, of?.finalizers, of?.ownerReferences])
    ? 'none'
    : 'metadata'
}

function partsOf(kind: ConsequenceKind, outlook: Outlook | undefined): string[] {
  switch (kind) {
    case 'none':
      return ['nothing changes']
    case 'created':
      return ['a new DaemonSet', ...(outlook ? [createdText(outlook)] : []), ...moves(outlook, ['remove'])]
    case 'roll-out':
      return [
        'new template',
        ...(outlook ? [rolloutText(outlook)] : []),
        ...moves(outlook, ['add', 'remove']),
      ]
    case 'waits-for-delete':
      return [
        'new template, strategy OnDelete: old pods stay until someone deletes them',
        ...moves(outlook, ['add', 'remove']),
      ]
    case 'placement':
      return ['no new template', ...moves(outlook, ['add', 'replace', 'remove'])]
    case 'strategy':
      return ['only the update strategy changes, no pod is touched']
    case 'spec':
      return ['the template stays, no pod is touched']
    case 'metadata':
      return ['only metadata changes, no pod is touched']
  }
}

const createdText = ({ plan, changes }: Outlook) => {
  const pods = changes?.totals.add ?? plan.count.run
  return `${counted(pods, 'pod')} on ${counted(plan.nodes.length, 'node')}`
}

/** `a roll-out of 12 pods in 12 waves, about 3m`: as the roll-out was played. */
function rolloutText({ changes, simulation, readyAfterSeconds }: Outlook): string {
  const pods = changes?.totals.replace ?? simulation.strategy.desired
  if (pods === 0) return 'there is no pod to replace'
  const { totalSeconds, end } = simulation
  const waves = replacing(changes, simulation)
  const most = Math.max(...waves)
  const size = waves.length > 1 && most > 1 ? ` of up to ${most}` : ''
  const pace = readyAfterSeconds === undefined ? ', if a pod is ready in 10s' : ''
  const time = end.state === 'done' ? `, about ${clockText(totalSeconds)}${pace}` : ''
  const inWaves = waves.length > 0 ? ` in ${counted(waves.length, 'wave')}${size}` : ''
  return `a roll-out of ${counted(pods, 'pod')}${inWaves}${time}`
}

/** Of each wave how many nodes get a pod in place of another; waves in which none does are left out. */
function replacing(changes: ChangePlan | undefined, { waves }: Simulation): number[] {
  const replaced = new Set(
    changes?.changes.flatMap(({ change, node, replaces }) =>
      change === 'replace' || replaces ? [node] : [],
    ),
  )
  return waves
    .map(({ nodes }) => (changes ? nodes.filter((node) => replaced.has(node)) : nodes).length)
    .filter((nodes) => nodes > 0)
}

const moveTexts = {
  add: (pods: number) => `${counted(pods, 'pod')} come${pods === 1 ? 's' : ''} to new nodes`,
  replace: (pods: number) => `${counted(pods, 'pod')} ${pods === 1 ? 'is' : 'are'} replaced`,
  remove: (pods: number) =>
    `${counted(pods, 'pod')} go${pods === 1 ? 'es' : ''} and ${pods === 1 ? 'does' : 'do'} not come back`,
} as const

const moves = (outlook: Outlook | undefined, which: readonly (keyof typeof moveTexts)[]): string[] =>
  which.flatMap((move) => {
    const pods = outlook?.changes?.totals[move] ?? 0
    return pods > 0 ? [moveTexts[move](pods)] : []
  })

function troubleOf(after: DaemonSet, { admission, changes, plan, simulation }: Outlook): string[] {
  const trouble: string[] = []
  const refused = refusedPods(admission, after.metadata?.namespace ?? '')
  if (plan.count.run === 0) trouble.push('no node matches')
  if (refused) trouble.push(refused.answer)
  if (changes && changes.totals.unplaceable > 0)
    trouble.push(`${counted(changes.totals.unplaceable, 'pod')} will not fit`)
  if (changes && changes.totals.evicted > 0) trouble.push(`it ${evictionsText(changes)}`)
  if (!refused && simulation.end.state === 'stuck')
    trouble.push(`the roll-out gets stuck: ${escapeLine(simulation.end.message)}`)
  return trouble
}

/** The parts as one line. */
export const consequencesText = ({ parts, trouble }: Consequences): string =>
  [...parts, ...trouble].join(', ')

/** As part of a document: docs/diff.schema.json. */
export function consequencesDocument(
  { kind, parts, trouble }: Consequences,
  outlook: Outlook | undefined,
): object {
  const { changes, simulation, admission } = outlook ?? {}
  return {
    kind,
    sentence: [...parts, ...trouble].join(', '),
    trouble,
    ...(changes ? { pods: changes.totals } : {}),
    ...(simulation
      ? {
          rollOut: {
            waves: simulation.waves.length,
            seconds: simulation.totalSeconds,
            minAvailable: simulation.minAvailable,
            end: simulation.end.state,
          },
        }
      : {}),
    ...(admission
      ? { admission: { allowed: admission.allowed, wanted: admission.wanted, letIn: admission.letIn } }
      : {}),
  }
}
