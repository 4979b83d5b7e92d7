import { ApiError, lacksRight } from '#cluster/api-error.ts'
import type { Cluster, WriteOptions } from '#cluster/port.ts'
import { pods } from '#cluster/resources.ts'
import { type AskedPod, type NotAsked, podToAskAbout } from '#controller/changes/plan-admission.ts'
import type { DaemonSet, JsonObject } from '#kube/types.ts'

/** What became of a dry run: an answer of type `T`, the server's refusal, or nothing. */
type DryRun<T> =
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
