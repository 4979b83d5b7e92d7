import { readFileSync } from 'node:fs'
import https from 'node:https'
import type { ClientAuth, CustomFetch } from 'openid-client'
import { KdsError } from '#base/errors.ts'
import { isObject } from '#base/json.ts'
import type { Connection } from '../config/connection.ts'
import { saveTokens } from '../config/save-tokens.ts'
import type { LiveHost } from '../host.ts'
import type { Secret, SecretSource } from './secret.ts'

/** How long before its end a token counts as expired, as in client-go. */
const leewayMs = 10_000

/**
 * Tokens of an OpenID Connect provider: the stored one for as long as it is good, then a new one by the refresh token,
 * written back to the kubeconfig as kubectl does. client-node's own refresh hands the issuer over in a form that its library
 * refuses, leaves out the client's secret and the provider's authority, and keeps nothing.
 */
export class Oidc implements SecretSource {
  readonly #config: Record<string, string>
  readonly #connection: Connection
  readonly #host: LiveHost
  #refreshing: Promise<string> | undefined

  /** @throws KdsError for a provider that is not said enough about. */
  constructor(config: Readonly<Record<string, string>>, connection: Connection, host: LiveHost) {
    for (const field of ['idp-issuer-url', 'client-id'])
      if (!config[field]) throw new KdsError('credentials', `Must provide ${field}`)
    this.#config = { ...config }
    this.#connection = connection
    this.#host = host
  }

  async get(): Promise<Secret> {
    const token = this.#config['id-token']
    if (token && this.#host.clock.now() + leewayMs < expiryOf(token)) return { token }
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined
    })
    return { token: await this.#refreshing }
  }

  async renew(): Promise<boolean> {
    return false
  }

  async #refresh(): Promise<string> {
    const { 'refresh-token': old, 'idp-issuer-url': issuer = '', 'client-id': client = '' } = this.#config
    if (!old) throw failure('No valid id-token, and cannot refresh without refresh-token')
    let answer: { id_token?: string; refresh_token?: string }
    try {
      const openid = await import('openid-client')
      const { customFetch, discovery, refreshTokenGrant } = openid
      const trusting = { [customFetch]: fetchTrusting(this.#config) }
      const proof = clientAuth(openid, this.#config['client-secret'])
      const server = await discovery(new URL(issuer), client, undefined, proof, trusting)
      answer = await refreshTokenGrant(server, old)
    } catch (error) {
      throw failure(`failed to refresh token: ${(error as Error).message}`, error)
    }
    if (!answer.id_token)
      throw failure(
        `token response did not contain an id_token, either the scope "openid" wasn't requested upon login, or the provider doesn't support id_tokens as part of the refresh response`,
      )
    const tokens = { 'id-token': answer.id_token, 'refresh-token': answer.refresh_token || old }
    const { userFile, userName } = this.#connection
    try {
      if (userFile) await saveTokens(userFile, userName, tokens)
    } catch (error) {
      throw failure(`could not persist new tokens: ${(error as Error).message}`, error)
    }
    Object.assign(this.#config, tokens)
    return answer.id_token
  }
}

/** A client proves itself in the header, as the specification and client-go prefer; openid-client would do so in the body. */
function clientAuth(
  { ClientSecretBasic, ClientSecretPost }: typeof import('openid-client'),
  secret: string | undefined,
): ClientAuth | undefined {
  if (!secret) return undefined
  return (server, ...more) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const apply = methods.includes('client_secret_basic') ? ClientSecretBasic : ClientSecretPost
    apply(secret)(server, ...more)
  }
}

/** When a token ends, in milliseconds since the epoch. Its header and signature are the server's to judge. */
function expiryOf(token: string): number {
  const parts = token.split('.')
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'))
    if (parts.length === 3 && isObject(claims) && typeof claims.exp === 'number') return claims.exp * 1000
  } catch {
    // Told below.
  }
  throw failure('ID Token is not a valid JWT')
}

function failure(words: string, cause?: unknown): KdsError {
  return new KdsError('credentials', `Unable to connect to the server: ${words}`, { verbatim: true, cause })
}

/** A fetch that trusts the provider's own authority where the configuration names one. */
function fetchTrusting(config: Readonly<Record<string, string>>): CustomFetch {
  const data = config['idp-certificate-authority-data']
  const file = config['idp-certificate-authority']
  if (!data && !file) return (url, init) => fetch(url, init as RequestInit)
  const ca = data ? Buffer.from(data, 'base64') : readFileSync(file ?? '')
  return (url, init) =>
    new Promise((resolve, reject) => {
      const { method = 'GET', headers, body } = init
      const options = { method, ca, headers: Object.fromEntries(new Headers(headers)) }
      const request = https.request(String(url), options, async (answer) => {
        const chunks: Buffer[] = []
        for await (const chunk of answer) chunks.push(chunk as Buffer)
        const { statusCode: status = 500, headers: told } = answer
        const type = String(told['content-type'] ?? '')
        resolve(new Response(Buffer.concat(chunks), { status, headers: { 'content-type': type } }))
      })
      request.on('error', reject)
      request.end(body === undefined || body === null ? undefined : String(body))
    })
}
