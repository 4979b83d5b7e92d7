import { KdsError } from '#base/errors.ts'
import { goQuote } from '#kube/go-text.ts'
import type { Connection } from '../config/connection.ts'
import { readText } from '../config/read-text.ts'
import type { LiveHost } from '../host.ts'
import { execCredential } from './exec-credential.ts'
import { oidcToken } from './oidc.ts'
import { renewing, type SecretSource } from './renewing.ts'

/**
 * The source for a user's secrets, or undefined where they stand in the configuration. By the precedence of client-go: a token
 * file goes before a token, and what is given outright keeps plugins and providers from being asked.
 *
 * @throws KdsError in kubectl's words for a provider that kubectl does not have
 */
export function secretSource(connection: Connection, host: LiveHost): SecretSource | undefined {
  const { token, tokenFile, username, exec, 'auth-provider': provider, ...user } = connection.user
  const { now } = host.clock
  if (tokenFile)
    return renewing(async () => ({ token: tokenFrom(tokenFile, token), ends: now() + tokenFileMs - 1 }), now)
  // client-node would still run what gcp and azure providers name.
  const { name = '' } = provider ?? { name: 'oidc' }
  if (name !== 'oidc')
    throw new KdsError('credentials', removed[name] ?? `no Auth Provider found for name ${goQuote(name)}`)
  if (token || username) return undefined
  if (exec)
    return user['client-certificate'] || user['client-certificate-data']
      ? undefined
      : renewing((signal) => execCredential(exec, connection, host, signal), now)
  return provider ? renewing(oidcToken(provider.config ?? {}, connection, host), now) : undefined
}

const removed: Readonly<Record<string, string>> = {
  gcp: `The gcp auth plugin has been removed.
Please use the "gke-gcloud-auth-plugin" kubectl/client-go credential plugin instead.
See https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke for further details`,
  azure: `The azure auth plugin has been removed.
Please use the https://github.com/Azure/kubelogin kubectl/client-go credential plugin instead.
See https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins for further details`,
}

/** How long a token that was read from a file is taken to be current. */
const tokenFileMs = 60_000

/** The token in a file, without white space, or what else there is. client-node neither trims it nor minds an empty one. */
function tokenFrom(path: string, otherwise: string | undefined): string {
  let words = `read empty token from file ${goQuote(path)}`
  try {
    const token = readText(path).trim()
    if (token !== '') return token
  } catch (error) {
    words = (error as Error).message
  }
  if (otherwise) return otherwise
  throw new KdsError('credentials', words)
}
