import type { Diagnostic } from '#base/errors.ts'
import type { Invocation } from '#cli/spec.ts'
import { ApiError, lacksRight } from '#cluster/api-error.ts'
import type { Cluster, WriteOptions } from '#cluster/port.ts'
import { pods } from '#cluster/resources.ts'
import type { Connected } from '#commands/shared/connection.ts'
import { validateMode } from '#commands/shared/inputs/check.ts'
import { type AskedPod, type NotAsked, podToAskAbout } from '#controller/changes/plan-admission.ts'
import type { DaemonSet, JsonObject, KubeObject } from '#kube/types.ts'
import type { ToPlan } from './plan-all.ts'
import { serverDryRun } from './server-dry-run.ts'

/** What became of a dry run: an answer of type `T`, the server's refusal, or nothing. */
export type DryRun<T> =
  | { readonly answer: T; readonly warnings: readonly string[] }
  | { readonly refused: ApiError }
  | { readonly notAsked: NotAsked; readonly error: ApiError }

/** Why a failure is no verdict on the object; undefined: it is one. */
function notAsked(error: ApiError): NotAsked | undefined {
  const { serverMessage, status } = error
  if (lacksRight(error)) return { why: 'no-right' }
  const webhook = /admission webhook "([^"]+)" does not support dry run/.exec(serverMessage)?.[1]
  if (webhook !== undefined) return { why: 'webhook', webhook }
  if (/dry-?run/i.test(serverMessage) || status === 405 || status === 415) return { why: 'no-dry-run' }
  if (status === 404 && !/ not found$/.test(serverMessage)) return { why: 'no-dry-run' }
  const webhookFailed = /failed calling webhook/.test(serverMessage)
  return status === 429 || (status >= 500 && !webhookFailed) ? { why: 'no-answer' } : undefined
}

/**
 * Carries out a write as a dry run, without a word to the user.
 *
 * @throws ApiError where there is no answer, or the user is nobody to the server
 */
export async function dryRun<T>(
  write: (options: Pick<WriteOptions, 'dryRun' | 'fieldManager' | 'warned'>) => Promise<T>,
): Promise<DryRun<T>> {
  const warnings: string[] = []
  const warned = (text: string) => void warnings.push(text)
  try {
    return { answer: await write({ dryRun: true, fieldManager: 'kds-plan', warned }), warnings }
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 0 || error.status === 401) throw error
    const why = notAsked(error)
    return why ? { notAsked: why, error } : { refused: error }
  }
}

/** Has the server judge a pod as the DaemonSet's controller would make it. Nothing is stored. */
export async function askServer(
  cluster: Cluster,
  daemonSet: DaemonSet,
  signal: AbortSignal,
): Promise<AskedPod | { readonly notAsked: NotAsked }> {
  // It is never made: which node it is for makes no difference to what lets it in.
  const pod = podToAskAbout(daemonSet, 'node') as unknown as JsonObject
  const done = await dryRun((options) =>
    cluster.create(pods, pod, { ...options, fieldValidation: 'Ignore', signal }),
  )
  if ('notAsked' in done) return done
  if ('refused' in done)
    return { source: 'server', unjudged: [], answer: { allowed: false, message: done.refused.serverMessage } }
  const answer = { allowed: true, pod: done.answer as unknown as JsonObject, warnings: done.warnings }
  return { source: 'server', unjudged: [], answer }
}

/** The DaemonSet as the server would store it, or without its word what was read. */
export interface Applied {
  readonly value: DaemonSet
  readonly findings: readonly Diagnostic[]
}

const warningOf = (message: string): Diagnostic => ({ severity: 'warning', code: 'admission', message })

/**
 * Has the server judge a manifest as `kubectl apply --dry-run=server` does.
 *
 * @throws ApiError in kubectl's words when it refuses it, unless `--force` is given and nobody asked for its word
 */
export async function applied(
  invocation: Invocation,
  { cluster, namespace, signal }: Connected,
  one: ToPlan,
  beside: readonly KubeObject[],
): Promise<Applied> {
  const { value } = one
  const nothing = { value, findings: [] }
  const validate = validateMode(invocation.text('validate') ?? 'strict')
  const done = await dryRun((write) =>
    serverDryRun(cluster, value, namespace, { ...write, validate, signal }),
  )
  const isWanted = invocation.on('server-dry-run')
  if ('refused' in done) {
    const home = value.metadata?.namespace || namespace
    const isBrought = beside.some(({ kind, metadata }) => kind === 'Namespace' && metadata?.name === home)
    if (done.refused.code === 'NotFound' && isBrought) return nothing
    if (isWanted || !invocation.on('force')) throw done.refused
    return { value, findings: [warningOf(done.refused.serverMessage)] }
  }
  if ('notAsked' in done) {
    if (isWanted) throw done.error
    const message = 'the server was not asked whether it would take the DaemonSet: you may not write it'
    return done.notAsked.why === 'no-right' ? { value, findings: [warningOf(message)] } : nothing
  }
  const known = new Set(one.findings.map(({ message }) => message))
  return {
    value: done.answer,
    findings: done.warnings.filter((text) => !known.has(text)).map(warningOf),
  }
}
