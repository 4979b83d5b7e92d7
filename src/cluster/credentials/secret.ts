/** What a sender proves itself with: a token, a client certificate, or both. */
export interface Secret {
  readonly token?: string
  readonly cert?: string
  readonly key?: string
}

/** Where a secret comes from that may change while kds runs. */
export interface SecretSource {
  get(signal?: AbortSignal): Promise<Secret>
  /** Whether there is another secret than the refused one now. */
  renew(refused: Secret, signal?: AbortSignal): Promise<boolean>
}
