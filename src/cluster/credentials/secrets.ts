import { readFileSync } from 'node:fs'
import { KdsError } from '#base/errors.ts'
import { goQuote } from '#kube/go-text.ts'
import type { Connection } from '../config/connection.ts'
import { unreadable } from '../config/kubeconfig.ts'
import type { LiveHost } from '../host.ts'
import { ExecCredential } from './exec-credential.ts'
import { Oidc } from './oidc.ts'
import type { Secret, SecretSource } from './secret.ts'

/**
 * The source for a user's secrets, or undefined where they stand in the configuration. By the precedence of client-go: a token
 * file goes before a token, and what is given outright keeps plugins and providers from being asked.
 *
 * @throws KdsError in kubectl's words for a provider that kubectl does not have
 */
export function secretSource(connection: Connection, host: LiveHost): SecretSource | undefined {
  const { token, tokenFile, username, exec, 'auth-provider': provider, ...user } = connection.user
  if (tokenFile) return new TokenFile(tokenFile, token, host)
  if (provider) checkProvider(provider.name ?? '')
  if (token || username) return undefined
  if (exec)
    return user['client-certificate'] || user['client-certificate-data']
      ? undefined
      : new ExecCredential(exec, connection, host)
  return provider ? new Oidc(provider.config ?? {}, connection, host) : undefined
}

const removed: Readonly<Record<string, string>> = {
  gcp: `The gcp auth plugin has been removed.
Please use the "gke-gcloud-auth-plugin" kubectl/client-go credential plugin instead.
See https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke for further details`,
  azure: `The azure auth plugin has been removed.
Please use the https://github.com/Azure/kubelogin kubectl/client-go credential plugin instead.
See https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins for further details`,
}

/** client-node would still run what gcp and azure providers name. */
function checkProvider(name: string): void {
  if (name !== 'oidc')
    throw new KdsError('credentials', removed[name] ?? `no Auth Provider found for name ${goQuote(name)}`)
}

/** How long a token that was read from a file is taken to be current. */
const tokenFileMs = 60_000

/** A token in a file, read again after a minute and after a refusal. client-node neither trims it nor minds an empty one. */
class TokenFile implements SecretSource {
  readonly #path: string
  readonly #host: LiveHost
  readonly #otherwise: string | undefined
  #secret: Secret | undefined
  #readAt = 0

  constructor(path: string, otherwise: string | undefined, host: LiveHost) {
    this.#path = path
    this.#otherwise = otherwise
    this.#host = host
  }

  async get(): Promise<Secret> {
    const current = this.#secret && this.#host.clock.now() - this.#readAt < tokenFileMs
    return (current ? this.#secret : undefined) ?? this.#read()
  }

  async renew({ token }: Secret): Promise<boolean> {
    return this.#read().token !== token
  }

  #read(): Secret {
    this.#readAt = this.#host.clock.now()
    this.#secret = { token: this.#token() }
    return this.#secret
  }

  #token(): string {
    const failed = (words: string) => new KdsError('credentials', words)
    try {
      const token = readFileSync(this.#path, 'utf8').trim()
      if (token === '') throw failed(`read empty token from file ${goQuote(this.#path)}`)
      return token
    } catch (error) {
      if (this.#otherwise) return this.#otherwise
      throw error instanceof KdsError ? error : failed(unreadable(this.#path, error))
    }
  }
}
