/** Whether a plan's pods would be let in: in a line, and what to do. */
import type { Unknown } from '#apiserver/admission/types.ts'
import { escapeLine } from '#base/escape.ts'
import { wrapped } from '#base/wrap.ts'
import type { NotAsked, PlanAdmission } from '#controller/changes/plan-admission.ts'
import { counted } from '../names.ts'
import type { TextOptions } from '../sections.ts'

/** A refusal in a few words, and what to do about it. */
interface Told {
  readonly brief: string
  readonly hint: string
}

type Teller = readonly [pattern: RegExp, tell: (found: readonly string[], namespace: string) => Told]

/** `host namespaces (…), hostPort (…)` as `host namespaces and 1 more`. */
function firstOf(details: string): string {
  const reasons = details.replace(/ \([^)]*\)/g, '').split(', ')
  return reasons.length === 1 ? (reasons[0] ?? '') : `${reasons[0]} and ${reasons.length - 1} more`
}

/** What servers say, by how it reads: the words are those of Kubernetes' own admission plugins. */
const tellers: readonly Teller[] = [
  [
    /no PriorityClass with name (\S+) was found$/,
    ([name]) => ({
      brief: `no PriorityClass "${name}"`,
      hint: 'create it first, or name one that is there: kubectl get priorityclasses',
    }),
  ],
  [
    /error looking up service account \S+: serviceaccount "([^"]+)" not found$/,
    ([name], namespace) => ({
      brief: `no ServiceAccount "${name}"`,
      hint: `create it first: kubectl create serviceaccount ${name} -n ${namespace}`,
    }),
  ],
  [
    /pod rejected: RuntimeClass "([^"]+)" not found$/,
    ([name]) => ({
      brief: `no RuntimeClass "${name}"`,
      hint: 'create it first, or name one that is there: kubectl get runtimeclasses',
    }),
  ],
  [
    /^namespaces "([^"]+)" not found$/,
    ([name]) => ({
      brief: `no namespace "${name}"`,
      hint: `create it first: kubectl create namespace ${name}`,
    }),
  ],
  [
    /violates (PodSecurity "[^"]+"): (.*)$/,
    ([level, details = ''], namespace) => ({
      brief: `${level}: ${firstOf(details)}`,
      hint: `change the template, or let the namespace allow it: kubectl label namespace ${namespace} pod-security.kubernetes.io/enforce=privileged --overwrite`,
    }),
  ],
  [
    /failed quota: (\S+): (must specify .*)$/,
    ([name, what]) => ({
      brief: `quota "${name}" ${what}`,
      hint: 'set it in the template, or give the namespace a LimitRange with defaults',
    }),
  ],
  [
    /exceeded quota: (\S+), requested: (\S+),/,
    ([name, requested = ''], namespace) => ({
      brief: `quota "${name}" is used up (${requested.replace(/=[^,]*/g, '').replaceAll(',', ', ')})`,
      hint: `raise it: kubectl edit resourcequota ${name} -n ${namespace}`,
    }),
  ],
  [
    /admission webhook "([^"]+)" denied the request/,
    ([name]) => ({ brief: `webhook "${name}" denies them`, hint: 'ask the owner of the webhook' }),
  ],
  [
    / is invalid: \[?([^:]*): /,
    ([field]) => ({
      brief: `${field} would be invalid`,
      hint: 'change the template, or the LimitRange that sets defaults',
    }),
  ],
  [
    / is forbidden: (.*)$/s,
    ([why = '']) => ({ brief: why, hint: 'change the template, or what forbids it' }),
  ],
]

/** A server's refusal of a pod in a few words, and what to do about it. */
function toldRefusal(message: string, namespace: string): Told {
  for (const [pattern, tell] of tellers) {
    const found = pattern.exec(message)
    if (found) return tell(found.slice(1), namespace)
  }
  return { brief: message, hint: 'change the template, or what refuses it' }
}

/** The first lines of a plan whose pods are refused, unstyled: the answer, the server's words, what to do. */
interface RefusedPods {
  /** `0 of 39 pods would be let in: no PriorityClass "x"`. */
  readonly answer: string
  readonly message: string
  readonly hint: string
}

/** Undefined where all pods of the plan are let in. */
export function refusedPods(
  admission: PlanAdmission | undefined,
  namespace: string,
): RefusedPods | undefined {
  if (!admission || admission.allowed || admission.message === undefined) return undefined
  const { wanted, letIn, message } = admission
  const { brief, hint } = toldRefusal(message, namespace)
  const count =
    wanted === 0
      ? 'a new pod would not be admitted'
      : `${letIn} of ${counted(wanted, 'pod')} would be admitted`
  return { answer: escapeLine(`${count}: ${brief}`), message: escapeLine(message), hint: escapeLine(hint) }
}

/** As lines before the head line of the plan. */
export function refusalLines(
  admission: PlanAdmission | undefined,
  namespace: string,
  { style, width }: TextOptions,
): string[] {
  const refused = refusedPods(admission, namespace)
  if (!refused) return []
  const [first = '', ...more] = wrapped(refused.answer, width)
  return [
    style.bold(style.bad(first)),
    ...more.map((line) => style.bold(style.bad(line))),
    ...wrapped(refused.message, width, '  '),
    ...wrapped(refused.hint, width, '  '),
  ]
}

const kinds: Readonly<Record<Unknown, string>> = {
  namespace: 'Namespaces (PodSecurity levels)',
  priorityClasses: 'PriorityClasses',
  serviceAccounts: 'ServiceAccounts',
  runtimeClasses: 'RuntimeClasses',
  limitRanges: 'LimitRanges',
  resourceQuotas: 'ResourceQuotas',
}

const whyRules: Readonly<Record<NotAsked['why'], string>> = {
  'no-right': 'you may not create pods there, not even in a dry run',
  'no-preflight': '--no-preflight',
  'no-dry-run': 'its server takes no dry runs',
  'no-answer': 'its server was too busy for a dry run',
  webhook: 'a webhook takes no dry runs',
  'applied-along': 'it lacks objects that the manifest creates',
}

function rulesNote({ webhook, why }: NotAsked): string {
  const asked = webhook === undefined ? '' : `, not by webhook "${webhook}"`
  return `Whether its pods are admitted is judged by rules, not by the cluster (${whyRules[why]})${asked}.`
}

/** What the update does to old pods before it is stuck. */
function oldPodsNote({ lost, kept }: NonNullable<PlanAdmission['old']>): string {
  const stays = kept === 0 ? '' : `, ${kept} ${kept === 1 ? 'stays' : 'stay'}`
  return `The update deletes ${lost === 0 ? 'no old pod' : `${counted(lost, 'old pod')} without a successor`}${stays}, and is stuck.`
}

/** What was not judged, and who did not judge it: a sentence each. */
export function admissionNotes(admission: PlanAdmission | undefined): string[] {
  if (!admission) return []
  const { notAsked, old, unjudged } = admission
  const missing = unjudged.map((what) => kinds[what]).join(', ')
  const lines: string[] = []
  if (old) lines.push(oldPodsNote(old))
  if (notAsked) lines.push(rulesNote(notAsked))
  if (missing !== '')
    lines.push(`Not judged: ${missing} (${notAsked ? 'you may not read them' : 'the snapshot holds none'}).`)
  return lines
}

/** The part of a document. */
export function admissionDocument(admission: PlanAdmission | undefined): object {
  if (!admission) return { source: 'none', allowed: true }
  const { source, allowed, message, notAsked, warnings, wanted, letIn, old, unjudged } = admission
  return {
    source,
    allowed,
    ...(message === undefined ? {} : { message }),
    ...(warnings.length > 0 ? { warnings } : {}),
    pods: { wanted, letIn, ...old },
    ...(unjudged.length > 0 ? { unjudged } : {}),
    ...(notAsked ? { notAsked } : {}),
  }
}
