import https from 'node:https'
import { bufferFromFileOrString } from '@kubernetes/client-node/dist/config.js'
import type { ClientAuth, CustomFetch } from 'openid-client'
import { KdsError } from '#base/errors.ts'
import { isObject, readJson } from '#base/json.ts'
import { proxyTo } from '../config/client-config.ts'
import type { Connection } from '../config/connection.ts'
import { saveTokens } from '../config/save-tokens.ts'
import type { LiveHost } from '../host.ts'
import { type Secret, unproven } from './renewing.ts'

/** How long before its end a token counts as expired, as in client-go. */
const leewayMs = 10_000

/** Asked for anew each time: whether the stored token is still good is soon found out. */
const never = Number.NEGATIVE_INFINITY

type Config = Readonly<Record<string, string>>

/**
 * Tokens of an OpenID Connect provider: the stored one for as long as it is good, then a new one by the refresh token,
 * written back to the kubeconfig as kubectl does. client-node's own refresh hands the issuer over in a form that its library
 * refuses, leaves out the client's secret and the provider's authority, knows no proxy, and keeps nothing.
 *
 * @throws KdsError for a provider that is not said enough about.
 */
export function oidcToken(
  given: Config,
  { userFile, userName }: Connection,
  { clock, env }: LiveHost,
): () => Promise<Secret> {
  for (const field of ['idp-issuer-url', 'client-id'])
    if (!given[field]) throw new KdsError('credentials', `Must provide ${field}`)
  let config = given
  return async () => {
    const stored = config['id-token']
    if (stored && clock.now() + leewayMs < expiryOf(stored)) return { token: stored, ends: never }
    const tokens = await refreshed(config, env)
    try {
      if (userFile) await saveTokens(userFile, userName, tokens)
    } catch (error) {
      throw unproven(`could not persist new tokens: ${(error as Error).message}`, error)
    }
    config = { ...config, ...tokens }
    return { token: tokens['id-token'], ends: never }
  }
}

/** New tokens for the refresh token. */
async function refreshed(config: Config, env: LiveHost['env']) {
  const { 'refresh-token': old, 'idp-issuer-url': issuer = '', 'client-id': client = '' } = config
  if (!old) throw unproven('No valid id-token, and cannot refresh without refresh-token')
  let answer: { id_token?: string; refresh_token?: string }
  try {
    const openid = await import('openid-client')
    const fetching = { [openid.customFetch]: fetchFor(config, env) }
    const proof = clientAuth(openid, config['client-secret'])
    const server = await openid.discovery(new URL(issuer), client, undefined, proof, fetching)
    answer = await openid.refreshTokenGrant(server, old)
  } catch (error) {
    // openid-client says what went wrong in the cause, where it is no answer of the provider's.
    const { cause, message } = error as Error
    throw unproven(`failed to refresh token: ${cause instanceof Error ? cause.message : message}`, error)
  }
  if (!answer.id_token)
    throw unproven(
      `token response did not contain an id_token, either the scope "openid" wasn't requested upon login, or the provider doesn't support id_tokens as part of the refresh response`,
    )
  return { 'id-token': answer.id_token, 'refresh-token': answer.refresh_token || old }
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
  const claims = readJson(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'))
  if (parts.length === 3 && isObject(claims) && typeof claims.exp === 'number') return claims.exp * 1000
  throw unproven('ID Token is not a valid JWT')
}

/** A fetch that trusts the provider's own authority where the configuration names one, and goes by the environment's proxies. */
function fetchFor(config: Config, env: LiveHost['env']): CustomFetch {
  const data = config['idp-certificate-authority-data']
  const ca = bufferFromFileOrString(data ? undefined : config['idp-certificate-authority'], data) ?? undefined
  return async (url, { body, headers, method = 'GET' }) => {
    const proxy = await proxyTo(new URL(url), env, ca)
    const options = { method, ca, agent: proxy?.agent, headers: Object.fromEntries(new Headers(headers)) }
    return new Promise((resolve, reject) => {
      const request = https.request(url, options, async (answer) => {
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
}
