import { ApiError, lacksRight } from '#cluster/api-error.ts'
import type { Cluster, WriteOptions } from '#cluster/port.ts'
import { pods } from '#cluster/resources.ts'
import type { readForRules } from '#cluster/snapshot/around-pods.ts'
import { type NotAsked, podToAskAbout } from '#controller/changes/plan-admission.ts'
import type { DaemonSet, JsonObject } from '#kube/types.ts'
import type { AskedCluster } from './admission.ts'

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

/**
 * Has the server judge a pod as the DaemonSet's controller would make it; nothing is stored. Where it lets none in, or is not
 * asked, `read` reads what the rules need to speak for it.
 */
export async function askServer(
  cluster: Cluster,
  daemonSet: DaemonSet,
  signal: AbortSignal,
  { preflight = true, read }: { readonly preflight?: boolean; readonly read: typeof readForRules },
): Promise<Pick<AskedCluster, 'server' | 'forRules'>> {
  const server = preflight
    ? await judgedPod(cluster, daemonSet, signal)
    : { notAsked: { why: 'no-preflight' as const } }
  if ('answer' in server && server.answer.allowed) return { server }
  return { server, forRules: await read(cluster, daemonSet, signal) }
}

async function judgedPod(
  cluster: Cluster,
  daemonSet: DaemonSet,
  signal: AbortSignal,
): Promise<AskedCluster['server']> {
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
