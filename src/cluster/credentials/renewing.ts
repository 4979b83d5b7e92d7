import { KdsError } from '#base/errors.ts'

/** What a sender proves itself with: a token, a client certificate, or both. */
export interface Secret {
  readonly token?: string
  readonly cert?: string
  readonly key?: string
  /** The last moment at which it is good, in milliseconds since the epoch; absent for one that does not end. */
  readonly ends?: number
}

/** Where a secret comes from that may change while kds runs. */
export interface SecretSource {
  get(signal?: AbortSignal): Promise<Secret>
  /** Whether there is another secret than the refused one now. */
  renew(refused: Secret, signal?: AbortSignal): Promise<boolean>
}

/** Fetches a secret once for all who wait for it, and again when it has ended or was refused. */
export function renewing(fetch: (signal?: AbortSignal) => Promise<Secret>, now: () => number): SecretSource {
  let current: Secret | undefined
  let fetching: Promise<Secret> | undefined
  const refresh = async (signal?: AbortSignal) => {
    fetching ??= fetch(signal).finally(() => {
      fetching = undefined
    })
    current = await fetching
    return current
  }
  return {
    get: async (signal) =>
      current && now() <= (current.ends ?? Number.POSITIVE_INFINITY) ? current : refresh(signal),
    async renew(refused, signal) {
      const { cert, token } = current === refused ? await refresh(signal) : (current ?? {})
      return token !== refused.token || cert !== refused.cert
    },
  }
}

/** Go wraps what goes wrong here in the failed request, so kubectl's line begins like that of a lost connection. */
export const unproven = (words: string, cause?: unknown): KdsError =>
  new KdsError('credentials', `Unable to connect to the server: ${words}`, { verbatim: true, cause })
